// H.264 RTP payloads (RFC 6184 section 5): single NAL unit packets, STAP-A and FU-A.
#ifndef FRAMEFENCE_TARGETS_RELAY_H264_H_
#define FRAMEFENCE_TARGETS_RELAY_H264_H_

#include <cstddef>

#include "targets/relay/nal.h"

namespace relay {

struct H264 {
  static constexpr std::size_t kHeaderBytes = 1;
  static constexpr unsigned kAggregate = 24;         // STAP-A
  static constexpr unsigned kFragment = 28;          // FU-A
  static constexpr std::size_t kAggregatedMin = 1;   // 5.7.1
  static constexpr bool kFragmentMayBeEmpty = true;  // 5.8

  // nal_unit_type (ITU-T H.264 table 7-1), and the payload structures that RFC 6184 5.2 numbers
  // beside them.
  static constexpr unsigned TypeOf(const NalHeader& header) {
    return std::to_integer<unsigned>(header.bytes[0] & std::byte{0x1f});
  }

  static constexpr PayloadParse Check(const NalHeader& header) {
    const bool forbidden = (header.bytes[0] & std::byte{0x80}) != std::byte{0};
    return forbidden ? PayloadParse::kForbidden : PayloadParse::kOk;
  }

  static constexpr NalRole RoleOf(const NalHeader& header) {
    const unsigned type = TypeOf(header);
    if (type == 0 || type > 23) return NalRole::kNone;
    if (type < 5) return NalRole::kOtherSlice;
    switch (type) {
      case 5:
        return NalRole::kRandomAccessSlice;  // IDR
      case 7:
        return NalRole::kSps;
      case 8:
        return NalRole::kPps;
      case 9:
        return NalRole::kDelimiter;
      default:
        return NalRole::kOther;
    }
  }

  // The header of the NAL unit that a fragment is of (5.8): F and NRI from the FU indicator, the
  // type from the FU header.
  static constexpr NalHeader Unfragmented(const NalHeader& indicator, std::byte fu_header) {
    return {{(indicator.bytes[0] & std::byte{0xe0}) | (fu_header & std::byte{0x1f})}, kHeaderBytes};
  }
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_H264_H_
