// Fuzzes the relay's reading of one codec's payloads, and what it makes of sequences of them:
//   1. a payload is well formed exactly when its pieces can be walked to the end; they lie within
//   it, in order, and put together again they are the payload;
//   2. its summary says what its pieces say, and they are what their headers' bytes say;
//   3. a still that is served is one access unit that was sent, whole, with nothing but parameter
//   sets put into it.
//
// A Model says anew, of bytes, what the relay reads of bits:
//   NalRole RoleOf(const NalHeader&)                      REQUIRES: of a NAL unit
//   Bytes FragmentHead(const NalPiece&, span payload)     what a fragment's payload begins with
#ifndef FRAMEFENCE_TARGETS_FUZZ_PAYLOAD_SEQUENCE_H_
#define FRAMEFENCE_TARGETS_FUZZ_PAYLOAD_SEQUENCE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/base/check.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/fuzz/one_camera_relay.h"
#include "targets/fuzz/sent_pictures.h"
#include "targets/relay/codec.h"

namespace fuzz {

template <class Format, class Model>
class PayloadSequence {
 public:
  // Input: packets, each flags (1: marker, 2: a packet is lost before it), a size, a payload.
  void Run(Input input, std::uint8_t payload_type) {
    SentPictures sent;
    relay_.Begin(payload_type);
    while (!input.empty()) {
      const auto flags = input.Take<std::uint8_t>();
      const bool marker = flags % 2 != 0;
      const auto payload = input.TakeBytes(input.Take<std::uint8_t>());
      if ((flags & 2U) != 0) {
        relay_.LosePacket();
        sent.Lose();
      }
      if (!Check(payload)) continue;
      for (const relay::NalPiece& piece : pieces_) sent.Add(piece);
      relay_.Send(payload, marker);
      if (!marker) continue;
      for (const Bytes& still : relay_.TakeStills()) FRAMEFENCE_CHECK(sent.Holds(still));
      sent.EndAccessUnit();
    }
  }

 private:
  // Whether the payload is well formed; if so, pieces_ are its pieces.
  bool Check(std::span<const std::byte> payload) {
    relay::PayloadSummary summary;
    const relay::PayloadParse status = relay::ParsePayload<Format>(payload, summary);
    relay::NalPieces<Format> pieces(payload);
    const std::byte* end = payload.data();
    pieces_.clear();
    for (relay::NalPiece piece; pieces.Next(piece); pieces_.push_back(piece)) {
      FRAMEFENCE_CHECK(IsWithin(piece.body, payload));
      FRAMEFENCE_CHECK(piece.body.empty() || piece.body.data() > end);
      if (!piece.body.empty()) end = piece.body.data() + piece.body.size();
      FRAMEFENCE_CHECK(piece.role == Model::RoleOf(piece.header));
    }
    FRAMEFENCE_CHECK(pieces.status() == status);
    if (status != relay::PayloadParse::kOk) return false;
    FRAMEFENCE_CHECK(!pieces_.empty() && std::ranges::equal(PutTogether(payload), payload));
    CheckSummary(summary);
    return true;
  }

  void CheckSummary(const relay::PayloadSummary& summary) const {
    const auto starts = [](const relay::NalPiece& piece, relay::NalRole role) {
      return piece.starts && piece.role == role;
    };
    FRAMEFENCE_CHECK(summary.starts_with_delimiter ==
                     starts(pieces_.front(), relay::NalRole::kDelimiter));
    FRAMEFENCE_CHECK(summary.starts_random_access ==
                     std::ranges::any_of(pieces_, [&](const relay::NalPiece& piece) {
                       return starts(piece, relay::NalRole::kRandomAccessSlice);
                     }));
  }

  // The payload anew, from its pieces. Of an aggregate's own header nothing is in them.
  Bytes PutTogether(std::span<const std::byte> payload) const {
    const relay::NalPiece& first = pieces_.front();
    Bytes made;
    if (!first.whole()) {
      made = Model::FragmentHead(first, payload);
      made.insert(made.end(), first.body.begin(), first.body.end());
      return made;
    }
    const bool aggregate = first.header.size + first.body.size() != payload.size();
    if (aggregate) made.assign(payload.begin(), payload.begin() + Format::kHeaderBytes);
    for (const relay::NalPiece& piece : pieces_) {
      const std::size_t size = Format::kHeaderBytes + piece.body.size();
      if (aggregate) {
        made.insert(made.end(), {static_cast<std::byte>(size >> 8), static_cast<std::byte>(size)});
      }
      made.insert(made.end(), piece.header.view().begin(), piece.header.view().end());
      made.insert(made.end(), piece.body.begin(), piece.body.end());
    }
    return made;
  }

  OneCameraRelay relay_;
  std::vector<relay::NalPiece> pieces_;
};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_PAYLOAD_SEQUENCE_H_
