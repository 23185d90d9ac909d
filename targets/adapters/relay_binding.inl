// A request as a call of the relay. Contracts in relay_binding.h.
#include "targets/adapters/relay_binding.h"

namespace adapters {

template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::Perform(Relay& relay, const Request& request,
                                                 relay::Time now, framefence::contract::Ack& ack) {
  using framefence::contract::Operation;
  const relay::Account account(request.account.value);
  const relay::Camera camera(request.camera.value);
  const relay::Integration integration(request.integration.value);
  switch (request.operation) {
    case Operation::kBind:
      return relay.Bind(camera, account, relay::Name(request.name.value));
    case Operation::kUnbind:
      return relay.Unbind(camera);
    case Operation::kStartPublisher:
      return StartPublisher(relay, request, now, ack);
    case Operation::kStopPublisher:
      return StopPublisher(relay, request.publisher);
    case Operation::kOpenViewer:
      return OpenViewer(relay, request, now);
    case Operation::kIssueToken:
      return IssueToken(relay, request, now);
    case Operation::kPresentToken:
      return PresentToken(relay, request, now);
    case Operation::kCloseViewer:
      return CloseViewer(relay, request.viewer, now);
    case Operation::kRevokeAccount:
      return relay.RevokeAccount(account);
    case Operation::kLink:
      return relay.Link(account, integration);
    case Operation::kUnlink:
      return relay.Unlink(account, integration);
    case Operation::kSuspend:
      return relay.Suspend(integration);
    case Operation::kRestore:
      return relay.Restore(integration);
    case Operation::kReportLoss:
      if (!handles_[request.viewer.value]) return relay::Status::kNoSession;
      return relay.OnLossReport(*handles_[request.viewer.value], request.fraction_lost, now);
    case Operation::kUpgrade:
      break;
  }
  return relay::Status::kMalformed;
}

template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::StartPublisher(Relay& relay, const Request& request,
                                                        relay::Time now,
                                                        framefence::contract::Ack& ack) {
  const auto named = [](std::optional<std::uint32_t> ssrc) {
    return ssrc ? std::optional(relay::Ssrc(*ssrc)) : std::nullopt;
  };
  relay::PublisherStreams streams;
  streams.media = named(request.ssrc);
  streams.retransmission = named(request.rtx_ssrc);
  streams.repair = named(request.fec_ssrc);
  const auto started = relay.StartPublisher(relay::Camera(request.camera.value),
                                            relay::Source(request.source), streams, now);
  if (started.status != relay::Status::kOk) return started.status;
  ack.port = started.value.value;
  for (Publisher& publisher : publishers_) {
    if (publisher.id == request.publisher) publisher.current = false;
  }
  publishers_[ack.port] = {request.publisher, true};
  return relay::Status::kOk;
}

template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::StopPublisher(Relay& relay,
                                                       framefence::PublisherId publisher) {
  for (std::uint32_t port = 0; port < publishers_.size(); ++port) {
    if (!publishers_[port].current || publishers_[port].id != publisher) continue;
    publishers_[port].current = false;
    return relay.StopPublisher(relay::Port(port));
  }
  return relay::Status::kNoSession;
}

// By the door or in the typed form; of a refusal no text is left.
template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::NewToken(Relay& relay, const Request& request,
                                                  relay::Time now, std::string& token) {
  const relay::Account account(request.account.value);
  const relay::Name name(request.name.value);
  const relay::Integration integration(request.integration.value);
  const bool app = request.path == framefence::contract::AccessPath::kApp;
  token.clear();
  if (!app && json_door_) {
    token = TokenIn(relay.HandleStreamRequest(StreamQuestion(request), account, integration, now));
    return token.empty() ? relay::Status::kNotFound : relay::Status::kOk;
  }
  const auto issued = app ? relay.IssueAppToken(account, name, now)
                          : relay.IssueIntegrationToken(account, name, integration, now);
  if (issued.status == relay::Status::kOk) token = issued.value.text();
  return issued.status;
}

template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::OpenViewer(Relay& relay, const Request& request,
                                                    relay::Time now) {
  const relay::Status status = NewToken(relay, request, now, token_);
  return status == relay::Status::kOk ? OpenOn(relay, token_, request, now) : status;
}

template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::IssueToken(Relay& relay, const Request& request,
                                                    relay::Time now) {
  return NewToken(relay, request, now, tokens_[request.token]);
}

template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::PresentToken(Relay& relay, const Request& request,
                                                      relay::Time now) {
  token_ = tokens_[request.token];
  if (request.forged && !token_.empty()) {
    char& changed = token_[request.number * 7 % token_.size()];
    changed = changed == 'A' ? 'B' : 'A';
  }
  return OpenOn(relay, token_, request, now);
}

// Of a sharded relay, viewer v is on worker v modulo workers.
template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::OpenOn(Relay& relay, std::string_view token,
                                                const Request& request, relay::Time now) {
  {
    const std::lock_guard lock(mutex_);
    sessions_.SetOpening({.viewer = request.viewer, .number = request.number, .open = true});
  }
  const auto opened = [&] {
    if constexpr (requires { relay.workers(); }) {
      return relay.OpenViewer(request.viewer.value % relay.workers(), token, now);
    } else {
      return relay.OpenViewer(token, now);
    }
  }();
  const std::lock_guard lock(mutex_);
  if (opened.status == relay::Status::kOk) {
    handles_[request.viewer.value] = opened.value;
    sessions_.Of(opened.value);  // where nothing was sent yet
  }
  sessions_.SetOpening({});
  return opened.status;
}

template <class Relay, class Mutex>
relay::Status RelayCaller<Relay, Mutex>::CloseViewer(Relay& relay, framefence::ViewerId viewer,
                                                     relay::Time now) {
  const auto handle = std::exchange(handles_[viewer.value], std::nullopt);
  return handle ? relay.CloseViewer(*handle, now) : relay::Status::kNoSession;
}

}  // namespace adapters
