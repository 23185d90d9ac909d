#include "targets/relay/relay.h"

#include <sodium/core.h>

#include <algorithm>
#include <bit>
#include <bitset>
#include <limits>
#include <new>

#include "targets/relay/stream_identity.h"

namespace relay {
namespace {

bool ArePayloadTypes(const Options& options) {
  std::bitset<128> taken;
  for (const unsigned type :
       {options.payload_type, options.payload_type_h265, options.payload_type_rtx,
        options.payload_type_rtx_h265, options.payload_type_fec}) {
    if (type >= taken.size() || taken[type]) return false;
    taken.set(type);
  }
  return true;
}

bool IsInRange(const Options& options) {
  const std::uint32_t reorder_max = std::min(kReorderPacketsLimit, options.gop_packets_max);
  return options.cameras >= 1 && std::has_single_bit(options.gop_packets_max) &&
         options.reorder_packets_max >= 1 && options.reorder_packets_max <= reorder_max &&
         options.packet_bytes_max >= kRtpHeaderBytes && options.recover_at <= options.degrade_at &&
         options.fec_packets_max <= kFecPacketsLimit && ArePayloadTypes(options) &&
         options.reorder_wait.count() >= 0 && options.publisher_timeout.count() > 0 &&
         options.nack_after.count() >= 0 && options.nack_interval.count() > 0 &&
         options.picture_interval.count() >= 0 && options.report_interval.count() > 0 &&
         options.token_lifetime.count() > 0 && options.still_age_max.count() >= 0 &&
         options.still_interval.count() > 0 && options.queue_packets_max >= 1 &&
         options.overflows_to_stills >= 1 && options.pacing_interval.count() > 0 &&
         options.pacing_interval <= kPacingIntervalMax;
}

// Records of which there is one for each pair are as many as slots at most.
bool CanBeNumbered(const Options& options) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  const std::uint64_t accounts = options.accounts;
  return FrameStore::SlotCount(options) < kMost && accounts * options.names < kMost &&
         accounts * options.integrations < kMost && options.viewers < kMost;
}

void ResetCore(const Options& options, Core& core) {
  Core::State& state = core.state();
  state.Reset({.accounts = options.accounts,
               .cameras = options.cameras,
               .names = options.names,
               .integrations = options.integrations,
               .ports = options.ports,
               .slots = FrameStore::SlotCount(options),
               .viewers = options.viewers});
  state.still_age_max = Later(Time(), options.still_age_max);
  state.first_still_slot = Slot(options.ports * options.gop_packets_max);
}

}  // namespace

// Before any of libsodium's other functions, as its manual demands; once in a process does, from whatever thread.
Relay::Relay(Transport& transport)
    : is_sodium_ready_(sodium_init() >= 0),
      fan_out_(core_, store_, transport, counters_, events_),
      ingest_(core_, store_, fan_out_, transport, counters_) {}

Status Relay::Reset(const Options& options) {
  if (!is_sodium_ready_) return Status::kNoCapacity;
  if (!IsInRange(options)) return Status::kMalformed;
  if (!CanBeNumbered(options)) return Status::kTooLarge;
  const std::uint64_t bytes = FrameStore::ByteCount(options) + RepairStreams::ByteCount(options);
  if (options.memory_bytes_max != 0 && bytes > options.memory_bytes_max) return Status::kNoCapacity;
  try {
    Build(options);
  } catch (const std::bad_alloc&) {
    Options none = options;
    none.accounts = none.cameras = none.names = none.integrations = none.ports = none.viewers = 0;
    Build(none);  // which takes no memory
    return Status::kNoCapacity;
  }
  return Status::kOk;
}

void Relay::Build(const Options& options) {
  options_ = options;
  counters_ = Counters();
  ResetCore(options, core_);
  store_.Reset(options);
  fan_out_.Reset(options);
  ingest_.Reset(options);
  opened_.assign(options.accounts, 0);
}

// --- the directory

Status Relay::Bind(Camera camera, Account account, Name name) {
  const Status status = core_.Bind(camera, account, name);
  if (status == Status::kOk) ingest_.StopOf(camera);
  return status;
}

Status Relay::Unbind(Camera camera) {
  const Status status = core_.Unbind(camera);
  if (status == Status::kOk) ingest_.StopOf(camera);
  return status;
}

