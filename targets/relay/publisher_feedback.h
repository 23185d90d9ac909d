// What publishers are told: which packets to send again, that a picture is wanted which decodes on
// its own, and how well they are received (RFC 3550 6.4.2; RFC 4585 6.2.1, 6.3.1).
//
// All of it goes to the source that leased the port, and to nobody else. No allocation after
// Reset().
#ifndef FRAMEFENCE_TARGETS_RELAY_PUBLISHER_FEEDBACK_H_
#define FRAMEFENCE_TARGETS_RELAY_PUBLISHER_FEEDBACK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "targets/relay/core/large_vector.h"
#include "targets/relay/counters.h"
#include "targets/relay/deadline_queue.h"
#include "targets/relay/options.h"
#include "targets/relay/reception_report.h"
#include "targets/relay/reorder_window.h"
#include "targets/relay/transport.h"
#include "targets/relay/types.h"

namespace relay {

class PublisherFeedback {
 public:
  PublisherFeedback(const Core& core, Transport& transport, Counters& counters)
      : core_(core), transport_(transport), counters_(counters) {}

  void Reset(const Options& options);

  // --- what becomes of a port's publisher session. REQUIRES: the port is leased, but for
  // StopSession() ---
  void StartSession(Port port, Time now);
  void StopSession(Port port);
  void Prefetch(Port port) const { __builtin_prefetch(&sessions_[port.value], 1); }
  void OnPacket(Port port, ExtendedSequence sequence, std::uint32_t timestamp, Time now) {
    sessions_[port.value].reception.OnPacket(sequence, timestamp, now);
  }
  void OnSenderReport(Port port, const SenderReport& report, Time now) {
    sessions_[port.value].reception.OnSenderReport(report, now);
  }
  // Whether packets are waited for.
  void OnGap(Port port, bool gap, Time now);
  // A picture that decodes on its own has begun.
  void OnPicture(Port port) { picture_timers_.Clear(port.value); }
  // One is wanted: asked for now, or as soon as the last request is Options::picture_interval ago.
  // Nothing happens while the publisher's SSRC is not known: there is no stream to name.
  void RequestPicture(Port port, Time now);

  // --- time ---
  // A port that waits for packets, and must be told which: SendNack().
  std::optional<Port> PopNackDue(Time now);
  void SendNack(Port port, const MissingPackets& missing, Time now);
  void AdvanceTo(Time now);
  std::optional<Time> next_timer() const;

 private:
  struct Session {
    ReceptionReport reception;
    std::optional<Time> picture_requested_at;
  };

  const PortRecord& PublisherOf(Port port) const { return core_.state().ports.Read(port); }
  void SendPictureRequest(Port port, Time now);
  void SendReport(Port port, Time now);

  const Core& core_;
  Transport& transport_;
  Counters& counters_;
  Options options_;
  core::LargeVector<Session> sessions_;  // by port, like the timers
  DeadlineQueue nack_timers_;
  DeadlineQueue picture_timers_;
  DeadlineQueue report_timers_;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_PUBLISHER_FEEDBACK_H_
