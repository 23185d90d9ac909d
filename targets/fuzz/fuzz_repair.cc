// Fuzzes the way from a port to a viewer where packets are lost and repaired (RFC 4588, RFC 8627), with
// media, retransmissions and repair packets mixed on ports that change hands: whatever comes, every
// byte that a viewer is sent was sent by its camera's publisher, and while that one is honest, every
// packet. Seen to fail, in seconds: with one decoder for both ports. Every input is a sequence: an op
// with its camera, then what it takes.
#include "targets/fuzz/fuzz_input.h"
#include "targets/fuzz/repair_exchange.h"

namespace {

fuzz::Lie TakeLie(fuzz::Input& input) {
  const auto at = input.Take<std::uint8_t>();
  return {at, std::byte{input.Take<std::uint8_t>()}};
}

void Step(fuzz::Input& input, fuzz::RepairExchange& exchange) {
  const auto op = input.Take<std::uint8_t>();
  const std::uint32_t camera = op / 8 % 4 % fuzz::RepairExchange::kCameras;
  const bool flag = (op & 32U) != 0;
  const bool astray = op >= 192;  // to a port that the camera was not given
  switch (op % 8) {
    case 0:
    case 1:
    case 2: {
      const auto size = input.Take<std::uint8_t>();
      return exchange.Send(camera, flag, input.TakeBytes(size % 64), op % 8 != 2, astray);
    }
    case 3: {
      const auto back = input.Take<std::uint8_t>();
      return exchange.Retransmit(camera, back, flag ? TakeLie(input) : fuzz::Lie(), astray);
    }
    case 4: {
      const auto mask = input.Take<std::uint16_t>();
      return exchange.Repair(camera, mask, flag ? TakeLie(input) : fuzz::Lie(), astray);
    }
    case 5:
      return exchange.Start(camera, !flag);
    case 6:
      return flag ? exchange.Upgrade() : exchange.Stop(camera);
    default:
      return exchange.Wait(input.Take<std::uint8_t>());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::RepairExchange exchange;
  fuzz::Input input(data, size);
  exchange.Begin();
  while (!input.empty()) Step(input, exchange);
  return 0;
}
