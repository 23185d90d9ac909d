// The reference relay, bound to the contract.
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_RELAY_ADAPTER_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_RELAY_ADAPTER_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "targets/relay/relay.h"

namespace adapters {

class RelayAdapter final : public framefence::contract::SystemUnderTest,
                           private relay::Transport,
                           private relay::EventObserver {
 public:
  RelayAdapter() : relays_{relay::Relay(*this), relay::Relay(*this)} {}

  std::string_view name() const override { return "relay"; }
  framefence::contract::Capabilities capabilities() const override;
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
  // A viewer session, as the relay and as the harness call it.
  struct Session {
    relay::ViewerHandle handle;
    framefence::ViewerId viewer;
    framefence::contract::RequestNumber number = 0;
    bool open = false;
  };
  struct Publisher {
    framefence::PublisherId id;
    bool current = false;  // no other publisher session was given the port since
  };

  relay::Relay& serving() { return relays_[serving_]; }
  const relay::Relay& serving() const { return relays_[serving_]; }

  // relay::Transport
  bool SendPacket(relay::ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override;
  bool SendStill(relay::ViewerHandle to, std::span<const std::byte> access_unit) override;
  void SendToPublisher(relay::Port port, relay::Source to,
                       std::span<const std::byte> rtcp) override;
  // relay::EventObserver
  void OnEvent(const relay::Event& event) override;

  relay::Status Perform(const framefence::contract::Request& request, relay::Time now,
                        framefence::contract::Ack& ack);
  relay::Status StartPublisher(const framefence::contract::Request& request, relay::Time now,
                               framefence::contract::Ack& ack);
  relay::Status StopPublisher(framefence::PublisherId publisher);
  relay::Status OpenViewer(const framefence::contract::Request& request, relay::Time now);
  relay::Status IssueToken(const framefence::contract::Request& request, relay::Time now);
  relay::Status PresentToken(const framefence::contract::Request& request, relay::Time now);
  relay::Status NewToken(const framefence::contract::Request& request, relay::Time now,
                         std::string& token);
  relay::Status Upgrade(relay::Time now);
  relay::Status OpenOn(std::string_view token, const framefence::contract::Request& request,
                       relay::Time now);
  relay::Status CloseViewer(framefence::ViewerId viewer, relay::Time now);
  // The token that the JSON door gives; empty if it gives none.
  std::string TokenFromDoor(const framefence::contract::Request& request, relay::Time now);
  const Session& SessionOf(relay::ViewerHandle handle);
  void Deliver(relay::ViewerHandle to, framefence::contract::DeliveryKind kind,
               std::span<const std::byte> bytes);

  // The one that serves, and the one that takes its place at the next upgrade, as if in another
  // process. All of it is made once: a case costs no allocation.
  std::array<relay::Relay, 2> relays_;
  std::size_t serving_ = 0;
  relay::Options options_;
  framefence::contract::Deployment deployment_;
  framefence::contract::Observer* observer_ = nullptr;
  std::vector<Session> sessions_;  // by the relay's viewer place
  // By ViewerId. The relay's place alone would not do: once it has dropped a session it may give
  // the place to another viewer's.
  std::vector<std::optional<relay::ViewerHandle>> handles_;
  std::vector<Publisher> publishers_;  // by ingest port
  std::vector<Session> past_;          // of places that have moved on
  std::array<std::string, framefence::contract::kTokensMax> tokens_;
  std::string token_;  // being presented
  Session opening_;    // whose first packets may come before OpenViewer() returns
  Session unknown_;
  std::vector<std::byte> packet_;
};

}  // namespace adapters

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_RELAY_ADAPTER_H_
