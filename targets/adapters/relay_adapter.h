// The reference relay, bound to the contract.
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_RELAY_ADAPTER_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_RELAY_ADAPTER_H_

#include <array>
#include <optional>
#include <string_view>

#include "harness/contract/system_under_test.h"
#include "targets/adapters/relay_binding.h"
#include "targets/relay/relay.h"

namespace adapters {

// Of the relay, whoever runs it.
framefence::contract::Capabilities RelayCapabilities();

class RelayAdapter final : public framefence::contract::SystemUnderTest {
 public:
  RelayAdapter() : relays_{relay::Relay(exit_), relay::Relay(exit_)} {}

  std::string_view name() const override { return "relay"; }
  framefence::contract::Capabilities capabilities() const override { return RelayCapabilities(); }
  void Reset(const framefence::contract::Deployment& deployment,
             framefence::contract::Observer& observer) override;
  void Submit(const framefence::contract::Request& request, framefence::VirtualTime now) override;
  void Ingest(framefence::contract::IngestPort port, framefence::contract::SourceAddress from,
              std::span<const std::byte> datagram, framefence::VirtualTime now) override;
  void IngestStream(framefence::contract::IngestPort port, framefence::contract::SourceAddress from,
                    std::span<const std::byte> piece, framefence::VirtualTime now) override;
  void OnViewerFeedback(framefence::ViewerId viewer, std::span<const std::byte> rtcp,
                        framefence::VirtualTime now) override;
  void OnWritable(framefence::ViewerId viewer, framefence::VirtualTime now) override;
  void AdvanceTo(framefence::VirtualTime now) override;
  std::optional<framefence::VirtualTime> NextTimer() const override;

  const relay::Counters& counters() const { return serving().counters(); }

 private:
  relay::Relay& serving() { return relays_[serving_]; }
  const relay::Relay& serving() const { return relays_[serving_]; }
  relay::Status Upgrade(relay::Time now);

  NoMutex no_mutex_;
  SessionTable sessions_;
  Exit<NoMutex> exit_{sessions_, no_mutex_};
  RelayCaller<relay::Relay> caller_{sessions_, no_mutex_};
  // The one that serves, and the one that takes its place at the next upgrade, as if in another
  // process. All of it is made once: a case costs no allocation.
  std::array<relay::Relay, 2> relays_;
  std::size_t serving_ = 0;
  relay::Options options_;
  framefence::contract::Observer* observer_ = nullptr;
};

}  // namespace adapters

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_RELAY_ADAPTER_H_
