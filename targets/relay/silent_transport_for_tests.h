// For tests, fuzz targets and benchmarks: a way out that leads to nobody and takes everything.
#ifndef FRAMEFENCE_TARGETS_RELAY_SILENT_TRANSPORT_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_SILENT_TRANSPORT_FOR_TESTS_H_

#include <cstddef>
#include <span>

#include "targets/relay/transport.h"

namespace relay::testing {

class SilentTransport final : public Transport {
 public:
  bool SendPacket(ViewerHandle, std::span<const std::byte>, std::span<const std::byte>) override {
    return true;
  }
  bool SendStill(ViewerHandle, std::span<const std::byte>) override { return true; }
  void SendToPublisher(Port, Source, std::span<const std::byte>) override {}
};

}  // namespace relay::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_SILENT_TRANSPORT_FOR_TESTS_H_
