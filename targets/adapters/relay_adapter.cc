#include "targets/adapters/relay_adapter.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/base/check.h"

namespace adapters {
namespace {

namespace contract = framefence::contract;
using contract::Operation;
using framefence::VirtualTime;

// What a client chooses may be what another chose: few different request ids make them meet.
constexpr std::uint64_t kRequestIds = 2;

relay::Time TimeOf(VirtualTime time) {
  return relay::Time(static_cast<std::uint64_t>(framefence::Microseconds(time)));
}

contract::Status ToContract(relay::Status status) {
  switch (status) {
    case relay::Status::kOk:
      return contract::Status::kOk;
    case relay::Status::kNoCapacity:
      return contract::Status::kNoCapacity;
    default:
      return contract::Status::kRefused;
  }
}

relay::Options OptionsOf(const contract::Deployment& deployment) {
  relay::Options options;
  options.accounts = deployment.accounts;
  options.cameras = deployment.cameras;
  options.names = deployment.names;
  options.integrations = deployment.integrations;
  options.ports = deployment.publishers;
  options.viewers = deployment.viewers;
  options.gop_packets_max = std::bit_ceil(deployment.gop_packets_max);
  options.reorder_packets_max = std::min(options.reorder_packets_max, options.gop_packets_max);
  options.queue_packets_max =
      std::max(1U, options.gop_packets_max / 8);  // runs over in short cases
  options.packet_bytes_max = deployment.datagram_bytes_max;
  options.payload_type = contract::kPayloadTypeH264;
  options.payload_type_h265 = contract::kPayloadTypeH265;
  options.payload_type_rtx = contract::kPayloadTypeRtx;
  options.payload_type_rtx_h265 = contract::kPayloadTypeRtxH265;
  options.payload_type_fec = contract::kPayloadTypeFec;
  options.fec_packets_max = deployment.fec_packets_max;
  options.still_bytes_max = deployment.frame_bytes_max;
  options.still_age_max = deployment.still_age_max;
  options.token_lifetime = deployment.token_lifetime;
  options.publisher_timeout = deployment.publisher_timeout;
  options.still_fallback = deployment.still_fallback;
  // Repeatable on purpose: a case must replay. A real embedder draws it.
  std::memcpy(options.secret.data(), &deployment.seed, sizeof deployment.seed);
  return options;
}

}  // namespace

contract::Capabilities RelayAdapter::capabilities() const {
  return {.operations = (1U << contract::kOperationCount) - 1,
          .live = true,
          .stills = true,
          .viewer_feedback = true,
          .backpressure = true,
          .unsignalled_ssrc = true,
          .retransmissions = true,
          .fec = true,
          .byte_streams = true,
          .h265 = true};
}

void RelayAdapter::Reset(const contract::Deployment& deployment, contract::Observer& observer) {
  deployment_ = deployment;
  observer_ = &observer;
  sessions_.assign(deployment.viewers, {});
  handles_.assign(deployment.viewers, std::nullopt);
  publishers_.assign(deployment.publishers, {});
  past_.clear();
  for (std::string& token : tokens_) token.clear();
  opening_ = {};
  options_ = OptionsOf(deployment);
  for (relay::Relay& each : relays_) each.Observe(this);
  FRAMEFENCE_CHECK(serving().Reset(options_) == relay::Status::kOk);
}

void RelayAdapter::Submit(const contract::Request& request, VirtualTime now) {
  contract::Ack ack{.number = request.number};
  ack.status = ToContract(Perform(request, TimeOf(now), ack));
  observer_->OnAck(ack);
}

relay::Status RelayAdapter::Perform(const contract::Request& request, relay::Time now,
                                    contract::Ack& ack) {
  const relay::Account account(request.account.value);
  const relay::Camera camera(request.camera.value);
  const relay::Integration integration(request.integration.value);
  switch (request.operation) {
    case Operation::kBind:
      return serving().Bind(camera, account, relay::Name(request.name.value));
    case Operation::kUnbind:
      return serving().Unbind(camera);
    case Operation::kStartPublisher:
      return StartPublisher(request, now, ack);
    case Operation::kStopPublisher:
      return StopPublisher(request.publisher);
    case Operation::kOpenViewer:
      return OpenViewer(request, now);
    case Operation::kIssueToken:
      return IssueToken(request, now);
    case Operation::kPresentToken:
      return PresentToken(request, now);
    case Operation::kUpgrade:
      return Upgrade(now);
    case Operation::kCloseViewer:
      return CloseViewer(request.viewer, now);
    case Operation::kRevokeAccount:
      return serving().RevokeAccount(account);
    case Operation::kLink:
      return serving().Link(account, integration);
    case Operation::kUnlink:
      return serving().Unlink(account, integration);
    case Operation::kSuspend:
      return serving().Suspend(integration);
    case Operation::kRestore:
      return serving().Restore(integration);
    case Operation::kReportLoss:
      if (!handles_[request.viewer.value]) return relay::Status::kNoSession;
      return serving().OnLossReport(*handles_[request.viewer.value], request.fraction_lost, now);
  }
  return relay::Status::kMalformed;
}

relay::Status RelayAdapter::StartPublisher(const contract::Request& request, relay::Time now,
                                           contract::Ack& ack) {
  const auto named = [](std::optional<std::uint32_t> ssrc) {
    return ssrc ? std::optional(relay::Ssrc(*ssrc)) : std::nullopt;
  };
  relay::PublisherStreams streams;
  streams.media = named(request.ssrc);
  streams.retransmission = named(request.rtx_ssrc);
  streams.repair = named(request.fec_ssrc);
  const auto started = serving().StartPublisher(relay::Camera(request.camera.value),
                                                relay::Source(request.source), streams, now);
  if (started.status != relay::Status::kOk) return started.status;
  ack.port = started.value.value;
  for (Publisher& publisher : publishers_) {
    if (publisher.id == request.publisher) publisher.current = false;
  }
  publishers_[ack.port] = {request.publisher, true};
  return relay::Status::kOk;
}

relay::Status RelayAdapter::StopPublisher(framefence::PublisherId publisher) {
  for (std::uint32_t port = 0; port < publishers_.size(); ++port) {
    if (!publishers_[port].current || publishers_[port].id != publisher) continue;
    publishers_[port].current = false;
    return serving().StopPublisher(relay::Port(port));
  }
  return relay::Status::kNoSession;
}

std::string RelayAdapter::TokenFromDoor(const contract::Request& request, relay::Time now) {
  const std::string question =
      fmt::format(R"({{"requestId":"{}","inputs":[{{"intent":"action.devices.EXECUTE",)"
                  R"("payload":{{"commands":[{{"devices":[{{"id":"{}"}}],)"
                  R"("execution":[{{"command":"action.devices.commands.GetCameraStream",)"
                  R"("params":{{"StreamToChromecast":true,)"
                  R"("SupportedStreamProtocols":["hls","progressive_mp4","webrtc"]}}}}]}}]}}}}]}})",
                  request.number % kRequestIds, request.name.value);
  const std::string answer =
      serving().HandleStreamRequest(question, relay::Account(request.account.value),
                                    relay::Integration(request.integration.value), now);
  const auto json = nlohmann::json::parse(answer, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json::json_pointer token("/payload/commands/0/states/cameraStreamAuthToken");
  return json.is_object() && json.contains(token) && json[token].is_string()
             ? json[token].get<std::string>()
             : std::string();
}

// By the door or in the typed form; of a refusal no text is left.
relay::Status RelayAdapter::NewToken(const contract::Request& request, relay::Time now,
                                     std::string& token) {
  const relay::Account account(request.account.value);
  const relay::Name name(request.name.value);
  const bool app = request.path == contract::Path::kApp;
  token.clear();
  if (!app && deployment_.json_door) {
    token = TokenFromDoor(request, now);
    return token.empty() ? relay::Status::kNotFound : relay::Status::kOk;
  }
  const auto issued = app ? serving().IssueAppToken(account, name, now)
                          : serving().IssueIntegrationToken(
                                account, name, relay::Integration(request.integration.value), now);
  if (issued.status == relay::Status::kOk) token = issued.value.text();
  return issued.status;
}

relay::Status RelayAdapter::OpenViewer(const contract::Request& request, relay::Time now) {
  const relay::Status status = NewToken(request, now, token_);
  return status == relay::Status::kOk ? OpenOn(token_, request, now) : status;
}

relay::Status RelayAdapter::IssueToken(const contract::Request& request, relay::Time now) {
  return NewToken(request, now, tokens_[request.token]);
}

relay::Status RelayAdapter::PresentToken(const contract::Request& request, relay::Time now) {
  token_ = tokens_[request.token];
  if (request.forged && !token_.empty()) {
    char& changed = token_[request.number * 7 % token_.size()];
    changed = changed == 'A' ? 'B' : 'A';
  }
  return OpenOn(token_, request, now);
}

relay::Status RelayAdapter::OpenOn(std::string_view token, const contract::Request& request,
                                   relay::Time now) {
  opening_ = {.viewer = request.viewer, .number = request.number, .open = true};
  const auto opened = serving().OpenViewer(token, now);
  if (opened.status == relay::Status::kOk) {
    handles_[request.viewer.value] = opened.value;
    SessionOf(opened.value);  // where nothing was sent yet
  }
  opening_ = {};
  return opened.status;
}

// Handles, tokens and ports are kept here as clients keep them: they must lead to the same.
relay::Status RelayAdapter::Upgrade(relay::Time now) {
  const std::size_t next = 1 - serving_;
  const relay::Status status = relays_[next].Resume(options_, serving().Save(now), now);
  if (status == relay::Status::kOk) serving_ = next;
  return status;
}

relay::Status RelayAdapter::CloseViewer(framefence::ViewerId viewer, relay::Time now) {
  const auto handle = std::exchange(handles_[viewer.value], std::nullopt);
  return handle ? serving().CloseViewer(*handle, now) : relay::Status::kNoSession;
}

void RelayAdapter::Ingest(contract::IngestPort port, contract::SourceAddress from,
                          std::span<const std::byte> datagram, VirtualTime now) {
  serving().OnDatagram(relay::Port(port), relay::Source(from), datagram, TimeOf(now));
}

void RelayAdapter::IngestStream(contract::IngestPort port, contract::SourceAddress from,
                                std::span<const std::byte> piece, VirtualTime now) {
  serving().OnStream(relay::Port(port), relay::Source(from), piece, TimeOf(now));
}

void RelayAdapter::OnViewerFeedback(framefence::ViewerId viewer, std::span<const std::byte> rtcp,
                                    VirtualTime now) {
  const auto& handle = handles_[viewer.value];
  if (handle) serving().OnViewerDatagram(*handle, rtcp, TimeOf(now));
}

void RelayAdapter::OnWritable(framefence::ViewerId viewer, VirtualTime now) {
  const auto& handle = handles_[viewer.value];
  if (handle) serving().OnWritable(*handle, TimeOf(now));
}

void RelayAdapter::AdvanceTo(VirtualTime now) { serving().AdvanceTo(TimeOf(now)); }

std::optional<VirtualTime> RelayAdapter::NextTimer() const {
  const auto timer = serving().NextTimer();
  if (!timer) return std::nullopt;
  return VirtualTime(std::chrono::microseconds(static_cast<std::int64_t>(timer->value)));
}

// A handle that was never seen is that of the session being opened, if one is; what is sent to one
// that never was names no session that the harness knows, and is judged as such.
const RelayAdapter::Session& RelayAdapter::SessionOf(relay::ViewerHandle handle) {
  Session& latest = sessions_[handle.viewer.value];
  if (latest.open && latest.handle == handle) return latest;
  const auto past = std::find_if(past_.begin(), past_.end(),
                                 [&](const Session& session) { return session.handle == handle; });
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

void RelayAdapter::Deliver(relay::ViewerHandle to, contract::DeliveryKind kind,
                           std::span<const std::byte> bytes) {
  const Session& session = SessionOf(to);
  observer_->OnDelivery(
      {.viewer = session.viewer, .session = session.number, .kind = kind, .bytes = bytes});
}

bool RelayAdapter::SendPacket(relay::ViewerHandle to, std::span<const std::byte> header,
                              std::span<const std::byte> payload) {
  if (!observer_->TakesPackets(SessionOf(to).viewer)) return false;
  packet_.resize(header.size() + payload.size());
  std::copy(header.begin(), header.end(), packet_.begin());
  std::copy(payload.begin(), payload.end(),
            packet_.begin() + static_cast<std::ptrdiff_t>(header.size()));
  Deliver(to, contract::DeliveryKind::kRtp, packet_);
  return true;
}

bool RelayAdapter::SendStill(relay::ViewerHandle to, std::span<const std::byte> access_unit) {
  Deliver(to, contract::DeliveryKind::kStill, access_unit);
  return true;
}

void RelayAdapter::OnEvent(const relay::Event& event) {
  observer_->OnNote({.what = relay::ToString(event.kind), .subject = event.camera.value});
}

void RelayAdapter::SendToPublisher(relay::Port, relay::Source to, std::span<const std::byte> rtcp) {
  observer_->OnPublisherFeedback(to.value, rtcp);
}

}  // namespace adapters
