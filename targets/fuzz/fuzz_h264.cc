// Fuzzes the relay's reading of H.264 payloads (RFC 6184 section 5), and what it makes of sequences
// of them:
//   1. a payload is well formed exactly when its pieces can be walked to the end; they lie within
//   it, in order;
//   2. its summary says what its pieces say;
//   3. a still that is served is one access unit that was sent, whole, with nothing but parameter
//   sets put into it.
#include <algorithm>
#include <vector>

#include "harness/base/check.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/fuzz/one_camera_relay.h"
#include "targets/fuzz/sent_pictures.h"
#include "targets/relay/h264.h"

namespace {

using fuzz::Bytes;
using relay::H264Parse;
using relay::NalPiece;
using relay::NalType;

bool CheckPayload(std::span<const std::byte> payload, std::vector<NalPiece>& walked) {
  relay::PayloadSummary summary;
  const H264Parse status = relay::ParseH264(payload, summary);
  relay::NalPieces pieces(payload);
  const std::byte* end = payload.data();
  bool starts_idr = false;
  walked.clear();
  for (NalPiece piece; pieces.Next(piece); walked.push_back(piece)) {
    FRAMEFENCE_CHECK(fuzz::IsWithin(piece.body, payload));
    FRAMEFENCE_CHECK(piece.body.empty() || piece.body.data() > end);
    if (!piece.body.empty()) end = piece.body.data() + piece.body.size();
    starts_idr |= piece.starts && piece.type() == NalType::kIdrSlice;
  }
  FRAMEFENCE_CHECK(pieces.status() == status);
  if (status != H264Parse::kOk) return false;
  FRAMEFENCE_CHECK(!walked.empty() && walked.front().type() == summary.first_type);
  FRAMEFENCE_CHECK(summary.starts_idr == starts_idr);
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::OneCameraRelay relay;
  std::vector<NalPiece> pieces;
  fuzz::SentPictures sent;
  relay.Begin();
  for (fuzz::Input input(data, size); !input.empty();) {
    const auto flags = input.Take<std::uint8_t>();
    const bool marker = flags % 2 != 0;
    const auto payload = input.TakeBytes(input.Take<std::uint8_t>());
    if ((flags & 2U) != 0) relay.LosePacket();
    if (!CheckPayload(payload, pieces)) continue;
    for (const NalPiece& piece : pieces) sent.Add(piece);
    relay.Send(payload, marker);
    if (!marker) continue;
    for (const Bytes& still : relay.TakeStills()) FRAMEFENCE_CHECK(sent.Holds(still));
    sent.EndAccessUnit();
  }
  return 0;
}
