#include "targets/relay/publisher_feedback.h"

#include <algorithm>
#include <array>
#include <bit>

#include "targets/relay/rtcp.h"

namespace relay {
namespace {

// The relay's own SSRC in a publisher session: there are only two participants, so any other than
// the publisher's is free (RFC 3550 8.1).
std::uint32_t OwnSsrc(Ssrc publisher) { return ~publisher.value; }

constexpr unsigned kFollowingBits = 16;

FixedList<Nack, kNacksMax> NacksOf(const MissingPackets& missing, Ssrc media) {
  FixedList<Nack, kNacksMax> nacks;
  for (std::uint64_t rest = missing.mask; rest != 0;) {
    const auto distance = static_cast<unsigned>(std::countr_zero(rest));
    const std::uint64_t after = rest >> distance >> 1;
    nacks.Add({media.value, static_cast<std::uint16_t>(missing.first + distance),
               static_cast<std::uint16_t>(after)});
    const unsigned taken = distance + 1 + kFollowingBits;
    rest = taken < 64 ? rest >> taken << taken : 0;
  }
  return nacks;
}

}  // namespace

void PublisherFeedback::Reset(const Options& options) {
  options_ = options;
  sessions_.assign(options.ports, Session{});
  for (DeadlineQueue* timers : {&nack_timers_, &picture_timers_, &report_timers_})
    timers->Reset(options.ports);
}

void PublisherFeedback::StartSession(Port port, Time now) {
  sessions_[port.value] = Session{};
  report_timers_.Set(port.value, Later(now, options_.report_interval));
}

void PublisherFeedback::StopSession(Port port) {
  for (DeadlineQueue* timers : {&nack_timers_, &picture_timers_, &report_timers_})
    timers->Clear(port.value);
}

void PublisherFeedback::OnGap(Port port, bool gap, Time now) {
  if (!gap) {
    nack_timers_.Clear(port.value);
  } else if (!nack_timers_.Has(port.value)) {
    nack_timers_.Set(port.value, Later(now, options_.nack_after));
  }
}

// --- what is sent

std::optional<Port> PublisherFeedback::PopNackDue(Time now) {
  const auto port = nack_timers_.PopDue(now);
  if (!port) return std::nullopt;
  return Port(*port);
}

void PublisherFeedback::SendNack(Port port, const MissingPackets& missing, Time now) {
  if (missing.mask == 0) return;
  const PortRecord& publisher = PublisherOf(port);
  const auto nacks = NacksOf(missing, publisher.ssrc);
  std::array<std::byte, kRtcpBytesMax> space;
  RtcpWriter writer(space);
  writer.AddReceiverReport(OwnSsrc(publisher.ssrc), {});
  writer.AddNack(OwnSsrc(publisher.ssrc), nacks);
  transport_.SendToPublisher(port, publisher.source, writer.written());
  counters_.packets_asked_for += static_cast<std::uint64_t>(std::popcount(missing.mask));
  nack_timers_.Set(port.value, Later(now, options_.nack_interval));
}

void PublisherFeedback::RequestPicture(Port port, Time now) {
  if (!PublisherOf(port).ssrc_known) return;
  const auto& last = sessions_[port.value].picture_requested_at;
  const Time earliest = last ? Later(*last, options_.picture_interval) : now;
  if (now < earliest) return picture_timers_.Set(port.value, earliest);
  SendPictureRequest(port, now);
}

void PublisherFeedback::SendPictureRequest(Port port, Time now) {
  const PortRecord& publisher = PublisherOf(port);
  std::array<std::byte, kRtcpBytesMax> space;
  RtcpWriter writer(space);
  writer.AddReceiverReport(OwnSsrc(publisher.ssrc), {});
  writer.AddPictureLossIndication(OwnSsrc(publisher.ssrc), publisher.ssrc.value);
  transport_.SendToPublisher(port, publisher.source, writer.written());
  sessions_[port.value].picture_requested_at = now;
  ++counters_.pictures_asked_for;
}

// Every compound packet that is no mere feedback names its sender (RFC 3550 6.1); the name is the
// same in all sessions, and so says nothing.
void PublisherFeedback::SendReport(Port port, Time now) {
  report_timers_.Set(port.value, Later(now, options_.report_interval));
  ReceptionReport& reception = sessions_[port.value].reception;
  if (reception.heard_nothing()) return;
  const PortRecord& publisher = PublisherOf(port);
  const ReportBlock block = reception.Take(publisher.ssrc.value, now);
  std::array<std::byte, kRtcpBytesMax> space;
  RtcpWriter writer(space);
  writer.AddReceiverReport(OwnSsrc(publisher.ssrc), std::span(&block, 1));
  writer.AddSourceDescription(OwnSsrc(publisher.ssrc), "relay");
  transport_.SendToPublisher(port, publisher.source, writer.written());
}

// --- time

void PublisherFeedback::AdvanceTo(Time now) {
  while (const auto port = picture_timers_.PopDue(now)) SendPictureRequest(Port(*port), now);
  while (const auto port = report_timers_.PopDue(now)) SendReport(Port(*port), now);
}

std::optional<Time> PublisherFeedback::next_timer() const {
  return Soonest({nack_timers_.next(), picture_timers_.next(), report_timers_.next()});
}

}  // namespace relay
