// Fuzzes an edge relay by what its origin says and its viewers do: whatever comes, nobody is shown what they may not
// see (edge_exchange.h). Seen to fail, at once: with StillCache::Fill() naming what was asked for in place of what the
// reply says.
#include <cstddef>
#include <cstdint>

#include "targets/fuzz/edge_exchange.h"
#include "targets/fuzz/fuzz_input.h"

namespace {

using namespace relay::edge;

// To the edge's last request, or near it.
RequestId TakeId(fuzz::Input& input, const fuzz::EdgeExchange& exchange) {
  return exchange.last_id() + input.Take<std::uint8_t>() % 4 - 1;
}

OwnersReply TakeOwners(fuzz::Input& input) {
  OwnersReply reply;
  reply.lease = std::chrono::milliseconds(input.Take<std::uint16_t>());
  for (std::uint8_t count = input.Take<std::uint8_t>() % 5; count != 0; --count) {
    const relay::Camera camera(input.Take<std::uint8_t>() % 6);
    const auto outcome = static_cast<Outcome>(input.Take<std::uint8_t>() % kOutcomeCount);
    const relay::Account owner(input.Take<std::uint8_t>() % 5);
    const relay::Name name(input.Take<std::uint8_t>() % 3);
    const Epoch epoch(input.Take<std::uint8_t>() % 4);
    reply.entries.Add({camera, outcome, owner, name, epoch, input.Take<std::uint8_t>()});
  }
  return reply;
}

Invalidation TakeInvalidation(fuzz::Input& input) {
  Invalidation what;
  what.kind = static_cast<Invalidation::Kind>(input.Take<std::uint8_t>() % Invalidation::kKinds);
  what.camera = relay::Camera(input.Take<std::uint8_t>() % 6);
  what.account = relay::Account(input.Take<std::uint8_t>() % 5);
  what.integration = relay::Integration(input.Take<std::uint8_t>() % 2);
  return what;
}

void Step(fuzz::Input& input, fuzz::EdgeExchange& exchange) {
  const auto kind = input.Take<std::uint8_t>();
  const auto first = input.Take<std::uint8_t>();
  switch (kind % 9) {
    case 0:
      return exchange.Open(first, input.Take<std::uint8_t>(), kind >= 128);
    case 1:
      return exchange.Request(first);
    case 2:
      return exchange.Close(first);
    case 3:
      return exchange.Wait(input.Take<std::uint16_t>());
    case 4:
      return kind >= 64 ? exchange.Closed(first) : exchange.Opened(first);
    case 5:
      return exchange.Say(first, {TakeId(input, exchange), TakeOwners(input)});
    case 6:
      return exchange.Say(first, {0, TakeInvalidation(input)});
    case 7: {
      const RequestId id = TakeId(input, exchange);
      const auto camera = static_cast<std::uint8_t>(input.Take<std::uint8_t>() % 6);
      const auto epoch = static_cast<std::uint8_t>(input.Take<std::uint8_t>() % 4);
      return exchange.Still(first, id, camera, epoch, input.Take<std::uint8_t>());
    }
    default:  // not a message: the connection is lost
      return exchange.Bring(first, input.TakeBytes(3));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::EdgeExchange exchange;
  fuzz::Input input(data, size);
  exchange.Restart();
  while (!input.empty()) Step(input, exchange);
  return 0;
}
