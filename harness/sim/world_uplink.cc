// The way from the cameras of the simulated world to the system under test: their publisher sessions,
// and what they send in them.
#include <algorithm>

#include "harness/base/prng.h"
#include "harness/sim/hash_of.h"
#include "harness/sim/world.h"

namespace framefence::sim {

using contract::Operation;
using contract::Request;

// What the system lacks is left out, and counted.
Upload World::Supported(Upload upload) {
  const auto leave_out = [this](bool& wanted, bool has) {
    if (!wanted || has) return;
    wanted = false;
    ++counters_.unsupported;
  };
  leave_out(upload.unsignalled, capabilities_.unsignalled_ssrc);
  return upload;
}

void World::Publish(CameraId id, Upload upload) {
  Camera& camera = cameras_[id.value];
  const PublisherId publisher(next_publisher_++);
  // Every session sends from a port of its own (RFC 3550 11 pairs ports with sessions), as a rule
  // under an SSRC of its own.
  PublisherSession session{.id = publisher, .epoch = oracle_.epoch_of(id)};
  session.upload = Supported(upload);
  session.source = (std::uint64_t{id.value} + 1) << 32 | publisher.value;
  const std::uint64_t name =
      options_.ssrcs == 0 ? session.source : publisher.value % options_.ssrcs;
  session.ssrc = static_cast<std::uint32_t>(Mix64(name ^ (std::uint64_t{options_.seed} << 8)));
  camera.StartSession(session);
  Request request = NewRequest(Operation::kStartPublisher);
  request.camera = id;
  request.publisher = publisher;
  request.source = session.source;
  if (!session.upload.unsignalled) request.ssrc = session.ssrc;
  Submit(request);
}

void World::Unpublish(const Action& action) {
  PublisherSession& session = cameras_[action.camera.value].session;
  if (!session.accepted) return;
  session.rolling = false;
  if (action.bye_lost) return;  // it goes on believing in its session
  session.accepted = false;
  Request request = NewRequest(Operation::kStopPublisher);
  request.camera = action.camera;
  request.publisher = session.id;
  Submit(request);
}

void World::SendFrame(Camera& camera, bool idr, std::uint16_t slices, std::uint32_t bytes) {
  if (!camera.session.accepted) return;
  const std::span<const std::byte> frame = camera.MakeFrame(idr, slices, bytes, now_);
  ++counters_.frames_published;
  Trace(TraceKind::kPublished, camera.id().value, camera.frame().value, frame.size());
  oracle_.OnPublished(
      camera.id(), camera.session.epoch, camera.frame(), frame, now_,
      camera.plays_footage() ? oracle::Content::kFootage : oracle::Content::kStamped);
  for (auto packet = camera.NextPacket(); !packet.empty(); packet = camera.NextPacket())
    SendPacket(camera, camera.frame(), packet);
}

void World::SendPacket(Camera& camera, FrameNumber frame, std::span<const std::byte> packet) {
  const auto arrival = camera.uplink.Offer(now_);
  if (!arrival) {
    ++counters_.packets_lost;
    Trace(TraceKind::kLost, camera.id().value, 0, packet.size());
  } else if (*arrival == now_) {
    Ingest(camera.id(), frame, camera.session.port, camera.session.source, packet);
  } else {
    queue_.PushPacket({.at = *arrival,
                       .kind = EventKind::kUplinkPacket,
                       .subject = camera.id().value,
                       .session = camera.session.source,
                       .frame = frame.value,
                       .port = camera.session.port},
                      packet);
  }
}

void World::Ingest(CameraId camera, FrameNumber frame, contract::IngestPort port,
                   contract::SourceAddress from, std::span<const std::byte> datagram) {
  ++counters_.packets_ingested;
  Trace(TraceKind::kIngress, camera.value, port, HashOf(datagram));
  oracle_.OnIngress(camera, frame, now_);
  system_.Ingest(port, from, datagram, now_);
  TraceNewViolations();
}

}  // namespace framefence::sim
