// The reference relay: cameras publish H.264 or H.265 over RTP to it, viewers receive from it what they are
// entitled to.
//
// A library without threads, sockets or a clock of its own: the embedder brings the Transport and
// the time. What keeps each home's picture at home is the decision core (core/decision_core.h);
// this class and the folder around it move bytes.
//
//   - Times are microseconds on any one clock, below 2^63, and never go backwards from call to call.
//   - A change of rights binds on return: nothing that it voids is sent after it.
//   - In the steady state nothing allocates but HandleStreamRequest(), which makes strings.
//   - Not thread-safe.
#ifndef FRAMEFENCE_TARGETS_RELAY_RELAY_H_
#define FRAMEFENCE_TARGETS_RELAY_RELAY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "targets/relay/counters.h"
#include "targets/relay/events.h"
#include "targets/relay/fan_out.h"
#include "targets/relay/frame_store.h"
#include "targets/relay/ingest.h"
#include "targets/relay/options.h"
#include "targets/relay/stream_door.h"
#include "targets/relay/token.h"
#include "targets/relay/transport.h"
#include "targets/relay/types.h"

namespace relay {

class Relay {
 public:
  // The transport outlives the relay. Nothing but Reset() and Resume() may be called before one of
  // them has answered kOk.
  explicit Relay(Transport& transport);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // A new, empty deployment. kMalformed: options out of the ranges that options.h gives. kTooLarge:
  // more slots, names or links than can be numbered. kNoCapacity: more than memory_bytes_max, or
  // libsodium cannot be initialised. On all of them, the deployment before is unchanged. kNoCapacity
  // also where memory ran out on the way: then there is no deployment, and every id is unknown.
  // Allocates only to grow beyond any deployment before.
  Status Reset(const Options& options);

  // --- upgrades; what is saved, and how: saved_state.h ---

  // All that the next process needs to go on with, sealed under Options::secret. The relay has then
  // said its last word: what it is told after, a withdrawal for instance, is not in the state. To
  // call the upgrade off, Resume() the state here. Allocates.
  std::vector<std::byte> Save(Time now) const;

  // As Reset(), but goes on where Save() ended, under the same secret: what a handle, a token or a
  // port led to before it leads to now, or to nothing; what was void is. Viewers are sent packets
  // again from the next IDR on, which publishers are asked for, each in the stream that it had. What
  // is counted and timed begins anew, so that no publisher session ends for a silence that was the
  // relay's own. Options may change, but ids may not become fewer. Frames, and a byte stream's frame
  // that was not whole, are lost.
  //
  // kBadToken: not sealed under that secret. kTooLarge: saved with more ids than the options have.
  // kMalformed: not a saved state of this version, or not whole, or not one that a relay comes to,
  // or one saved after `now`; and as Reset(). On each the relay is as it was, but where memory ran out.
  //
  // REQUIRES: `now` on the clock of Save(); and the latest state, resumed once: an older one, or one
  // whose relay went on, would give back what was withdrawn since, and no seal tells that.
  Status Resume(const Options& options, std::span<const std::byte> saved, Time now);

  // --- the directory; contracts in core/decision_core.h ---

  // Both end the camera's publisher session too.
  Status Bind(Camera camera, Account account, Name name);
  Status Unbind(Camera camera);
  Status RevokeAccount(Account account) { return core_.RevokeAccount(account); }
  Status Link(Account account, Integration integration) { return core_.Link(account, integration); }
  Status Unlink(Account account, Integration integration) {
    return core_.Unlink(account, integration);
  }
  Status Suspend(Integration integration) { return core_.Suspend(integration); }
  Status Restore(Integration integration) { return core_.Restore(integration); }

  // --- publisher sessions ---

  // The ingest port to send to, from `source` only and as `streams` only; an SSRC will do, where
  // there are no repair streams. Without any (PublisherStreams{}) the first SSRC is the session's
  // under which two packets follow each other; what came before is lost. A camera has one publisher
  // session: its earlier one ends. kUnknownId, kMalformed (two streams of one SSRC, or repair of
  // none), kNotFound (the camera is bound to nobody), kNoCapacity.
  Answer<Port> StartPublisher(Camera camera, Source source, const PublisherStreams& streams,
                              Time now);
  // kUnknownId, kNoSession.
  Status StopPublisher(Port port) { return ingest_.Stop(port); }
  // RTP (RFC 3550, 6184, 7798) or RTCP on one port (RFC 5761); a BYE ends the session. kOk also for what
  // comes twice or late; else kMalformed, kTooLarge, or kUnknownId, kNoSession, kStaleBinding,
  // kForeignSource, kOnProbation, kExhausted.
  Status OnDatagram(Port port, Source source, std::span<const std::byte> datagram, Time now) {
    return ingest_.OnDatagram(port, source, datagram, now);
  }

