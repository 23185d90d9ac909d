// What a system under test must offer, so that Framefence can drive and judge it.
//
// The contract is asynchronous, because a system may be a library on a virtual clock or a server
// behind sockets: an operation is a Request, answered in time by an Ack; what viewers receive comes
// as Delivery events. A library may call the Observer from inside Submit(); a server will call it
// from a later AdvanceTo().
//
//   - A change of rights (bind, close, revoke, unlink, suspend) takes effect with its Ack; between
//     Request and Ack both the old and the new state are right.
//   - A Delivery is observed where the system hands bytes to the network, so nothing that the
//     network does can be mistaken for the system's doing.
//   - An operation that the system lacks is not listed in its Capabilities: the harness never
//     submits it (WorldCounters::unsupported).
//   - Determinism: the same calls with the same times and the same seed give the same callbacks.
#ifndef FRAMEFENCE_HARNESS_CONTRACT_SYSTEM_UNDER_TEST_H_
#define FRAMEFENCE_HARNESS_CONTRACT_SYSTEM_UNDER_TEST_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "harness/base/ids.h"
#include "harness/base/virtual_time.h"

namespace framefence::contract {

// Which of the vendor's two doors a viewer session came in by.
enum class AccessPath : std::uint8_t { kApp = 0, kIntegration = 1 };

// Fields of Request that an operation reads are named beside it.
enum class Operation : std::uint8_t {
  kBind,  // account, camera, name: the camera is the account's from now on, whoever had it before;
          // a new epoch
  kUnbind,          // camera: nobody's (factory reset)
  kStartPublisher,  // camera, publisher, source, ssrc, rtx_ssrc, fec_ssrc: a publisher session; the
                    // Ack carries the ingest port
  kStopPublisher,   // publisher: an orderly end (RTCP BYE, RFC 3550 6.6)
  kOpenViewer,   // viewer, account, name, path, integration: a viewer session, by what the account
                 // calls the camera
  kCloseViewer,  // viewer
  kRevokeAccount,  // account: every viewer session and token of it ends ("sign out everywhere")
  kLink,           // account, integration
  kUnlink,         // account, integration
  kSuspend,        // integration: none of its sessions receives a byte from the Ack on
  kRestore,        // integration: may be used again; nothing published before is served to it
  kReportLoss,     // viewer, fraction_lost: as in an RTCP receiver report (RFC 3550 6.4.1)
  kIssueToken,  // token, account, name, path, integration: a viewer token, which the system's side of
                // the contract keeps under that number in place of any before
  kPresentToken,  // viewer, token, forged: a viewer session on the token of that number. Forged: on
                  // what differs from it in one character
  kUpgrade,       // the process that serves saves its state, and another goes on from it. Rights,
                  // viewer and publisher sessions, tokens and ports are what they were; frames may
                  // be lost, and a publisher's silence counted anew. Refused: the first goes on
};
inline constexpr int kOperationCount = 15;
inline constexpr std::uint32_t kTokensMax = 8;  // numbers of tokens: 0 to 7
std::string_view ToString(Operation operation);

enum class Status : std::uint8_t {
  kOk,
  kRefused,     // the system says no: not entitled, unknown, expired, suspended, name taken
  kNoCapacity,  // the system is full; nothing changed
};
std::string_view ToString(Status status);

using RequestNumber = std::uint64_t;  // counts the requests of one case, from 1
using IngestPort = std::uint32_t;     // where a publisher session's datagrams go
// What RTP packets are of (RFC 3551 section 3, dynamic).
inline constexpr std::uint8_t kPayloadTypeH264 = 96;
inline constexpr std::uint8_t kPayloadTypeH265 = 97;
inline constexpr std::uint8_t kPayloadTypeRtx = 98;  // retransmissions of H.264
inline constexpr std::uint8_t kPayloadTypeRtxH265 = 99;
inline constexpr std::uint8_t kPayloadTypeFec = 100;

using SourceAddress = std::uint64_t;  // a transport address (host and port) as one opaque number

struct Request {
  RequestNumber number = 0;
  Operation operation = Operation::kBind;
  AccountId account;
  CameraId camera;
  NameId name;
  PublisherId publisher;
  ViewerId viewer;
  IntegrationId integration;
  AccessPath path = AccessPath::kApp;
  std::uint8_t fraction_lost = 0;  // n/256
  std::uint32_t token = 0;
  bool forged = false;
  // Of the publisher's RTP stream. None: its description does not say, and the system finds out from
  // what the source sends (RFC 3550 6.2.1, A.1). Only where the capabilities say so, as those of
  // the streams that repair it, if there are such: of retransmissions (RFC 4588), of forward error
  // correction (RFC 8627, flexible masks).
  std::optional<std::uint32_t> ssrc;
  std::optional<std::uint32_t> rtx_ssrc;
  std::optional<std::uint32_t> fec_ssrc;
  SourceAddress source = 0;
};

struct Ack {
  RequestNumber number = 0;
  Status status = Status::kOk;
  IngestPort port = 0;  // of kStartPublisher
};

// Two observation points, since tolerant clients mask leaks: packets on the wire, and whole
// pictures.
enum class DeliveryKind : std::uint8_t {
  kRtp,  // one RTP packet (RFC 3550) of H.264 (RFC 6184) or H.265 (RFC 7798), by its payload type;
         // travels the viewer's lossy link
  kStill,  // one access unit in Annex B form, served whole over a reliable channel
};

struct Delivery {
  ViewerId viewer;
  RequestNumber session = 0;  // the number of the request that opened the viewer session
  DeliveryKind kind = DeliveryKind::kRtp;
  std::span<const std::byte> bytes;  // valid during the call only
};

// A system that plays its threads on one (Capabilities::schedules) has a choice wherever more than one
// of them could run. The plain schedule never preempts: the running thread runs until it waits or
// ends, then the next by number. Every other schedule is the plain one with handovers. Threads are
// numbered: workers from 0 on, and after them who calls the system.
enum class ScheduleKind : std::uint8_t { kPlain, kRandom, kPct };
struct ThreadSchedule {
  ScheduleKind kind = ScheduleKind::kPlain;
  std::uint32_t seed = 0;
  // Of kPct: priorities change at depth - 1 of so many steps (S. Burckhardt et al., ASPLOS 2010).
  std::uint32_t depth = 1;
  std::uint32_t steps = 1000;
  friend bool operator==(const ThreadSchedule&, const ThreadSchedule&) = default;
};
// In the calls of one step of the case: after so many choices, counted from the step's beginning, `to`
// goes on.
struct StepHandover {
  std::uint32_t after = 0;
  std::uint8_t to = 0;
  friend bool operator==(const StepHandover&, const StepHandover&) = default;
};

struct Note {
  std::string_view what;  // of static storage: a few words
  std::uint64_t subject = 0;
};

class Observer {
 public:
  virtual void OnAck(const Ack& ack) = 0;
  virtual void OnDelivery(const Delivery& delivery) = 0;
  // RTCP (RFC 3550, 4585) that the system sends to a publisher: a camera answers NACK and PLI. Valid
  // during the call only.
  virtual void OnPublisherFeedback(SourceAddress to, std::span<const std::byte> rtcp) {
    static_cast<void>(to), static_cast<void>(rtcp);
  }
  // Whether the network takes a packet to the viewer now. A system that can hold packets back
  // (Capabilities::backpressure) asks before each, and hands over none while it does not.
  virtual bool TakesPackets(ViewerId viewer) {
    static_cast<void>(viewer);
    return true;
  }
  // A choice departed from the plain schedule (Capabilities::schedules).
  virtual void OnHandover(const StepHandover& handover) { static_cast<void>(handover); }
  // What the system tells of itself, for the trace: nothing is judged by it.
  virtual void OnNote(const Note& note) { static_cast<void>(note); }

