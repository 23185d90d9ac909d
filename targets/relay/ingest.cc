#include "targets/relay/ingest.h"

#include <algorithm>

#include "targets/relay/rtcp.h"

namespace relay {

void Ingest::Reset(const Options& options) {
  options_ = options;
  if (publishers_.size() < options.ports) publishers_.resize(options.ports);
  free_.resize(options.ports);
  for (std::uint32_t i = 0; i < options.ports; ++i) {
    free_[i] = options.ports - 1 - i;
    publishers_[i].window.Configure(options.reorder_packets_max, options.reorder_wait);
    publishers_[i].stills.Reset(Port(i));
    publishers_[i].stream.Reset(RepairStreams::DatagramBytesMax(options));
  }
  ports_of_cameras_.assign(options.cameras, kNone);
  ports_held_.assign(options.accounts, 0);
  silence_timers_.Reset(options.ports);
  gap_timers_.Reset(options.ports);
  feedback_.Reset(options);
  repairs_.Reset(options);
}

// --- sessions

Answer<Port> Ingest::Start(Camera camera, Source source, const PublisherStreams& streams,
                           Time now) {
  if (camera.value >= ports_of_cameras_.size()) return {Status::kUnknownId};
  if (!streams.IsWellFormed()) return {Status::kMalformed};
  StopOf(camera);
  const auto bound = core_.state().cameras.Read(camera);
  if (!bound.bound) return {Status::kNotFound};
  const std::uint32_t share = options_.ports_per_account;
  if (free_.empty() || (share != 0 && ports_held_[bound.owner.value] >= share))
    return {Status::kNoCapacity};
  const Port port(free_.back());
  const Status status = streams.media ? core_.StartPublisher(port, camera, source, *streams.media)
                                      : core_.StartProbation(port, camera, source);
  if (status != Status::kOk) return {status};
  free_.pop_back();
  StartSession(port, camera, streams, now);
  return {Status::kOk, port};
}

// All but the lease, which the core has.
void Ingest::StartSession(Port port, Camera camera, const PublisherStreams& streams, Time now) {
  ports_of_cameras_[camera.value] = port.value;
  Publisher& publisher = publishers_[port.value];
  publisher.camera = camera;
  publisher.account = core_.state().cameras.Read(camera).owner;
  ++ports_held_[publisher.account.value];
  publisher.heard_at = now;
  publisher.has_gap = false;
  publisher.codec.reset();
  publisher.probation.StartSession();
  publisher.stream.Reset(RepairStreams::DatagramBytesMax(options_));
  publisher.window.StartSession();
  publisher.units = AccessUnitTracker();
  publisher.gop.StartSession(options_.gop_packets_max);
  publisher.stills.StartSession();
  silence_timers_.Set(port.value, Later(now, options_.publisher_timeout));
  feedback_.StartSession(port, now);
  repairs_.StartSession(port, streams);
  fan_out_.OnPublisherStarted(camera, port);
}

Status Ingest::Stop(Port port) {
  const Status status = core_.StopPublisher(port);
  if (status != Status::kOk) return status;
  const Camera camera = publishers_[port.value].camera;
  --ports_held_[publishers_[port.value].account.value];
  silence_timers_.Clear(port.value);
  gap_timers_.Clear(port.value);
  feedback_.StopSession(port);
  ports_of_cameras_[camera.value] = kNone;
  free_.push_back(port.value);
  fan_out_.OnPublisherStopped(camera);
  return Status::kOk;
}

void Ingest::StopOf(Camera camera) {
  const std::uint32_t port = ports_of_cameras_[camera.value];
  if (port != kNone) Stop(Port(port));
}

// --- datagrams

// What each packet needs of a session, all at once: one after the other each would be waited for.
void Ingest::Prefetch(Port port) const {
  if (port.value >= publishers_.size()) return;
  const Publisher& publisher = publishers_[port.value];
  core_.state().ports.Prefetch(port);
  for (const void* part :
       {static_cast<const void*>(&publisher), static_cast<const void*>(&publisher.gop),
        static_cast<const void*>(&publisher.window), static_cast<const void*>(&publisher.stills)})
    __builtin_prefetch(part, 1);
  feedback_.Prefetch(port);
}

Status Ingest::OnDatagram(Port port, Source source, std::span<const std::byte> datagram, Time now) {
  Prefetch(port);
  const Status status =
      IsRtcp(datagram) ? OnRtcp(port, source, datagram, now) : OnRtp(port, source, datagram, now);
  counters_.datagrams.Count(status);
  return status;
}

// Which channel a frame came on says nothing that its bytes do not: RTP and RTCP share a port here
// too (RFC 5761).
Status Ingest::OnStream(Port port, Source source, std::span<const std::byte> piece, Time now) {
  const Status checked = core_.CheckPublisher(port, source);
  if (checked != Status::kOk) return checked;
  Publisher& publisher = publishers_[port.value];
  Status refused = Status::kOk;
  const std::uint64_t too_large = publisher.stream.too_large();
  const InterleavedParse parsed =
      publisher.stream.Push(piece, [&](std::uint8_t, std::span<const std::byte> datagram) {
        const Status status = OnDatagram(port, source, datagram, now);
        if (refused == Status::kOk) refused = status;
      });
  counters_.stream_pieces.Count(parsed);
  counters_.stream_frames_too_large += publisher.stream.too_large() - too_large;
  return parsed == InterleavedParse::kOk ? refused : Status::kMalformed;
}

// A publisher's BYE ends its session (RFC 3550 6.6), and its sender reports are taken note of, if the
// core finds that they are the publisher's.
Status Ingest::OnRtcp(Port port, Source source, std::span<const std::byte> datagram, Time now) {
  RtcpCompound compound;
  const RtcpParse parsed = ParseRtcp(datagram, compound);
  counters_.rtcp.Count(parsed);
  if (parsed != RtcpParse::kOk) return Status::kMalformed;
  Status status = Status::kOk;
  if (compound.sender_report) {
    status = core_.Admit(port, source, Ssrc(compound.sender_report->ssrc), now).status;
    if (status == Status::kOk) feedback_.OnSenderReport(port, *compound.sender_report, now);
  }
  for (const std::uint32_t ssrc : compound.farewells) {
    status = core_.Admit(port, source, Ssrc(ssrc), now).status;
    if (status != Status::kOk) continue;
    ++counters_.publishers_said_bye;
    return Stop(port);
  }
  return status;
}

// Media is told from repair before its size is: a repair packet is longer than what it repairs.
Status Ingest::OnRtp(Port port, Source source, std::span<const std::byte> datagram, Time now) {
  Arrival arrival{{}, datagram};
  const RtpParse rtp = ParseRtp(datagram, arrival.packet);
  counters_.rtp.Count(rtp);
  if (rtp != RtpParse::kOk) return Status::kMalformed;
  Status status;
  if (const std::optional<Codec> codec = CodecOf(arrival.packet.payload_type)) {
    if (datagram.size() > options_.packet_bytes_max) return Status::kTooLarge;
    if (core_.state().ports.Has(port)) {
      const Slot slot = store_.PacketSlot(port, arrival.packet.sequence_number);
      core_.state().slots.Prefetch(slot);
      store_.Prefetch(slot, datagram.size());
    }
    status = OnMedia(port, source, *codec, arrival, now);
  } else {
    status = OnRepair(port, source, arrival, now);
  }
  if (repairs_.recovers() && status == Status::kOk) RecoverAll(port, source, now);
  return status;
}

// Which of the session's packets it repairs, the repair packet says; that they are this publisher's,
// and that it sent this, the core.
Status Ingest::OnRepair(Port port, Source source, const Arrival& repair, Time now) {
  if (!core_.state().ports.Has(port)) return Status::kUnknownId;
  switch (repairs_.KindOf(port, repair.packet.payload_type)) {
    case RepairKind::kRetransmission: {
      Arrival original{{}, {}, Way::kRetransmitted};
      const Status status = repairs_.Unwrap(port, repair.datagram, repair.packet, original.packet);
      if (status != Status::kOk) return status;
      return OnMedia(port, source, *CodecOf(original.packet.payload_type), original, now);
    }
    case RepairKind::kFec: {
      FecPacket fec;
      Status status = repairs_.Parse(repair.datagram, fec);
      if (status == Status::kOk) status = Admit(port, source, Ssrc(fec.source_ssrc), now).status;
      return status == Status::kOk ? repairs_.Keep(port, fec) : status;
    }
    case RepairKind::kNone:
      break;
  }
  ++counters_.foreign_payload_types;
  return Status::kMalformed;
}

// Here, and not where a packet turns out new, so that no input decides how deep calls nest: what is
// recovered is media, or nothing.
void Ingest::RecoverAll(Port port, Source source, Time now) {
  while (const auto datagram = repairs_.Recover(port)) {
    Arrival arrival{{}, *datagram, Way::kRecovered};
    if (ParseRtp(*datagram, arrival.packet) != RtpParse::kOk) continue;
    if (const std::optional<Codec> codec = CodecOf(arrival.packet.payload_type)) {
      OnMedia(port, source, *codec, arrival, now);
    } else {
      ++counters_.foreign_payload_types;
    }
  }
}

Status Ingest::OnMedia(Port port, Source source, Codec codec, const Arrival& arrival, Time now) {
  auto admitted = Admit(port, source, Ssrc(arrival.packet.ssrc), now);
  if (admitted.status == Status::kOnProbation) admitted = Prove(port, source, arrival.packet, now);
  if (admitted.status != Status::kOk) return admitted.status;
  fan_out_.Prefetch(publishers_[port.value].camera);
  PayloadSummary summary;
  if (!Parse(port, codec, arrival.packet, summary)) return Status::kMalformed;
  OnPacket(port, admitted.admission, arrival, summary, now);
  return Status::kOk;
}

core::AdmissionAnswer<Machine> Ingest::Admit(Port port, Source source, Ssrc ssrc, Time now) {
  const auto admitted = core_.Admit(port, source, ssrc, now);
  if (admitted.status == Status::kForeignSource) CountForeign(port, source);
  if (admitted.status == Status::kOk) publishers_[port.value].heard_at = now;
  return admitted;
}

// The core has found that the packet is the publisher's, and does not know the publisher's SSRC. What
// came before this one is not kept, so that a picture is asked for which decodes on its own.
//
// The SSRC stays the session's. A publisher may change it (RFC 3550 8.2), but from where we are that
// is no different from a second sender behind the first one's address, and 8.2 has a receiver keep
// to the sender that it knows: the other's packets are refused (kForeignSource) until the session has
// ended, by BYE, by its timeout, or because the publisher is started again.
core::AdmissionAnswer<Machine> Ingest::Prove(Port port, Source source, const RtpPacket& packet,
                                             Time now) {
  if (!publishers_[port.value].probation.OnPacket(packet.ssrc, packet.sequence_number))
    return {Status::kOnProbation};
  const Status latched = core_.LatchSsrc(port, source, Ssrc(packet.ssrc));
  if (latched != Status::kOk) return {latched};
  feedback_.RequestPicture(port, now);
  return Admit(port, source, Ssrc(packet.ssrc), now);
}

// RFC 3550 8.2: neither is believed; which of the two it is helps to find out why.
void Ingest::CountForeign(Port port, Source source) const {
  const bool own_source = core_.CheckPublisher(port, source) == Status::kOk;
  ++(own_source ? counters_.foreign_ssrcs : counters_.ssrc_collisions);
}

std::optional<Codec> Ingest::CodecOf(std::uint8_t payload_type) const {
  if (payload_type == options_.payload_type) return Codec::kH264;
  if (payload_type == options_.payload_type_h265) return Codec::kH265;
  return std::nullopt;
}

// False: the payload is refused. A session keeps its codec: a GOP and the parameter sets kept for a
// still are of one.
bool Ingest::Parse(Port port, Codec codec, const RtpPacket& packet, PayloadSummary& summary) {
  Publisher& publisher = publishers_[port.value];
  if (publisher.codec.value_or(codec) != codec) {
    ++counters_.foreign_codecs;
    return false;
  }
  const PayloadParse parsed = ParsePayload(codec, packet.payload, summary);
  (codec == Codec::kH264 ? counters_.h264 : counters_.h265).Count(parsed);
  if (parsed != PayloadParse::kOk) return false;
  if (!publisher.codec) fan_out_.OnPayloadType(publisher.camera, packet.payload_type);
  publisher.codec = codec;
  return true;
}

// Reports speak of the network, so that they leave out what was repaired (RFC 3550 6.4.1). A
// retransmitted packet is of no use to recover others: repair packets protect what it does not bring
// along, CSRCs, header extension and padding; and what was recovered is known already.
void Ingest::OnPacket(Port port, const Admission& admission, const Arrival& arrival,
                      const PayloadSummary& summary, Time now) {
  const RtpPacket& packet = arrival.packet;
  Publisher& publisher = publishers_[port.value];
  ReorderWindow& window = publisher.window;
  ExtendedSequence sequence = 0;
  if (Locate(port, arrival, sequence) != Place::kNew) return;
  if (!window.Fits(sequence)) {
    const std::uint64_t lost_before = window.lost();
    const ExtendedSequence floor = window.Floor(sequence);
    while (const auto released = window.ReleaseBelow(floor)) ReleaseWaiting(port, *released, now);
    OnLost(port, lost_before, now);
  }
  if (publisher.gop.MakeRoomFor(sequence)) {
    ++counters_.gops_overflowed;
    fan_out_.OnGopLost(publisher.camera);
    feedback_.RequestPicture(port, now);
  }
  if (arrival.way == Way::kSent) {
    feedback_.OnPacket(port, sequence, packet.timestamp, now);
    repairs_.OnSource(port, sequence, arrival.datagram);
  }
  const WaitingPacket written =
      Store(port, admission, {sequence, packet.timestamp, packet.marker, packet.payload}, summary);
  if (window.Pass(sequence)) {
    Release(port, sequence, written, now);
    return TimeGap(port, now);
  }
  window.Hold(sequence, now);
  publisher.waiting[sequence % kReorderPacketsLimit] = written;
  ReleaseAll(port, now);
}

Place Ingest::Locate(Port port, const Arrival& arrival, ExtendedSequence& sequence) {
  ReorderWindow& window = publishers_[port.value].window;
  const std::uint16_t number = arrival.packet.sequence_number;
  const bool sent = arrival.way == Way::kSent;
  const Place place =
      sent ? window.Locate(number, sequence) : window.LocateRepaired(number, sequence);
  counters_.places.Count(place);
  if (!sent && place == Place::kNew) {
    ++(arrival.way == Way::kRecovered ? counters_.packets_recovered
                                      : counters_.packets_retransmitted);
  }
  return place;
}

Ingest::WaitingPacket Ingest::Store(Port port, const Admission& admission,
                                    const StoredPacket& packet, const PayloadSummary& summary) {
  // It is not refused: what was admitted has a port, and a port has its slots.
  const auto filling = core_.BeginFill(admission, store_.PacketSlot(port, packet.sequence));
  const Length length = WritePacket(packet, store_.Space(filling.filling));
  return {filling, admission, length, summary};
}

void Ingest::ReleaseAll(Port port, Time now) {
  ReorderWindow& window = publishers_[port.value].window;
  const std::uint64_t lost_before = window.lost();
  while (const auto sequence = window.Release(now)) ReleaseWaiting(port, *sequence, now);
  OnLost(port, lost_before, now);
  TimeGap(port, now);
}

// While packets are missing they are asked for, and the gap ends in time. Nearly always none are, and
// were none before, and no timer is looked at.
void Ingest::TimeGap(Port port, Time now) {
  Publisher& publisher = publishers_[port.value];
  const auto deadline = publisher.window.deadline();
  if (!deadline && !publisher.has_gap) return;
  publisher.has_gap = deadline.has_value();
  feedback_.OnGap(port, publisher.has_gap, now);
  if (deadline) {
    gap_timers_.Set(port.value, *deadline);
  } else {
    gap_timers_.Clear(port.value);
  }
}

// What is lost breaks every picture up to the next that decodes on its own.
void Ingest::OnLost(Port port, std::uint64_t lost_before, Time now) {
  const std::uint64_t lost = publishers_[port.value].window.lost() - lost_before;
  counters_.packets_lost += lost;
  if (lost != 0) feedback_.RequestPicture(port, now);
}

void Ingest::RequestPictureOf(Camera camera, Time now) {
  const std::uint32_t port = ports_of_cameras_[camera.value];
  if (port != kNone) feedback_.RequestPicture(Port(port), now);
}

// The packet's turn has come: viewers may be lent it, and its access unit may complete a still.
void Ingest::Release(Port port, ExtendedSequence sequence, const WaitingPacket& written, Time now) {
  Publisher& publisher = publishers_[port.value];
  const Filling& filling = written.filling.filling;
  if (core_.Commit(filling, written.admission, written.length) != Status::kOk) return;
  const StoredPacket packet = ReadPacket(store_.Space(filling).first(written.length.value));
  const UnitPosition position = publisher.units.Locate(sequence, packet.timestamp, packet.marker,
                                                       written.summary.starts_with_delimiter);
  if (written.summary.starts_random_access) feedback_.OnPicture(port);
  const bool gop_begins =
      publisher.gop.Append(sequence, position, written.summary.starts_random_access);
  fan_out_.OnPacket(publisher.camera,
                    {.sequence = sequence,
                     .unit_begin = publisher.gop.unit_begin(),
                     .gop = publisher.gop.gop(),
                     .gop_begins = gop_begins},
                    now);
  const auto still = publisher.stills.OnPacket(
      {position, packet.marker, *publisher.codec, packet.payload, written.admission}, core_, store_,
      counters_);
  if (still) fan_out_.OnStill(publisher.camera, *still, now);
}

// --- time

// Packets do not move the timer: it is set anew where it finds that some have come.
void Ingest::StopIfSilent(Port port, Time now) {
  const Time due = Later(publishers_[port.value].heard_at, options_.publisher_timeout);
  if (now < due) return silence_timers_.Set(port.value, due);
  ++counters_.publishers_timed_out;
  Stop(port);
}

void Ingest::AdvanceTo(Time now) {
  while (const auto port = gap_timers_.PopDue(now)) ReleaseAll(Port(*port), now);
  while (const auto port = silence_timers_.PopDue(now)) StopIfSilent(Port(*port), now);
  while (const auto port = feedback_.PopNackDue(now))
    feedback_.SendNack(*port, publishers_[port->value].window.missing(), now);
  feedback_.AdvanceTo(now);
}

std::optional<Time> Ingest::next_timer() const {
  return Soonest({silence_timers_.next(), gap_timers_.next(), feedback_.next_timer()});
}

}  // namespace relay
