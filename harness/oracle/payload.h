// Where camera bytes lie in an RTP packet of H.264 or H.265: RTP as in RFC 3550 5.1, payloads as in RFC
// 6184 5.6 to 5.8 and RFC 7798 4.4.
#ifndef FRAMEFENCE_HARNESS_ORACLE_PAYLOAD_H_
#define FRAMEFENCE_HARNESS_ORACLE_PAYLOAD_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/contract/system_under_test.h"

namespace framefence::oracle {

// A stretch of the packet all of whose bytes should have one origin.
struct Body {
  std::size_t offset = 0;  // in the packet
  std::size_t length = 0;
  bool starts_nal_unit = false;  // it begins right after a NAL unit's header
};

namespace payload_internal {

inline constexpr std::size_t kFixedHeaderBytes = 12;
// How a codec's payloads are told apart, by the type in their header.
struct Format {
  std::size_t header_bytes = 1;  // of a payload, and of a NAL unit
  unsigned type_shift = 0;
  unsigned type_mask = 0x1f;
  unsigned single_min = 1;
  unsigned aggregate = 24;  // STAP-A; what is below is a NAL unit
  unsigned fragment = 28;   // FU-A
};
inline constexpr Format kH264;
inline constexpr Format kH265{.header_bytes = 2,
                              .type_shift = 1,
                              .type_mask = 0x3f,
                              .single_min = 0,
                              .aggregate = 48,
                              .fragment = 49};

// [begin, end) of a packet.
struct Extent {
  std::size_t begin = 0;
  std::size_t end = 0;
};

inline unsigned Octet(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<unsigned>(bytes[at]);
}

inline std::size_t BigEndian16(std::span<const std::byte> bytes, std::size_t at) {
  return Octet(bytes, at) << 8 | Octet(bytes, at + 1);
}

// Where the payload lies. A packet that breaks the rules is payload from its first byte on: its
// bytes reached the viewer all the same.
inline Extent PayloadOf(std::span<const std::byte> packet) {
  const Extent everything{0, packet.size()};
  if (packet.size() < kFixedHeaderBytes || Octet(packet, 0) >> 6 != 2) return everything;
  Extent payload{kFixedHeaderBytes + 4 * (Octet(packet, 0) & 0xfU), packet.size()};
  if (Octet(packet, 0) & 0x10U) {  // extension, 5.3.1
    if (payload.begin + 4 > packet.size()) return everything;
    payload.begin += 4 + 4 * BigEndian16(packet, payload.begin + 2);
  }
  if (Octet(packet, 0) & 0x20U) {  // padding
    const std::size_t padding = Octet(packet, packet.size() - 1);
    if (padding == 0 || padding > packet.size()) return everything;
    payload.end -= padding;
  }
  return payload.begin <= payload.end ? payload : everything;
}

// Aggregation packets, 5.7.1: NAL units, each after two bytes of size.
template <class Visit>
void ForEachAggregated(std::span<const std::byte> packet, Extent units, std::size_t header_bytes,
                       const Visit& visit) {
  std::size_t at = units.begin;
  while (at + 2 + header_bytes <= units.end) {
    const std::size_t size = BigEndian16(packet, at);
    if (size < header_bytes || size > units.end - at - 2) break;
    visit(Body{
        .offset = at + 2 + header_bytes, .length = size - header_bytes, .starts_nal_unit = true});
    at += 2 + size;
  }
  if (at < units.end) visit(Body{.offset = at, .length = units.end - at});
}

}  // namespace payload_internal

// Calls visit(const Body&) for each stretch of the packet that can hold camera bytes: what is in
// NAL units, and also what is in header extensions, in padding and in payloads of no known
// structure, for no byte may be another camera's.
template <class Visit>
void ForEachBody(std::span<const std::byte> packet, const Visit& visit) {
  using namespace payload_internal;
  const Extent payload = PayloadOf(packet);
  if (payload.begin > kFixedHeaderBytes) {
    visit(Body{.offset = kFixedHeaderBytes, .length = payload.begin - kFixedHeaderBytes});
  }
  const std::size_t size = payload.end - payload.begin;
  const bool is_h265 =
      payload.begin > 0 && (Octet(packet, 1) & 0x7fU) == contract::kPayloadTypeH265;
  const Format& format = is_h265 ? kH265 : kH264;
  const std::size_t header = format.header_bytes;
  const bool has_header = payload.begin > 0 && size >= header;
  const unsigned type =
      has_header ? Octet(packet, payload.begin) >> format.type_shift & format.type_mask : ~0U;
  if (type >= format.single_min && type < format.aggregate) {
    visit(Body{.offset = payload.begin + header, .length = size - header, .starts_nal_unit = true});
  } else if (type == format.aggregate) {
    ForEachAggregated(packet, {payload.begin + header, payload.end}, header, visit);
  } else if (type == format.fragment && size > header) {
    // 5.8 and 4.4.3; the start bit is the first of the byte after the payload's header.
    const bool start = (Octet(packet, payload.begin + header) & 0x80U) != 0;
    visit(Body{.offset = payload.begin + header + 1,
               .length = size - header - 1,
               .starts_nal_unit = start});
  } else if (size > 0) {
    visit(Body{.offset = payload.begin, .length = size});
  }
  if (payload.end < packet.size()) {
    visit(Body{.offset = payload.end, .length = packet.size() - payload.end});
  }
}

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_PAYLOAD_H_