Answer<Port> Relay::StartPublisher(Camera camera, Source source, const PublisherStreams& streams,
                                   Time now) {
  const Answer<Port> answer = ingest_.Start(camera, source, streams, now);
  counters_.publishers.Count(answer.status);
  return answer;
}

// --- the doors

Answer<Token> Relay::IssueAppToken(Account account, Name name, Time now) {
  return Sign(core_.GrantApp(account, name, ExpiryFrom(now)));
}

Answer<Token> Relay::IssueIntegrationToken(Account account, Name name, Integration integration,
                                           Time now) {
  return Sign(core_.GrantIntegration(account, name, integration, ExpiryFrom(now)));
}

Answer<Token> Relay::Sign(const Answer<Grant>& granted) const {
  if (granted.status != Status::kOk) return {granted.status};
  return {Status::kOk, SignToken(granted.value, options_.secret)};
}

std::string Relay::HandleStreamRequest(std::string_view json, Account account,
                                       Integration integration, Time now) {
  return AnswerStreamRequest(ParseStreamRequest(json, options_.stream_protocol), account,
                             integration, now);
}

std::string Relay::AnswerStreamRequest(const Answer<StreamRequest>& request, Account account,
                                       Integration integration, Time now) {
  if (request.status != Status::kOk) {
    return FormatStreamOffer(request.value, {StreamErrorOf(request.status)});
  }
  if (!request.value.accepts_protocol) {
    return FormatStreamOffer(request.value, {StreamError::kFunctionNotSupported});
  }
  const Answer<Grant> granted =
      core_.GrantIntegration(account, request.value.name, integration, ExpiryFrom(now));
  if (granted.status != Status::kOk)
    return FormatStreamOffer(request.value, {StreamErrorOf(granted.status)});
  if (!ingest_.publishes(granted.value.camera)) {
    return FormatStreamOffer(request.value, {StreamError::kDeviceOffline});
  }
  const Token token = SignToken(granted.value, options_.secret);
  return FormatStreamOffer(request.value, {StreamError::kNone, options_.access_url,
                                           options_.stream_protocol, token.text()});
}

// --- viewer sessions

Answer<ViewerHandle> Relay::OpenViewer(std::string_view token, Time now) {
  const Answer<ViewerHandle> answer = Open(token, now);
  counters_.opens.Count(answer.status);
  return answer;
}

Answer<ViewerHandle> Relay::Open(std::string_view token, Time now) {
  const Answer<Grant> verified = VerifyToken(token, options_.secret);
  if (verified.status != Status::kOk) return {verified.status};
  const Grant& grant = verified.value;
  if (!IsOfThisDeployment(grant)) return {Status::kBadToken};
  const std::uint64_t opened_before =
      (std::uint64_t{options_.shard} << 48) + opened_[grant.account.value];
  const StreamIdentity identity = IdentityOf(grant.account, opened_before, options_.secret);
  const Answer<ViewerHandle> opened = fan_out_.Open(grant, identity, now);
  if (opened.status != Status::kOk) return opened;
  ++opened_[grant.account.value];
  if (!fan_out_.HasPictureFor(grant.camera)) ingest_.RequestPictureOf(grant.camera, now);
  return opened;
}

Status Relay::OnViewerDatagram(ViewerHandle viewer, std::span<const std::byte> datagram, Time now) {
  RtcpCompound said;
  const RtcpParse parsed = ParseRtcp(datagram, said);
  counters_.viewer_rtcp.Count(parsed);
  if (parsed != RtcpParse::kOk) return Status::kMalformed;
  const Answer<bool> wants_picture = fan_out_.OnFeedback(viewer, said, now);
  if (wants_picture.status == Status::kOk && wants_picture.value)
    ingest_.RequestPictureOf(fan_out_.CameraOf(viewer), now);
  return wants_picture.status;
}

// A token signed under the same secret by a larger deployment must not index beyond this one's
// records.
bool Relay::IsOfThisDeployment(const Grant& grant) const {
  const Core::State& state = core_.state();
  return state.accounts.Has(grant.account) && state.cameras.Has(grant.camera) &&
         (!grant.via_integration || state.integrations.Has(grant.integration));
}

// --- time

// Gaps first: what they held back may be the still that is due, and is no silence.
void Relay::AdvanceTo(Time now) {
  ingest_.AdvanceTo(now);
  fan_out_.AdvanceTo(now);
}

std::optional<Time> Relay::NextTimer() const {
  return Soonest({ingest_.next_timer(), fan_out_.next_timer()});
}

}  // namespace relay
