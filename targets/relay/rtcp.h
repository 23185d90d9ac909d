// RTCP, as far as cameras, relay and viewers speak it: reports and farewells (RFC 3550 section 6),
// requests for packets and for pictures (RFC 4585 6.2.1 and 6.3.1, RFC 5104 4.3.1).
#ifndef FRAMEFENCE_TARGETS_RELAY_RTCP_H_
#define FRAMEFENCE_TARGETS_RELAY_RTCP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "targets/relay/fixed_list.h"

namespace relay {

// RFC 3550 6.4.1, without what is said of the sender's own packets.
struct SenderReport {
  std::uint32_t ssrc = 0;
  std::uint64_t ntp_timestamp = 0;  // 32.32 fixed point, seconds
  std::uint32_t rtp_timestamp = 0;
};

struct ReportBlock {
  std::uint32_t ssrc = 0;                 // of whom it speaks
  std::uint8_t fraction_lost = 0;         // n/256
  std::int32_t packets_lost = 0;          // 24 bits on the wire
  std::uint32_t highest_sequence = 0;     // wraps and sequence number, 16 bits each
  std::uint32_t jitter = 0;               // ticks of the RTP clock
  std::uint32_t last_sender_report = 0;   // the middle of its NTP timestamp; 0: none came
  std::uint32_t delay_since_last_sr = 0;  // 1/65536 s
  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};

// RFC 4585 6.2.1: the packet `first`, and for each bit i of `following` the packet first + 1 + i.
struct Nack {
  std::uint32_t media_ssrc = 0;
  std::uint16_t first = 0;
  std::uint16_t following = 0;
  friend bool operator==(const Nack&, const Nack&) = default;
};

inline constexpr std::size_t kReportBlocksMax = 31;    // a count has 5 bits
inline constexpr std::size_t kNacksMax = 32;           // of a compound packet; more are left out
inline constexpr std::size_t kPictureRequestsMax = 8;  // likewise

// What a compound packet says.
struct RtcpCompound {
  std::optional<SenderReport> sender_report;               // the last one
  FixedList<ReportBlock, kReportBlocksMax> report_blocks;  // of SRs and RRs
  FixedList<std::uint32_t, kReportBlocksMax> farewells;    // sources of BYEs
  FixedList<Nack, kNacksMax> nacks;
  FixedList<std::uint32_t, kPictureRequestsMax> picture_requests;  // media sources of PLIs and FIRs
};

enum class RtcpParse : std::uint8_t {
  kOk,
  kTooShort,    // ends before a header does
  kBadVersion,  // a packet in it is not of version 2
  kBadLength,   // a packet in it ends after it does, or before what it must hold
  kBadPadding,  // padding before the last packet, or more of it than there is
};
inline constexpr std::size_t kRtcpParseCount = 5;

// Reads a compound packet, also one of reduced size (RFC 5506). Kinds that are not listed above are
// passed over. `compound` is meaningful on kOk only.
RtcpParse ParseRtcp(std::span<const std::byte> datagram, RtcpCompound& compound);

// Writes a compound packet, part by part. REQUIRES: all of it fits; kRtcpBytesMax does for one part
// of each kind with up to kReportBlocksMax blocks or kNacksMax requests.
inline constexpr std::size_t kRtcpBytesMax = 1400;
class RtcpWriter {
 public:
  explicit RtcpWriter(std::span<std::byte> space) : space_(space) {}

  void AddReceiverReport(std::uint32_t sender_ssrc, std::span<const ReportBlock> blocks);
  // CNAME (6.5.1). REQUIRES: at most 255 bytes.
  void AddSourceDescription(std::uint32_t ssrc, std::string_view cname);
  // REQUIRES: all for one media source, and at least one.
  void AddNack(std::uint32_t sender_ssrc, std::span<const Nack> nacks);
  void AddPictureLossIndication(std::uint32_t sender_ssrc, std::uint32_t media_ssrc);

  std::span<const std::byte> written() const { return space_.first(length_); }

 private:
  void AddHeader(unsigned count, unsigned type, std::size_t body_bytes);
  void AddWord(std::uint32_t word);

  std::span<std::byte> space_;
  std::size_t length_ = 0;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RTCP_H_
