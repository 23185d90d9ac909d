// Makes stills of one port's packets: whole access units that can be decoded alone, in Annex B form, straight into a
// still slot.
//
// An access unit becomes the last good still only if nothing of it can be missing: it starts for
// sure (access_unit.h), no packet or fragment is missing up to its marker bit, it holds a
// random-access slice and no other, and parameter sets go with it. The two slots of a port alternate, so that the
// last good still can be shown while the next one is filled.
#ifndef FRAMEFENCE_TARGETS_RELAY_STILL_ASSEMBLER_H_
#define FRAMEFENCE_TARGETS_RELAY_STILL_ASSEMBLER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "targets/relay/access_unit.h"
#include "targets/relay/codec.h"
#include "targets/relay/counters.h"
#include "targets/relay/frame_store.h"
#include "targets/relay/types.h"

namespace relay {

// A byte stream of NAL units, each after a start code of 4 bytes, in space of fixed size.
class AnnexBWriter {
 public:
  AnnexBWriter() = default;
  explicit AnnexBWriter(std::span<std::byte> space) : space_(space) {}

  // False: it does not fit; nothing was written.
  bool Append(const NalPiece& piece);
  bool AppendStream(std::span<const std::byte> stream);
  // Zeros up to `length` (trailing_zero_8bits, ITU-T H.264 B.1.1). REQUIRES: length <= the size of
  // the space.
  void PadTo(std::size_t length);

  std::size_t length() const { return length_; }

 private:
  std::span<std::byte> space_;
  std::size_t length_ = 0;
};

// Kinds of parameter sets, a bit for each NalRole.
using ParameterSetKinds = unsigned;

// The parameter sets that a publisher session has sent in whole NAL units: the latest VPS (H.265),
// the latest SPS that followed it, and what PPSs followed that.
class ParameterSets {
 public:
  void Clear() {
    length_ = 0;
    kinds_ = 0;
  }
  void Remember(const NalPiece& piece, Codec codec, const Admission& admission);

  ParameterSetKinds kinds() const { return kinds_; }
  std::span<const std::byte> stream() const { return {bytes_.data(), length_}; }
  const Admission& oldest() const {
    return oldest_;
  }  // of the packet that the first of them came in

 private:
  std::array<std::byte, 512> bytes_;  // Annex B; written up to length_
  std::size_t length_ = 0;
  std::size_t vps_length_ = 0;  // what of it comes before the SPS
  ParameterSetKinds kinds_ = 0;
  Admission oldest_;
};

// One packet of the port's publisher session, in order.
struct OrderedPacket {
  UnitPosition position;
  bool marker = false;
  Codec codec{};
  std::span<const std::byte> payload;  // well formed (ParsePayload)
  Admission admission;
};

class StillAssembler {
 public:
  // Forgets all; the next still goes to the port's first slot.
  void Reset(Port port) {
    port_ = port;
    side_ = 0;
    StartSession();
  }

  // Forgets the packets and parameter sets of the publisher session before.
  void StartSession() {
    stage_ = Stage::kSkipping;
    parameter_sets_.Clear();
  }

  // The slot of a new last good still, if the packet completes one.
  std::optional<Slot> OnPacket(const OrderedPacket& packet, Core& core, FrameStore& store,
                               Counters& counters);

 private:
  enum class Stage : std::uint8_t { kSkipping, kBeginning, kWriting };

  bool Take(const NalPiece& piece, const OrderedPacket& packet, Core& core, FrameStore& store,
            Counters& counters);
  bool BeginWriting(const Admission& admission, Core& core, FrameStore& store);
  bool PrependParameterSets(Codec codec, Counters& counters);
  bool Write(const NalPiece& piece, Counters& counters);
  bool Torn(Counters& counters) const;
  std::optional<Slot> Finish(Core& core, Counters& counters);

  Port port_{};
  std::uint32_t side_ = 0;  // where the next still goes
  Stage stage_ = Stage::kSkipping;
  bool has_slice_ = false;
  ParameterSetKinds kinds_ = 0;
  bool in_fragment_ = false;
  NalHeader fragment_header_;
  Admission oldest_;  // of what the access unit under way is made of
  core::FillingAnswer<Machine> filling_;
  AnnexBWriter writer_;
  ParameterSets parameter_sets_;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_STILL_ASSEMBLER_H_
