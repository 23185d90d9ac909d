// What the bindings of the relay have in common: the harness's words for the relay's, its requests as
// calls, what the relay sends as deliveries. Of one Relay, or of a sharded one with its workers.
//
// Mutex guards what workers touch too: the table of sessions, and the observer. NoMutex, where all run on one
// thread.
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_RELAY_BINDING_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_RELAY_BINDING_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "targets/relay/relay.h"

namespace adapters {

relay::Time TimeOf(framefence::VirtualTime time);
std::optional<framefence::VirtualTime> ToVirtualTime(std::optional<relay::Time> time);
framefence::contract::Status ToContract(relay::Status status);
relay::Options OptionsOf(const framefence::contract::Deployment& deployment);

// How an integration asks for a stream in JSON, and the token that it is answered; empty: none.
std::string StreamQuestion(const framefence::contract::Request& request);
std::string TokenIn(std::string_view answer);

struct NoMutex {
  void lock() {}
  void unlock() {}
};

// A viewer session, as the relay and as the harness call it.
struct Session {
  relay::ViewerHandle handle;
  framefence::ViewerId viewer;
  framefence::contract::RequestNumber number = 0;
  bool open = false;
};

class SessionTable {
 public:
  // places: of viewer sessions, as the relay numbers them.
  void Reset(std::size_t places) {
    sessions_.assign(places, {});
    past_.clear();
    opening_ = {};
  }
  // The session that OpenViewer() is about to open: its first packets may come before it returns. None:
  // it has returned.
  void SetOpening(const Session& opening) { opening_ = opening; }

  // A handle that was never seen is that of the session being opened, if one is; what is sent to one
  // that never was names no session that the harness knows, and is judged as such.
  const Session& Of(relay::ViewerHandle handle) {
    Session& latest = sessions_[handle.viewer.value];
    if (latest.open && latest.handle == handle) return latest;
    const auto past = std::find_if(past_.begin(), past_.end(), [&](const Session& session) {
      return session.handle == handle;
    });
    if (past != past_.end()) return *past;
    if (opening_.open) {
      if (latest.open) past_.push_back(latest);
      latest = opening_;
      latest.handle = handle;
      return latest;
    }
    unknown_ = {.handle = handle, .viewer = latest.viewer};
    return unknown_;
  }

 private:
  std::vector<Session> sessions_;  // by the relay's viewer place
  std::vector<Session> past_;      // of places that have moved on
  Session opening_;
  Session unknown_;
};

// The way out of a relay, or of one worker.
template <class Mutex>
class Exit final : public relay::Transport, public relay::EventObserver {
 public:
  Exit(SessionTable& sessions, Mutex& mutex) : sessions_(sessions), mutex_(mutex) {}

  // Null: nobody, and all is taken. REQUIRES: nobody sends.
  void Observe(framefence::contract::Observer* observer) { observer_ = observer; }

  bool SendPacket(relay::ViewerHandle to, std::span<const std::byte> header,
                  std::span<const std::byte> payload) override {
    const std::lock_guard lock(mutex_);
    if (observer_ == nullptr) return true;
    if (!observer_->TakesPackets(sessions_.Of(to).viewer)) return false;
    packet_.resize(header.size() + payload.size());
    std::copy(header.begin(), header.end(), packet_.begin());
    std::copy(payload.begin(), payload.end(),
              packet_.begin() + static_cast<std::ptrdiff_t>(header.size()));
    Deliver(to, framefence::contract::DeliveryKind::kRtp, packet_);
    return true;
  }
  bool SendStill(relay::ViewerHandle to, std::span<const std::byte> access_unit) override {
    const std::lock_guard lock(mutex_);
    if (observer_ != nullptr) Deliver(to, framefence::contract::DeliveryKind::kStill, access_unit);
    return true;
  }
  void SendToPublisher(relay::Port, relay::Source to, std::span<const std::byte> rtcp) override {
    const std::lock_guard lock(mutex_);
    if (observer_ != nullptr) observer_->OnPublisherFeedback(to.value, rtcp);
  }
  void OnEvent(const relay::Event& event) override {
    const std::lock_guard lock(mutex_);
    if (observer_ != nullptr)
      observer_->OnNote({.what = relay::ToString(event.kind), .subject = event.camera.value});
  }

 private:
  void Deliver(relay::ViewerHandle to, framefence::contract::DeliveryKind kind,
               std::span<const std::byte> bytes) {
    const Session& session = sessions_.Of(to);
    observer_->OnDelivery(
        {.viewer = session.viewer, .session = session.number, .kind = kind, .bytes = bytes});
  }

  SessionTable& sessions_;
  Mutex& mutex_;
  framefence::contract::Observer* observer_ = nullptr;
  std::vector<std::byte> packet_;
};

// Who calls the relay: one thread.
template <class Relay, class Mutex = NoMutex>
class RelayCaller {
 public:
  RelayCaller(SessionTable& sessions, Mutex& mutex) : sessions_(sessions), mutex_(mutex) {}

  // ports: as the relay numbers them.
  void Reset(const framefence::contract::Deployment& deployment, std::size_t ports) {
    json_door_ = deployment.json_door;
    handles_.assign(deployment.viewers, std::nullopt);
    publishers_.assign(ports, {});
    for (std::string& token : tokens_) token.clear();
  }

  // REQUIRES: not kUpgrade. The handles, tokens and ports kept here stay valid over an upgrade.
  relay::Status Perform(Relay& relay, const framefence::contract::Request& request, relay::Time now,
                        framefence::contract::Ack& ack);
  void OnViewerDatagram(Relay& relay, framefence::ViewerId viewer, std::span<const std::byte> rtcp,
                        relay::Time now) {
    const auto& handle = handles_[viewer.value];
    if (handle) relay.OnViewerDatagram(*handle, rtcp, now);
  }
  void OnWritable(Relay& relay, framefence::ViewerId viewer, relay::Time now) {
    const auto& handle = handles_[viewer.value];
    if (handle) relay.OnWritable(*handle, now);
  }

 private:
  using Request = framefence::contract::Request;
  struct Publisher {
    framefence::PublisherId id;
    bool current = false;  // no other publisher session was given the port since
  };

  relay::Status StartPublisher(Relay& relay, const Request& request, relay::Time now,
                               framefence::contract::Ack& ack);
  relay::Status StopPublisher(Relay& relay, framefence::PublisherId publisher);
  relay::Status NewToken(Relay& relay, const Request& request, relay::Time now, std::string& token);
  relay::Status OpenViewer(Relay& relay, const Request& request, relay::Time now);
  relay::Status IssueToken(Relay& relay, const Request& request, relay::Time now);
  relay::Status PresentToken(Relay& relay, const Request& request, relay::Time now);
  relay::Status OpenOn(Relay& relay, std::string_view token, const Request& request,
                       relay::Time now);
  relay::Status CloseViewer(Relay& relay, framefence::ViewerId viewer, relay::Time now);

  SessionTable& sessions_;
  Mutex& mutex_;
  bool json_door_ = false;
  // By ViewerId. The relay's place alone would not do: once it has dropped a session it may give
  // the place to another viewer's.
  std::vector<std::optional<relay::ViewerHandle>> handles_;
  std::vector<Publisher> publishers_;  // by ingest port
  std::array<std::string, framefence::contract::kTokensMax> tokens_;
  std::string token_;  // being presented
};

}  // namespace adapters

#include "targets/adapters/relay_binding.inl"

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_RELAY_BINDING_H_
