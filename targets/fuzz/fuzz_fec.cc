// Fuzzes the recovery of lost packets (RFC 8627), over packets that arrive or do not, repair packets
// honest or not, and changes of session:
//   1. whatever is lost, a packet recovered from honest repair packets is one that was sent in this
//   session and had not come, byte for byte, and no honest repair packet is refused as a liar;
//   2. whatever else comes, what is recovered is a well-formed packet of the source, not too long.
// Every input is a sequence: an op, then what it takes.
#include "targets/fuzz/fec_exchange.h"
#include "targets/fuzz/fuzz_input.h"

namespace {

void Step(fuzz::Input& input, fuzz::FecExchange& exchange) {
  const auto op = input.Take<std::uint8_t>();
  switch (op % 8) {
    case 0:
    case 1:
    case 2:
      return exchange.Send(input.TakeBytes(input.Take<std::uint8_t>()), op % 8 != 2);
    case 3:
    case 4: {
      const auto mask = input.Take<std::uint64_t>();
      return exchange.Repair(mask, input.Take<std::uint8_t>(), 0, {});
    }
    case 5: {
      const auto mask = input.Take<std::uint64_t>();
      const auto zeros = input.Take<std::uint8_t>();
      const auto at = input.Take<std::uint8_t>();
      return exchange.Repair(mask, zeros, at, std::byte{input.Take<std::uint8_t>()});
    }
    case 6: {
      const auto ahead = input.Take<std::uint8_t>();
      return exchange.TakeHostile(input.TakePacket(), ahead);
    }
    default:
      return exchange.StartSession();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static relay::FecDecoder decoder;
  fuzz::Input input(data, size);
  fuzz::FecExchange exchange(decoder, input.Take<std::uint16_t>());
  while (!input.empty()) Step(input, exchange);
  return 0;
}
