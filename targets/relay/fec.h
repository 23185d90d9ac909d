// Forward error correction (RFC 8627, FlexFEC): recovers packets of one source from repair packets,
// each of which is the exclusive or of some of them.
//
// FlexFEC and not ULPFEC (RFC 5109): its repair packets are a stream of their own, so a source's
// sequence numbers have no holes where none is lost, and a relay that does not recover may ignore
// it; ULPFEC comes within the source's own stream, wrapped in RED (RFC 2198), and WebRTC's senders
// switch it off for H.264. Of FlexFEC, repair packets with a flexible mask over one source are read
// (R = 0, F = 0, section 4.2.2.1):
//
//      0                   1                   2                   3
//      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |   RTP header of the repair packet, its only CSRC the source   |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |0|0|P|X|  CC   |M| PT recovery |        length recovery        |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |                          TS recovery                          |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |            SN base            |k|          mask [0-14]        |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |k|                mask [15-45], if the first k is 1            |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |                  mask [46-109], if both k are 1               |
//     |                                                               |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |   repair payload: of all that follows the fixed headers ...   |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// The draft -03 that browsers call "flexfec-03" has another header, and k the other way round: it
// must not be negotiated for this.
#ifndef FRAMEFENCE_TARGETS_RELAY_FEC_H_
#define FRAMEFENCE_TARGETS_RELAY_FEC_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "targets/relay/types.h"

namespace relay {

inline constexpr std::size_t kFecMaskBits = 110;
inline constexpr std::size_t kFecRecoveryBytes = 8;  // before SN base
// A repair packet is at most so much longer than the longest packet that it protects: its CSRC, the
// recovery fields, SN base and the longest mask.
inline constexpr std::size_t kFecOverheadBytes = 4 + kFecRecoveryBytes + 2 + 14;

// Bit i: the packet i after the mask's first sequence number is protected.
using FecMask = std::bitset<kFecMaskBits>;

struct FecPacket {
  std::uint32_t ssrc = 0;           // of the repair stream
  std::uint32_t source_ssrc = 0;    // of the packets that it protects
  std::uint16_t sequence_base = 0;  // of the mask's bit 0
  FecMask mask;
  std::span<const std::byte> recovery;  // kFecRecoveryBytes of the datagram
  std::span<const std::byte> payload;   // the repair payload, into the datagram
};

enum class FecParse : std::uint8_t {
  kOk,
  kBadRtp,          // ParseRtp() refuses it
  kNotOneSource,    // its CSRC count is not 1: it protects none, or packets of several sources
  kTooShort,        // ends before its FEC header does
  kRetransmission,  // R = 1, F = 0: a copy of a packet (section 4.2.2.3)
  kFixedMask,       // R = 0, F = 1: rows and columns (section 4.2.2.2)
  kReserved,        // R = 1, F = 1
  kEmptyMask,       // protects no packet
};
inline constexpr std::size_t kFecParseCount = 8;

// `fec` is meaningful on kOk only.
FecParse ParseFec(std::span<const std::byte> datagram, FecPacket& fec);

// What becomes of a packet that the decoder is given.
enum class FecPlace : std::uint8_t {
  kKept,
  kNotNeeded,      // repair only: all that it protects has been received
  kDuplicate,      // is kept already; of repair packets, one for the same packets
  kLate,           // is, or protects, a packet before those that are kept
  kTooEarly,       // repair only: no source packet yet, so that its numbers have no meaning
  kTooFar,         // repair only: protects a packet packets_max or more after the newest received
  kTooWide,        // repair only: its packets span more than can be kept
  kTooLarge,       // a source packet of more than packet_bytes_max, or a repair of such a one
  kMalformed,      // source only: ParseRtp() refuses it
  kForeignSource,  // not of this session's source or repair stream
};
inline constexpr std::size_t kFecPlaceCount = 10;

enum class FecRecovery : std::uint8_t {
  kRecovered,
  kNothing,    // no repair packet lacks exactly one packet
  kBadLength,  // the repair packet contradicts itself or what was received: a packet longer than
               // the repair payload, or bytes after the recovered packet's end
  kBadPacket,  // what it gives is no RTP packet
};
inline constexpr std::size_t kFecRecoveryCount = 4;

// Recovers packets of one publisher session. Keeps the last packets_max numbers of source packets,
// and of repair packets those that still lack some of theirs, kFecPacketsMax at most, the newest.
// Allocates in Reset() only.
//
// A recovered packet is made of bytes of several packets. So nothing that is kept may outlive the
// session that it came in: a repair packet over another publisher's packets would recover that
// publisher's bytes into this one's stream.
//
// Invariants: newest_ is the highest number received or recovered; a source packet is kept exactly
// if its slot, its number modulo packets_max, is held with this number; each repair packet kept
// protects only numbers from floor() on, and lacks `missing` > 0 of them.
class FecDecoder {
 public:
  static constexpr std::size_t kFecPacketsMax = 32;  // two blocks of 8 rows and 8 columns

