// Fuzzes interleaved framing: a stream in one piece and the same stream in pieces give the same
// frames, and none is longer than allowed.
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/relay/interleaved.h"

namespace {

constexpr std::size_t kFrameBytesMax = 64;

using Frames = std::vector<std::pair<std::uint8_t, std::vector<std::byte>>>;

relay::InterleavedParse Push(relay::InterleavedReader& reader, std::span<const std::byte> piece,
                             Frames& frames) {
  return reader.Push(piece, [&](std::uint8_t channel, std::span<const std::byte> bytes) {
    FRAMEFENCE_CHECK(bytes.size() <= kFrameBytesMax);
    frames.emplace_back(channel, std::vector<std::byte>(bytes.begin(), bytes.end()));
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static relay::InterleavedReader whole, pieces;
  fuzz::Input input(data, size);
  const std::size_t piece_bytes = std::size_t{1} + input.Take<std::uint8_t>();
  const auto stream = input.rest();
  Frames expected, frames;
  whole.Reset(kFrameBytesMax);
  const auto end = Push(whole, stream, expected);
  pieces.Reset(kFrameBytesMax);
  auto status = relay::InterleavedParse::kOk;
  for (std::size_t at = 0; at < stream.size(); at += piece_bytes)
    status = Push(pieces, stream.subspan(at, std::min(piece_bytes, stream.size() - at)), frames);
  FRAMEFENCE_CHECK(status == end);
  FRAMEFENCE_CHECK(frames == expected);
  FRAMEFENCE_CHECK(whole.too_large() == pieces.too_large());
  return 0;
}
