// The way from the cameras of the simulated world to the system under test: their publisher sessions,
// and what they send in them.
#include <type_traits>

#include "harness/base/prng.h"
#include "harness/media/rtp_packet.h"
#include "harness/sim/hash_of.h"
#include "harness/sim/world.h"

namespace framefence::sim {

using contract::Operation;
using contract::Request;

// What the system lacks is left out, and counted.
Upload World::Supported(Upload upload) {
  const auto leave_out = [this](auto& wanted, bool has) {
    if (wanted == std::remove_reference_t<decltype(wanted)>{} || has) return;
    wanted = {};
    ++counters_.unsupported;
  };
  leave_out(upload.unsignalled, capabilities_.unsignalled_ssrc);
  leave_out(upload.codec, capabilities_.h265);
  leave_out(upload.byte_stream, capabilities_.byte_streams);
  if (upload.unsignalled) upload.retransmits = false, upload.fec_packets = 0;
  leave_out(upload.retransmits, capabilities_.retransmissions);
  leave_out(upload.fec_packets, capabilities_.fec);
  return upload;
}

void World::Publish(CameraId id, Upload upload) {
  Camera& camera = cameras_[id.value];
  const PublisherId publisher(NumbersOf(IsOthers(id)).publisher++);
  // Every session sends from a port of its own (RFC 3550 11 pairs ports with sessions), as a rule
  // under an SSRC of its own.
  PublisherSession session{
      .id = publisher, .epoch = oracle_.epoch_of(id), .first = camera.next_frame()};
  session.upload = Supported(upload);
  session.source_epoch = camera.path.TakeAddress(now_);
  session.source = AddressOf(id, publisher, session.source_epoch);
  std::uint64_t name =
      options_.ssrcs == 0 ? AddressOf(id, publisher, 1) : publisher.value % options_.ssrcs;
  // Sequence numbers and timestamps begin as the SSRC says.
  if (IsOthers(id) && variation_->alters_metadata) name = ~name;
  std::uint64_t draw = Mix64(name ^ (std::uint64_t{options_.seed} << 8));
  session.ssrc = static_cast<std::uint32_t>(draw);
  session.rtx_ssrc = static_cast<std::uint32_t>(draw = Mix64(draw));
  session.fec_ssrc = static_cast<std::uint32_t>(Mix64(draw));
  camera.StartSession(session, now_);
  Request request = NewRequest(Operation::kStartPublisher);
  request.camera = id;
  request.publisher = publisher;
  request.source = session.source;
  if (!session.upload.unsignalled) request.ssrc = session.ssrc;
  if (session.upload.retransmits) request.rtx_ssrc = session.rtx_ssrc;
  if (session.upload.fec_packets != 0) request.fec_ssrc = session.fec_ssrc;
  Submit(request);
}

void World::ConnectAnew(CameraId camera) {
  const PublisherSession& session = cameras_[camera.value].session;
  if (session.accepted) Publish(camera, session.upload);
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
  oracle_.OnPublished(camera.id(), camera.session.epoch, camera.frame(), frame, now_,
                      camera.is_stamped() ? oracle::Content::kStamped : oracle::Content::kFootage);
  for (auto packet = camera.NextPacket(); !packet.empty(); packet = camera.NextPacket()) {
    SendPacket(camera, {camera.frame(), camera.frame()}, packet);
    const Camera::Repair repair = camera.NextRepair(packet);
    if (!repair.bytes.empty()) SendPacket(camera, repair.frames, repair.bytes);
  }
  SendSegments(camera);
}

// On a byte stream they leave with SendSegments().
void World::SendPacket(Camera& camera, const FrameRange& frames,
                       std::span<const std::byte> packet) {
  if (camera.session.upload.byte_stream) return camera.connection.Write(packet, frames);
  const net::Path::Up up =
      camera.path.SendUp(now_, static_cast<std::uint32_t>(packet.size()), WeatherNow());
  if (!up.fate.arrival) return Lose(EventKind::kUplinkPacket, camera.id().value, packet.size());
  Carry(camera, up, frames, packet);
}

void World::SendSegments(Camera& camera) {
  if (!camera.session.upload.byte_stream) return;
  while (const auto segment = camera.connection.Next()) {
    const auto size = static_cast<std::uint32_t>(segment->bytes.size());
    net::Path::Up up = camera.path.SendUp(now_, size, WeatherNow());
    const bool whole = up.fate.bytes == size && !up.fate.flipped_bit;  // else its checksum is wrong
    if (!up.fate.arrival || !whole) {
      Lose(EventKind::kUplinkPiece, camera.id().value, segment->bytes.size());
      const auto wait = camera.connection.OnLost();
      if (wait) {
        queue_.Push({.at = now_ + *wait,
                     .kind = EventKind::kResend,
                     .subject = camera.id().value,
                     .session = camera.session.source});
      } else {  // broken: nothing comes from here any more
        camera.session.accepted = camera.session.rolling = false;
      }
      return;
    }
    up.fate.arrival = camera.connection.InOrder(*up.fate.arrival);
    up.fate.copy.reset();
    Carry(camera, up, segment->frames, segment->bytes);
    camera.connection.OnSent();
  }
}

void World::Resend(const Event& event) {
  Camera& camera = cameras_[event.subject];
  if (camera.session.source != event.session || !camera.session.accepted) return;
  camera.connection.Retry();
  SendSegments(camera);
}

void World::Carry(const Camera& camera, const net::Path::Up& up, const FrameRange& frames,
                  std::span<const std::byte> bytes) {
  const PublisherSession& session = camera.session;
  const bool foreign = up.source_epoch != session.source_epoch;
  counters_.packets_foreign += foreign ? 1 : 0;
  Transmit({.kind = session.upload.byte_stream ? EventKind::kUplinkPiece : EventKind::kUplinkPacket,
            .subject = camera.id().value,
            .session = AddressOf(camera.id(), session.id, up.source_epoch),
            .frames = frames,
            .port = session.port,
            .foreign = foreign},
           up.fate, bytes, altered_up_);
}

void World::Ingest(const Event& event, std::span<const std::byte> bytes) {
  ++counters_.packets_ingested;
  Camera& camera = cameras_[event.subject];
  const bool of_session = camera.session.source == event.session;
  if (!of_session) marks_.Meet(Mark::kLateAtSystem);
  // Of repair packets alone a system may make nothing.
  const bool media = !event.damaged && (event.kind == EventKind::kUplinkPiece ||
                                        media::SsrcOf(bytes) == camera.session.ssrc);
  if (of_session && event.damaged) camera.session.in_doubt = true;
  if (of_session && event.port == camera.session.port && media)
    camera.OnHeard(now_, deployment_.publisher_timeout);
  Trace({.at = now_,
         .kind = TraceKind::kIngress,
         .a = event.subject,
         .b = event.port,
         .c = HashOf(bytes),
         .frames = event.frames});
  for (std::uint32_t frame = event.frames.first.value; frame <= event.frames.last.value; ++frame) {
    if (event.damaged) oracle_.OnDamaged(camera.id(), FrameNumber(frame));
    // The system was not told of that address, and has no use for what comes from it.
    if (!event.foreign) oracle_.OnIngress(camera.id(), FrameNumber(frame), now_);
  }
  if (event.kind == EventKind::kUplinkPiece) {
    system_.IngestStream(event.port, event.session, bytes, now_);
  } else {
    system_.Ingest(event.port, event.session, bytes, now_);
  }
  TraceNewViolations();
}

}  // namespace framefence::sim
