// Fuzzes the relay's reading of H.265 payloads (RFC 7798 section 4.4); what is checked:
// payload_sequence.h.
#include "targets/fuzz/payload_sequence.h"

namespace {

using relay::NalHeader;
using relay::NalPiece;
using relay::NalRole;

struct H265Model {
  // A first byte is twice the type, and odd only in layers from 32 on; a second one counts layers
  // in eights.
  static NalRole RoleOf(const NalHeader& header) {
    const auto first = std::to_integer<unsigned>(header.bytes[0]);
    if (first % 2 != 0 || header.bytes[1] >= std::byte{8}) return NalRole::kOther;
    if (first < 0x20) return NalRole::kOtherSlice;
    if (first < 0x2c) return NalRole::kRandomAccessSlice;
    if (first < 0x40) return NalRole::kOtherSlice;
    static constexpr NalRole kRoles[] = {NalRole::kVps, NalRole::kSps, NalRole::kPps,
                                         NalRole::kDelimiter};
    return first < 0x48 ? kRoles[(first - 0x40) / 2] : NalRole::kOther;
  }
  static fuzz::Bytes FragmentHead(const NalPiece& piece, std::span<const std::byte>) {
    const auto first = std::to_integer<unsigned>(piece.header.bytes[0]);
    return {static_cast<std::byte>(2 * 49 + first % 2), piece.header.bytes[1],
            static_cast<std::byte>(128 * piece.starts + 64 * piece.ends + first / 2)};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::PayloadSequence<relay::H265, H265Model> sequence;
  sequence.Run(fuzz::Input(data, size), relay::Options().payload_type_h265);
  return 0;
}
