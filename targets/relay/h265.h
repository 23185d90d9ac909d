// H.265 RTP payloads (RFC 7798 section 4.4): single NAL unit packets, aggregation packets (AP) and
// fragmentation units (FU), without DONL fields (sprop-max-don-diff = 0). PACI packets are refused.
#ifndef FRAMEFENCE_TARGETS_RELAY_H265_H_
#define FRAMEFENCE_TARGETS_RELAY_H265_H_

#include <cstddef>

#include "targets/relay/nal.h"

namespace relay {

struct H265 {
  static constexpr std::size_t kHeaderBytes = 2;
  static constexpr unsigned kAggregate = 48;          // AP
  static constexpr unsigned kFragment = 49;           // FU
  static constexpr std::size_t kAggregatedMin = 2;    // 4.4.2
  static constexpr bool kFragmentMayBeEmpty = false;  // 4.4.3

  // nal_unit_type (ITU-T H.265 table 7-1), and the payload structures that RFC 7798 4.4 numbers
  // beside them.
  static constexpr unsigned TypeOf(const NalHeader& header) {
    return std::to_integer<unsigned>(header.bytes[0]) >> 1 & 0x3fU;
  }

  // RFC 7798 1.1.4. A payload's header is of the same form.
  static constexpr PayloadParse Check(const NalHeader& header) {
    if ((header.bytes[0] & std::byte{0x80}) != std::byte{0}) return PayloadParse::kForbidden;
    const bool has_temporal_id = (header.bytes[1] & std::byte{0x07}) != std::byte{0};
    return has_temporal_id ? PayloadParse::kOk : PayloadParse::kBadTemporalId;
  }

  static constexpr NalRole RoleOf(const NalHeader& header) {
    const unsigned type = TypeOf(header);
    if (type > 47) return NalRole::kNone;
    // A decoder of the base layer, which is all that a still is for, leaves the others out (ITU-T
    // H.265 7.4.2.2, nuh_layer_id): they go with the rest and stand for nothing.
    if (LayerOf(header) != 0) return NalRole::kOther;
    // BLA, IDR and CRA. The pictures that lead a CRA in output may be undecodable after it; they
    // have access units of their own, and decoders leave them out (8.1.3, NoRaslOutputFlag).
    if (type >= 16 && type <= 21) return NalRole::kRandomAccessSlice;
    if (type < 32) return NalRole::kOtherSlice;  // what is reserved among them included
    switch (type) {
      case 32:
        return NalRole::kVps;
      case 33:
        return NalRole::kSps;
      case 34:
        return NalRole::kPps;
      case 35:
        return NalRole::kDelimiter;
      default:
        return NalRole::kOther;
    }
  }

  // The header of the NAL unit that a fragment is of (4.4.3): all from the payload's header but the
  // type, which the FU header holds.
  static constexpr NalHeader Unfragmented(const NalHeader& payload_header, std::byte fu_header) {
    const std::byte type = (fu_header & std::byte{0x3f}) << 1;
    return {{(payload_header.bytes[0] & std::byte{0x81}) | type, payload_header.bytes[1]},
            kHeaderBytes};
  }

 private:
  static constexpr unsigned LayerOf(const NalHeader& header) {
    return std::to_integer<unsigned>(header.bytes[0] & std::byte{1}) << 5 |
           std::to_integer<unsigned>(header.bytes[1]) >> 3;
  }
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_H265_H_
