// Fuzzes the relay's reading of H.264 payloads (RFC 6184 section 5); what is checked:
// payload_sequence.h.
#include "targets/fuzz/payload_sequence.h"

namespace {

using relay::NalHeader;
using relay::NalPiece;
using relay::NalRole;

struct H264Model {
  static NalRole RoleOf(const NalHeader& header) {
    static constexpr NalRole kSlice = NalRole::kOtherSlice;
    static constexpr NalRole kRoles[] = {NalRole::kNone,  kSlice,
                                         kSlice,          kSlice,
                                         kSlice,          NalRole::kRandomAccessSlice,
                                         NalRole::kOther, NalRole::kSps,
                                         NalRole::kPps,   NalRole::kDelimiter};
    const std::size_t type = std::to_integer<std::size_t>(header.bytes[0]) % 32;
    return type < std::size(kRoles) ? kRoles[type] : NalRole::kOther;
  }
  // The reserved bit of an FU header is to be ignored (RFC 6184 5.8).
  static fuzz::Bytes FragmentHead(const NalPiece& piece, std::span<const std::byte> payload) {
    const auto header = std::to_integer<unsigned>(piece.header.bytes[0]);
    const unsigned reserved = std::to_integer<unsigned>(payload[1]) & 0x20U;
    return {static_cast<std::byte>(header / 32 * 32 + 28),
            static_cast<std::byte>(128 * piece.starts + 64 * piece.ends + reserved + header % 32)};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::PayloadSequence<relay::H264, H264Model> sequence;
  sequence.Run(fuzz::Input(data, size), relay::Options().payload_type);
  return 0;
}
