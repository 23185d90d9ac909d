// A viewer's receiving side: RTP packets, as a bad network left them, into complete access units
// (RFC 6184, RFC 7798).
#ifndef FRAMEFENCE_HARNESS_MEDIA_RTP_DEPACKETIZER_H_
#define FRAMEFENCE_HARNESS_MEDIA_RTP_DEPACKETIZER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/media/codec.h"
#include "harness/media/reception_statistics.h"
#include "harness/media/rtp_packet.h"

namespace framefence::media {

// Why a packet, or the NAL unit that it carried on, was not used.
enum class RtpFault : std::uint8_t {
  kTooShort,              // no room for the RTP header that it announces
  kBadVersion,            // RTP version is not 2
  kBadExtension,          // header extension reaches past the end
  kBadPadding,            // padding count of 0 or past the start of the payload
  kForeignSsrc,           // not the SSRC of this stream
  kWrongPayloadType,      // not a payload type of this stream
  kEmptyPayload,          // an RTP header and nothing else
  kForbiddenBit,          // forbidden_zero_bit set in a NAL unit header
  kUnsupportedType,       // a NAL unit type that packetization-mode 1 does not have
  kBadAggregate,          // a STAP-A whose sizes do not fill it exactly, or with an empty NAL unit
  kBadFragment,           // an FU-A without FU header, with start and end, or of no NAL unit
  kFragmentWithoutStart,  // an FU-A that continues no NAL unit, or one of another type
  kFragmentUnfinished,    // a NAL unit whose fragments stopped although no packet is missing
  kAccessUnitTooLarge,    // would grow past access_unit_bytes_max
};
inline constexpr std::size_t kRtpFaultCount = 14;
std::string_view ToString(RtpFault fault);

struct ReceivedAccessUnit {
  std::span<const std::byte> annex_b;  // 4-byte start codes; valid during the call only
  std::uint32_t timestamp = 0;
  bool idr = false;  // holds a slice of an IDR picture
};

class AccessUnitSink {
 public:
  virtual void OnAccessUnit(const ReceivedAccessUnit& access_unit) = 0;

 protected:
  ~AccessUnitSink() = default;
};

// Puts packets into order within a small window of sequence numbers and yields the access units of
// which every byte arrived. Strict on purpose: a tolerant viewer would mask what a relay did.
//
// An access unit is a run of packets with one timestamp, consecutive in sequence number. It is
// complete when
//   1. its first packet is known to be the first: the packet with the sequence number before it was
//      received and belongs to another access unit (it has the marker bit or another timestamp); or
//      no packet came before it since Reset() and it begins with an access unit delimiter or a
//      sequence parameter set, which are first in theirs (H.264 7.4.1.2.3);
//   2. its last packet is known to be the last: it has the marker bit, or the packet with the next
//      sequence number was received and has another timestamp;
//   3. every sequence number between was received, no packet among them was faulty, and each
//      fragmented NAL unit has its start and its end.
// All others are dropped and counted once each, except those of which no packet was received:
// nobody saw them.
//
// A jump of the sequence number by kDropoutMax or more is believed once two packets in a row make
// it (RFC 3550 A.1); what came before is then forgotten. Nothing is allocated once the largest
// packets and access units have been through.
class RtpDepacketizer {
 public:
  struct Options {
    std::optional<std::uint32_t> ssrc;                  // none: that of the first packet
    std::uint8_t payload_type = kVideoPayloadType;      // of H.264
    std::uint8_t payload_type_h265 = kH265PayloadType;  // and of H.265
    std::size_t access_unit_bytes_max = 4U << 20;
    // 1..kReorderWindowMax. A missing packet is waited for until one with a sequence number this
    // much higher has come.
    int reorder_window = kReorderWindowMax;
  };
  struct Counters {
    std::uint64_t packets = 0;  // all that Push() was given
    std::uint64_t packets_repeated_or_late = 0;
    std::uint64_t access_units_complete = 0;
    std::uint64_t access_units_incomplete = 0;
    std::array<std::uint64_t, kRtpFaultCount> faults{};  // indexed by RtpFault

    std::uint64_t fault(RtpFault which) const { return faults[static_cast<std::size_t>(which)]; }
  };
  static constexpr int kReorderWindowMax = 32;
  static constexpr int kDropoutMax = 3000;  // RFC 3550 A.1's MAX_DROPOUT
  static constexpr int kMisorderMax = 100;  // and MAX_MISORDER

  RtpDepacketizer() : RtpDepacketizer(Options{}) {}
  explicit RtpDepacketizer(const Options& options);

  // Forgets the stream and the counters, keeps the memory.
  void Reset();

  // Takes one datagram; calls the sink for each access unit that it completes.
  void Push(std::span<const std::byte> datagram, AccessUnitSink& sink);

  // Gives up waiting for what is missing, and for the rest of the access unit that has begun: the
  // stream is over, or has been silent for too long. It may go on afterwards.
  void Flush(AccessUnitSink& sink);

  const Counters& counters() const { return counters_; }

  // For receiver reports (RFC 3550 A.3).
  ReceptionStatistics& statistics() { return statistics_; }

 private:
  struct Waiting {  // a packet ahead of its turn
    std::int64_t sequence = -1;
    std::vector<std::byte> datagram;
  };

  void Count(RtpFault fault) { ++counters_.faults[static_cast<std::size_t>(fault)]; }
  bool Accept(std::span<const std::byte> datagram, RtpPacket& packet);
  bool Place(const RtpPacket& packet, std::int64_t& sequence);
  void Restart(std::uint16_t sequence_number);
  Waiting& SlotOf(std::int64_t sequence);
  void SkipTo(std::int64_t sequence, AccessUnitSink& sink);
  void SkipOrTake(AccessUnitSink& sink);
  void TakeWaiting(AccessUnitSink& sink);

  // From here on packets come in order of their sequence numbers; Gap() stands for those that never
  // came.
  void Gap();
  void Take(const RtpPacket& packet, AccessUnitSink& sink);
  void Open(const RtpPacket& packet);
  void Close(AccessUnitSink& sink);
  std::optional<Codec> CodecOf(const RtpPacket& packet) const;
  std::optional<RtpFault> TakePayload(std::span<const std::byte> payload);
  std::optional<RtpFault> TakeAggregate(std::span<const std::byte> payload);
  std::optional<RtpFault> TakeFragment(std::span<const std::byte> payload);
  std::optional<RtpFault> Append(NalHeaderBytes header, std::span<const std::byte> rest);
  bool HasRoomFor(std::size_t bytes) const;

  Options options_;
  Counters counters_;
  ReceptionStatistics statistics_;
  std::optional<std::uint32_t> ssrc_;
  std::array<Waiting, kReorderWindowMax> waiting_;  // indexed by sequence modulo the window
  int waiting_count_ = 0;
  std::int64_t expected_ = -1;  // extended sequence number of the next packet; -1: none came yet
  std::optional<std::uint16_t> jumped_to_;  // where a jump would go on

  bool first_ = true;        // no packet was taken since Reset()
  bool contiguous_ = false;  // the packet before the next one was taken
  bool open_ = false;        // an access unit is being put together
  bool whole_ = false;       // nothing of it is missing so far
  bool idr_ = false;
  std::uint32_t timestamp_ = 0;
  Codec codec_ = Codec::kH264;   // of the last packet
  NalHeaderBytes fragmented_{};  // header of the NAL unit whose fragments are coming; 0: none
  std::vector<std::byte> access_unit_;
};

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_RTP_DEPACKETIZER_H_
