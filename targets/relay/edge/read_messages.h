// What an edge and an origin do alike with the bytes that come on a connection.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_READ_MESSAGES_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_READ_MESSAGES_H_

#include <cstddef>
#include <span>

#include "targets/relay/counters.h"
#include "targets/relay/edge/wire.h"

namespace relay::edge {

// Takes the stream's next piece and calls on_message(message) for each message that ends in it, until that answers
// false: the connection is gone. Counts what became of each frame. False: what came is not to be understood, and
// nothing after it can be.
template <class OnMessage>
bool ReadMessages(FrameReader& reader, std::span<const std::byte> piece,
                  Tally<WireParse, kWireParseCount>& frames, OnMessage&& on_message) {
  bool good = true;
  const WireParse cut = reader.Push(piece, [&](std::span<const std::byte> frame) {
    Message message;
    const WireParse parsed = ParseFrame(frame, message);
    frames.Count(parsed);
    good = parsed == WireParse::kOk;
    return good && on_message(message);
  });
  if (cut == WireParse::kOk) return good;
  frames.Count(cut);
  return false;
}

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_READ_MESSAGES_H_