 protected:
  ~Observer() = default;
};

// How large the population is and what the system promises in time. Ids run from 0 to count - 1.
struct Deployment {
  std::uint32_t accounts = 4;
  std::uint32_t cameras = 4;
  std::uint32_t names = 2;  // that an account may call its cameras: NameId
  std::uint32_t integrations = 1;
  std::uint32_t viewers = 8;
  std::uint32_t publishers = 4;          // concurrent publisher sessions (ingest ports)
  std::uint32_t frame_bytes_max = 4096;  // largest access unit that a camera sends
  std::uint32_t gop_packets_max = 64;    // packets from one IDR access unit to the next
  std::uint32_t datagram_bytes_max =
      1500;                           // largest RTP packet that a camera sends, but for repair
  std::uint32_t fec_packets_max = 0;  // how far back lost packets may be recovered; 0: not at all
  VirtualDuration still_age_max = std::chrono::seconds(10);    // ISO-005's bound
  VirtualDuration token_lifetime = std::chrono::seconds(300);  // a viewer token expires after it
  // A publisher session ends after so long without a packet of its media that arrived undamaged (repair alone
  // need not count), and no sooner than after half of it.
  VirtualDuration publisher_timeout = std::chrono::seconds(5);
  bool still_fallback = true;  // under loss an integration display gets the last still
  bool json_door = false;      // go through the integration's JSON, not its typed form
  std::uint64_t seed = 0;      // for all that the system draws (SSRCs, session ids)
  ThreadSchedule schedule;     // from the case's first step on: FollowHandovers()
  friend bool operator==(const Deployment&, const Deployment&) = default;
};

// Of Capabilities.
constexpr std::uint32_t Operations(std::initializer_list<Operation> listed) {
  std::uint32_t bits = 0;
  for (const Operation operation : listed) bits |= 1U << static_cast<unsigned>(operation);
  return bits;
}

struct Capabilities {
  std::uint32_t operations = 0;  // bit i: Operation i; Operations({...})
  bool live = false;  // sends frames on to open viewer sessions as they come: ISO-008 asks for them
  bool stills = false;           // delivers DeliveryKind::kStill
  bool viewer_feedback = false;  // reads what viewers send in RTCP (OnViewerFeedback)
  bool backpressure = false;     // asks Observer::TakesPackets() (OnWritable)
  // What publishers may do, beyond one RTP stream of H.264 in datagrams under an SSRC that is
  // signalled.
  bool unsignalled_ssrc = false;  // Request::ssrc may be none
  bool retransmissions = false;   // Request::rtx_ssrc
  bool fec = false;               // Request::fec_ssrc, Deployment::fec_packets_max
  bool byte_streams = false;      // IngestStream()
  bool h265 = false;              // RFC 7798; viewers are sent it under its own payload type
  // Threads of its own, which it plays on the caller's, and lets a case say who goes on where they meet:
  // Deployment::schedule, FollowHandovers(), Observer::OnHandover().
  bool schedules = false;

