// Fuzzes where the oracle looks for camera bytes in a packet, and in an access unit:
//   1. bodies lie within the packet, in order, and do not overlap;
//   2. a byte that no body holds is one of RTP's header, of a NAL unit's header, or of an
//   aggregate's sizes: another
//      camera's bytes have nowhere to hide;
//   3. the NAL units of a stream lie within it, in order, and leave out nothing but start codes and
//   zeros.
#include "harness/base/check.h"
#include "harness/oracle/annex_b.h"
#include "harness/oracle/payload.h"
#include "targets/fuzz/fuzz_input.h"

namespace {

namespace oracle = framefence::oracle;

constexpr std::size_t kRtpHeaderBytes = 12;
constexpr std::size_t kNalHeaderBytesMax = 2;  // RFC 7798 1.1.4; one byte in H.264
// An aggregate's header, a size of 16 bits, a NAL unit's header.
constexpr std::size_t kBeforeBodyMax = kNalHeaderBytesMax + 2 + kNalHeaderBytesMax;
constexpr std::byte kZero{0};
constexpr std::byte kOne{1};

void CheckBodies(std::span<const std::byte> packet) {
  std::size_t end = 0;
  oracle::ForEachBody(packet, [&](const oracle::Body& body) {
    FRAMEFENCE_CHECK(body.offset >= end && body.offset <= packet.size());
    FRAMEFENCE_CHECK(body.length <= packet.size() - body.offset);
    FRAMEFENCE_CHECK(body.offset - end <=
                     (end == 0 ? kRtpHeaderBytes + kBeforeBodyMax : kBeforeBodyMax));
    end = body.offset + body.length;
  });
  // A NAL unit's header, and no more.
  FRAMEFENCE_CHECK(packet.size() - end <= (end == 0 ? kRtpHeaderBytes : 0) + kNalHeaderBytesMax);
}

void CheckNalUnits(std::span<const std::byte> stream) {
  std::size_t end = 0;
  const auto is_skippable = [stream](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      const bool ends_start_code =
          i >= 2 && stream[i] == kOne && stream[i - 1] == kZero && stream[i - 2] == kZero;
      if (stream[i] != kZero && !ends_start_code) return false;
    }
    return true;
  };
  for (oracle::NalUnits units(stream); units.Next();) {
    FRAMEFENCE_CHECK(units.offset() >= end && !units.nal_unit().empty());
    FRAMEFENCE_CHECK(fuzz::IsWithin(units.nal_unit(), stream));
    FRAMEFENCE_CHECK(is_skippable(end, units.offset()));
    end = units.offset() + units.nal_unit().size();
  }
  FRAMEFENCE_CHECK(is_skippable(end, stream.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  CheckBodies(bytes);
  CheckNalUnits(bytes);
  FRAMEFENCE_CHECK(oracle::DigestOf(bytes) == oracle::DigestOf(bytes));
  return 0;
}
