// Fuzzes what an edge and its origin read of each other: a stream in one piece and the same stream in
// pieces give the same frames, none longer than allowed, and a message that is read is written as it
// came.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/base/check.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/relay/edge/wire.h"

namespace {

using namespace relay::edge;
using Bytes = std::vector<std::byte>;

constexpr std::size_t kFrameBytesMax = 300;

void CheckFrame(std::span<const std::byte> frame) {
  FRAMEFENCE_CHECK(frame.size() <= kFrameBytesMax);
  Message message;
  if (ParseFrame(frame, message) != WireParse::kOk) return;
  if (const auto* still = std::get_if<StillReply>(&message.body))
    FRAMEFENCE_CHECK(fuzz::IsWithin(still->picture, frame));
  Bytes written(frame.size());
  FRAMEFENCE_CHECK(WriteFrame(message, written) == frame.size());
  FRAMEFENCE_CHECK(std::ranges::equal(written, frame));
}

WireParse Push(FrameReader& reader, std::span<const std::byte> piece, std::vector<Bytes>& frames) {
  return reader.Push(piece, [&](std::span<const std::byte> frame) {
    CheckFrame(frame);
    frames.emplace_back(frame.begin(), frame.end());
    return true;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static FrameReader whole, pieces;
  fuzz::Input input(data, size);
  const std::size_t piece_bytes = std::size_t{1} + input.Take<std::uint8_t>();
  const auto stream = input.rest();
  std::vector<Bytes> expected, frames;
  whole.Reset(kFrameBytesMax);
  const WireParse end = Push(whole, stream, expected);
  pieces.Reset(kFrameBytesMax);
  WireParse status = WireParse::kOk;
  // What is lost stays so: its owner reads no more of it.
  for (std::size_t at = 0; at < stream.size() && status == WireParse::kOk; at += piece_bytes)
    status = Push(pieces, stream.subspan(at, std::min(piece_bytes, stream.size() - at)), frames);
  FRAMEFENCE_CHECK(status == end);
  FRAMEFENCE_CHECK(frames == expected);
  return 0;
}