  constexpr bool Has(Operation operation) const {
    return (operations >> static_cast<unsigned>(operation) & 1U) != 0;
  }
};

class SystemUnderTest {
 public:
  virtual ~SystemUnderTest() = default;

  virtual std::string_view name() const = 0;
  // Constant: asked once, before any Reset().
  virtual Capabilities capabilities() const = 0;

  // A new, empty deployment; whatever was before is forgotten. The observer outlives the
  // deployment. Called once a case: it should cost microseconds, and allocate only when the
  // deployment is larger than any before.
  virtual void Reset(const Deployment& deployment, Observer& observer) = 0;

  // Times never go backwards between calls.
  virtual void Submit(const Request& request, VirtualTime now) = 0;
  // A datagram that a camera sent to `port`, which may be leased to another publisher session by now.
  // `from` may be any address, also one that no request named. Valid during the call only.
  virtual void Ingest(IngestPort port, SourceAddress from, std::span<const std::byte> datagram,
                      VirtualTime now) = 0;

  // The same over a byte stream, as of a TCP connection: `from` is the connection, `piece` what it
  // brought next. In it datagrams come framed (RFC 2326 10.12). Only where the capabilities say so.
  virtual void IngestStream(IngestPort port, SourceAddress from, std::span<const std::byte> piece,
                            VirtualTime now) {
    static_cast<void>(port), static_cast<void>(from), static_cast<void>(piece);
    static_cast<void>(now);
  }

  // RTCP that a viewer sends of the stream that it receives: NACK, PLI (RFC 4585). Of a viewer
  // without a session it is late, and void. Only where the capabilities say so.
  virtual void OnViewerFeedback(ViewerId viewer, std::span<const std::byte> rtcp, VirtualTime now) {
    static_cast<void>(viewer), static_cast<void>(rtcp), static_cast<void>(now);
  }

  // The network takes packets to the viewer again. Of a viewer without a session it is void. Only
  // where the capabilities say so.
  virtual void OnWritable(ViewerId viewer, VirtualTime now) {
    static_cast<void>(viewer), static_cast<void>(now);
  }

  // A step of the case begins. If the schedule is plain, the calls up to the next FollowHandovers() make
  // these handovers, which are in ascending order. Before the first step the schedule is plain, whatever
  // the deployment says. Only where the capabilities say so.
  virtual void FollowHandovers(std::span<const StepHandover> handovers) {
    static_cast<void>(handovers);
  }

  // Lets the system run its timers up to and including `now`. One that plays its threads ends all that
  // is under way, and is called so before time passes too.
  virtual void AdvanceTo(VirtualTime now) = 0;

  // When the system next wants AdvanceTo(), if it knows; else the harness calls it when something
  // else happens.
  virtual std::optional<VirtualTime> NextTimer() const { return std::nullopt; }
};

}  // namespace framefence::contract

#endif  // FRAMEFENCE_HARNESS_CONTRACT_SYSTEM_UNDER_TEST_H_