  // The same over a byte stream, a TCP connection for instance: `source` is the connection, `piece`
  // what it brought next, in the framing of RFC 2326 10.12. kUnknownId, kNoSession, kStaleBinding,
  // kForeignSource: nothing was read. kMalformed: where it stays so, the stream is lost, and the connection of no
  // further use. Else as OnDatagram, of the first datagram that was refused.
  Status OnStream(Port port, Source source, std::span<const std::byte> piece, Time now) {
    return ingest_.OnStream(port, source, piece, now);
  }

  // --- the doors ---

  // A token for what the authenticated account calls `name`. kUnknownId, kNotFound; and kNotLinked,
  // kSuspended.
  Answer<Token> IssueAppToken(Account account, Name name, Time now);
  Answer<Token> IssueIntegrationToken(Account account, Name name, Integration integration,
                                      Time now);
  // The integration's door in JSON (stream_door.h), for the account whose link the request was
  // authenticated by.
  std::string HandleStreamRequest(std::string_view json, Account account, Integration integration,
                                  Time now);
  // The same of what ParseStreamRequest() made of the JSON.
  std::string AnswerStreamRequest(const Answer<StreamRequest>& request, Account account,
                                  Integration integration, Time now);

  // --- viewer sessions ---

  // The transport may be called with the new handle before this returns it. kMalformed, kBadToken,
  // kNoCapacity, kExhausted, or why the grant is void: kStaleBinding, kRevoked, kExpired,
  // kSuspended, kNotLinked.
  Answer<ViewerHandle> OpenViewer(std::string_view token, Time now);
  // Both: kUnknownId; kNoSession, also where the session's grant is void.
  Status CloseViewer(ViewerHandle viewer, Time now) { return fan_out_.Close(viewer, now); }
  // fraction_lost: n/256, as in an RTCP receiver report (RFC 3550 6.4.1).
  Status OnLossReport(ViewerHandle viewer, std::uint8_t fraction_lost, Time now) {
    return fan_out_.OnLossReport(viewer, fraction_lost, now);
  }

  // The transport takes packets for the viewer session again, after it had refused one. Statuses as
  // above.
  Status OnWritable(ViewerHandle viewer, Time now) { return fan_out_.OnWritable(viewer, now); }

  // RTCP (RFC 3550, 4585) that the viewer session sent, by whatever way its transport knows it:
  // receiver reports, NACK, PLI, FIR of its own stream. kMalformed, kUnknownId, kNoSession.
  Status OnViewerDatagram(ViewerHandle viewer, std::span<const std::byte> datagram, Time now);

  // The camera's last good still of its binding now, for who serves it on (edge/) and sees to it by
  // whom it may be seen. The bytes are valid until the next call. kUnknownId, kNotFound (the camera
  // is bound to nobody), kNotFilled, kForeignSlot (the still is of another binding), kTooOld.
  Answer<LentStill> LastStill(Camera camera, Time now) const {
    return fan_out_.LastStill(camera, now);
  }

  // --- time ---

  // Does what is due at or before `now`: gives up gaps, sends what was paced, serves stills, asks
  // publishers for packets and pictures and reports to them, ends silent publisher sessions.
  void AdvanceTo(Time now);
  // AdvanceTo() has nothing to do before; none: not before another call.
  std::optional<Time> NextTimer() const;

  const Counters& counters() const { return counters_; }
  // Tells `observer` what happens from now on, until another is named; null: nobody. It outlives
  // the relay, or its being named.
  void Observe(EventObserver* observer) { events_.Observe(observer); }
  // To ask whether what was lent before is still lent.
  const Core& core() const { return core_; }

 private:
  Answer<ViewerHandle> Open(std::string_view token, Time now);
  void Build(const Options& options);
  Answer<Token> Sign(const Answer<Grant>& granted) const;
  Time ExpiryFrom(Time now) const { return Later(now, options_.token_lifetime); }
  bool IsOfThisDeployment(const Grant& grant) const;

  const bool is_sodium_ready_;
  Options options_;
  Counters counters_;
  EventHook events_;
  Core core_;
  FrameStore store_;
  FanOut fan_out_;
  Ingest ingest_;
  std::vector<std::uint64_t> opened_;  // viewer sessions so far, by account
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RELAY_H_
