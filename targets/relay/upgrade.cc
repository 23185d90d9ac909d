// One relay's state, saved and resumed: what each part of it gives to saved_state.h and takes from it.
// Contracts in relay.h.
#include "targets/relay/relay.h"
#include "targets/relay/resume_core.h"
#include "targets/relay/saved_state.h"

namespace relay {
namespace {

// --- the directory

void SaveAccounts(const Core::State& state, const std::vector<std::uint64_t>& opened,
                  StateWriter& writer) {
  for (std::uint32_t i = 0; i < opened.size(); ++i) {
    const Epoch epoch = state.accounts.Read(Account(i)).access_epoch;
    if (epoch != Epoch() || opened[i] != 0) writer.Add(SavedAccount{Account(i), epoch, opened[i]});
  }
}

void SaveCameras(const Core::State& state, const Ingest& ingest, const Options& options,
                 StateWriter& writer) {
  for (std::uint32_t i = 0; i < options.cameras; ++i) {
    const auto record = state.cameras.Read(Camera(i));
    if (record.binding_epoch == Epoch()) continue;
    SavedCamera saved{.camera = Camera(i), .binding_epoch = record.binding_epoch};
    if (record.bound) {
      saved.bound = true;
      saved.owner = record.owner;
      saved.name = record.name;
    }
    if (const auto port = ingest.PortOf(Camera(i))) {
      saved.publishes = true;
      saved.port = *port;
    }
    writer.Add(saved);
  }
}

void SaveNames(const Core::State& state, const Options& options, StateWriter& writer) {
  for (std::uint32_t i = 0; i < options.accounts; ++i) {
    for (std::uint32_t j = 0; j < options.names; ++j) {
      const SavedName saved{Account(i), Name(j), state.aliases.Read(Account(i), Name(j)).camera};
      const auto record = state.cameras.Read(saved.camera);
      if (record.bound && record.owner == saved.account && record.name == saved.name)
        writer.Add(saved);
    }
  }
}

void SaveIntegrations(const Core::State& state, const Options& options, StateWriter& writer) {
  for (std::uint32_t i = 0; i < options.integrations; ++i) {
    const auto record = state.integrations.Read(Integration(i));
    if (record.epoch != Epoch() || record.restored_ticket != Ticket()) {
      writer.Add(
          SavedIntegration{Integration(i), record.suspended, record.epoch, record.restored_ticket});
    }
  }
}

void SaveLinks(const Core::State& state, const Options& options, StateWriter& writer) {
  for (std::uint32_t i = 0; i < options.accounts; ++i) {
    for (std::uint32_t j = 0; j < options.integrations; ++j) {
      const auto record = state.links.Read(Account(i), Integration(j));
      if (record.active || record.epoch != Epoch())
        writer.Add(SavedLink{Account(i), Integration(j), record.active, record.epoch});
    }
  }
}

}  // namespace

// --- publisher sessions

SavedPort Ingest::Save(Port port) const {
  const Publisher& publisher = publishers_[port.value];
  SavedPort saved{.port = port, .next = publisher.window.next()};
  const PortRecord& record = core_.state().ports.Read(port);
  if (!record.leased) return saved;
  saved.leased = true;
  saved.camera = record.camera;
  saved.binding_epoch = record.binding_epoch;
  saved.source = record.source;
  saved.ssrc_known = record.ssrc_known;
  saved.ssrc = record.ssrc;
  const PublisherStreams& streams = repairs_.streams(port);
  saved.retransmits = streams.retransmission.has_value();
  saved.retransmission = streams.retransmission.value_or(Ssrc());
  saved.repairs = streams.repair.has_value();
  saved.repair = streams.repair.value_or(Ssrc());
  if (publisher.codec)
    saved.codec = *publisher.codec == Codec::kH264 ? SavedCodec::kH264 : SavedCodec::kH265;
  saved.started = publisher.window.started();
  saved.stream_lost = !publisher.stream.between_frames();
  saved.before = publisher.units.before();
  return saved;
}

void Ingest::Resume(const SavedPort& saved, Time now) {
  Publisher& publisher = publishers_[saved.port.value];
  if (saved.leased) {
    StartSession(saved.port, saved.camera, saved.streams(), now);
    if (saved.codec != SavedCodec::kUnknown) {
      const bool h264 = saved.codec == SavedCodec::kH264;
      publisher.codec = h264 ? Codec::kH264 : Codec::kH265;
      fan_out_.OnPayloadType(saved.camera,
                             h264 ? options_.payload_type : options_.payload_type_h265);
    }
    if (saved.stream_lost) publisher.stream.Lose();
    publisher.units = AccessUnitTracker(saved.before);
  }
  publisher.window.Resume(saved.next, saved.started);
}

void Ingest::FindFreePorts() {
  free_.clear();
  for (std::uint32_t i = options_.ports; i-- > 0;) {
    if (!core_.state().ports.Read(Port(i)).leased) free_.push_back(i);
  }
}

// --- viewer sessions

SavedSession FanOut::Save(Viewer viewer) const {
  const Session& session = sessions_[viewer.value];
  SavedSession saved{.viewer = viewer,
                     .generation = session.generation,
                     .grant = core_.state().viewers.Read(viewer).grant,
                     .stream = session.rewriter.position()};
  // Where it was slow is not where it is slow next.
  const Place& place = places_[viewer.value];
  if (session.mode == Mode::kDegraded && !place.slow)
    saved.mode = place.recovering ? SavedMode::kRecovering : SavedMode::kDegraded;
  return saved;
}

// The next still is served when there is one: it is then that its timer begins. Where stills are no
// longer served in place of packets, a session that was served some waits for packets.
void FanOut::Resume(const SavedSession& saved) {
  const std::uint32_t index = saved.viewer.value;
  Session& session = sessions_[index];
  session.generation = saved.generation;
  session.rewriter = RtpRewriter(saved.stream);
  Place& place = places_[index];
  place.camera = saved.grant.camera;
  place.falls_back = saved.grant.via_integration && options_.still_fallback;
  Enlist(index, saved.grant.camera, saved.grant.account);
  if (saved.mode == SavedMode::kAwaitingIdr || !place.falls_back) return;
  session.mode = Mode::kDegraded;
  place.recovering = saved.mode == SavedMode::kRecovering;
}

void FanOut::FindFreePlaces() {
  free_.clear();
  for (std::uint32_t i = options_.viewers; i-- > 0;) {
    const auto& record = core_.state().viewers.Read(Viewer(i));
    if (!record.open && !record.generation.IsLast()) free_.push_back(i);
  }
}

// --- the relay

std::vector<std::byte> Relay::Save(Time now) const {
  const Core::State& state = core_.state();
  StateWriter writer({.saved_at = now,
                      .next_ticket = state.next_ticket,
                      .accounts = options_.accounts,
                      .cameras = options_.cameras,
                      .names = options_.names,
                      .integrations = options_.integrations,
                      .ports = options_.ports,
                      .viewers = options_.viewers});
  SaveAccounts(state, opened_, writer);
  SaveCameras(state, ingest_, options_, writer);
  SaveNames(state, options_, writer);
  SaveIntegrations(state, options_, writer);
  SaveLinks(state, options_, writer);
  for (std::uint32_t i = 0; i < options_.ports; ++i) {
    const SavedPort saved = ingest_.Save(Port(i));
    if (saved.leased || saved.next > ReorderWindow::kFirst) writer.Add(saved);
  }
  for (std::uint32_t i = 0; i < options_.viewers; ++i) {
    const Generation generation = state.viewers.Read(Viewer(i)).generation;
    if (generation != Generation()) writer.Add(SavedPlace{Viewer(i), generation});
  }
  for (std::uint32_t i = 0; i < options_.viewers; ++i) {
    if (state.viewers.Read(Viewer(i)).open) writer.Add(fan_out_.Save(Viewer(i)));
  }
  return writer.Seal(options_.secret);
}

// All is checked before anything is changed, and nothing can be refused after Reset().
Status Relay::Resume(const Options& options, std::span<const std::byte> bytes, Time now) {
  if (!is_sodium_ready_) return Status::kNoCapacity;
  const Answer<SavedState> read = SavedState::Read(bytes, options.secret);
  if (read.status != Status::kOk) return read.status;
  const SavedState& saved = read.value;
  if (const Status status = saved.Check(options, now); status != Status::kOk) return status;
  if (const Status status = Reset(options); status != Status::kOk) return status;
  ResumeCore<Machine>(saved, core_.state());
  saved.Table<SavedAccount>().ForEach(
      [&](const SavedAccount& record) { opened_[record.account.value] = record.opened; });
  saved.Table<SavedSession>().ForEach([&](const SavedSession& record) { fan_out_.Resume(record); });
  fan_out_.FindFreePlaces();
  saved.Table<SavedPort>().ForEach([&](const SavedPort& record) { ingest_.Resume(record, now); });
  ingest_.FindFreePorts();
  saved.Table<SavedPort>().ForEach([&](const SavedPort& record) {
    if (record.leased && fan_out_.HasViewersOf(record.camera))
      ingest_.RequestPictureOf(record.camera, now);
  });
  return Status::kOk;
}

}  // namespace relay