  // Forgets everything. From here on packets of `packet_bytes_max` bytes are kept, recovered and
  // given at most. No session is on. REQUIRES: packets_max > 0, packet_bytes_max >= kRtpHeaderBytes.
  void Reset(std::uint32_t packets_max, std::size_t packet_bytes_max);

  // Forgets everything that came in before. `repair_ssrc` is the repair stream's own (in SDP,
  // a=ssrc-group:FEC-FR, RFC 5956 4.3).
  void StartSession(std::uint32_t source_ssrc, std::uint32_t repair_ssrc);

  // A source packet, as it was received: with CSRCs, header extension and padding, which repair
  // packets protect too. Also one that was recovered: kDuplicate then. REQUIRES: the low 16 bits of
  // `sequence` are the packet's number; sequences count on within a session (ReorderWindow).
  FecPlace OnSource(ExtendedSequence sequence, std::span<const std::byte> datagram);

  // A repair packet. REQUIRES: ParseFec() has just said kOk.
  FecPlace OnFec(const FecPacket& fec);

  // The next packet that can be recovered, or why the repair packet that would give it cannot be
  // right; to be called until kNothing after each packet that was kept, because a recovered packet
  // may be what another repair packet lacks. On kRecovered, `datagram` is a whole RTP packet of the
  // source, not longer than packet_bytes_max and as unproved as any received: to be admitted,
  // parsed and located like one. Valid until the next Recover(), StartSession() or Reset().
  FecRecovery Recover(std::span<const std::byte>& datagram);

 private:
  struct Slot {
    ExtendedSequence sequence = 0;
    std::size_t bytes = 0;
    bool held = false;
  };
  struct Repair {
    ExtendedSequence first = 0;  // of the mask's bit 0, which is set
    FecMask mask;
    std::size_t missing = 0;  // 0: the place is free
    std::uint64_t order = 0;  // of arrival
    std::size_t bytes = 0;    // of the longest packet that it protects, with its fixed header
  };

  ExtendedSequence floor() const {
    return newest_ - (newest_ < slots_.size() ? newest_ : slots_.size() - 1);
  }
  bool IsHeld(ExtendedSequence sequence) const {
    const Slot& slot = slots_[sequence % slots_.size()];
    return slot.held && slot.sequence == sequence;
  }
  std::span<std::byte> SourceBytes(ExtendedSequence sequence) {
    return std::span(source_bytes_)
        .subspan(sequence % slots_.size() * packet_bytes_max_, packet_bytes_max_);
  }
  std::span<std::byte> RepairBytes(const Repair& repair) {
    const auto index = static_cast<std::size_t>(&repair - repairs_.data());
    return std::span(repair_bytes_).subspan(index * packet_bytes_max_, packet_bytes_max_);
  }

  FecPlace Locate(const FecPacket& fec, Repair& repair) const;
  std::size_t CountMissing(const Repair& repair) const;
  Repair& FreeRepair();
  void Hold(ExtendedSequence sequence, std::span<const std::byte> datagram);
  FecRecovery Rebuild(const Repair& repair, ExtendedSequence missing, std::size_t& bytes);

  std::vector<Slot> slots_;
  std::vector<std::byte> source_bytes_;  // packet_bytes_max_ for each slot
  std::array<Repair, kFecPacketsMax> repairs_{};
  std::vector<std::byte> repair_bytes_;  // packet_bytes_max_ for each, laid out as an RTP packet
  std::vector<std::byte> recovered_;
  std::size_t packet_bytes_max_ = 0;
  ExtendedSequence newest_ = 0;
  std::uint64_t repairs_kept_ = 0;
  std::uint32_t source_ssrc_ = 0;
  std::uint32_t repair_ssrc_ = 0;
  bool in_session_ = false;
  bool started_ = false;  // a source packet has been received
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_FEC_H_
