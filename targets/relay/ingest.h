// The upload side: publisher sessions on ingest ports, from datagrams to committed slots.
//
// A datagram is admitted by the core, checked, and written once, into the slot where viewers will
// be lent it. While it waits for an earlier packet its slot is under a Filling and nobody's; it is
// committed when its turn comes.
#ifndef FRAMEFENCE_TARGETS_RELAY_INGEST_H_
#define FRAMEFENCE_TARGETS_RELAY_INGEST_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "targets/relay/access_unit.h"
#include "targets/relay/codec.h"
#include "targets/relay/core/large_vector.h"
#include "targets/relay/counters.h"
#include "targets/relay/deadline_queue.h"
#include "targets/relay/fan_out.h"
#include "targets/relay/frame_store.h"
#include "targets/relay/gop_cache.h"
#include "targets/relay/interleaved.h"
#include "targets/relay/options.h"
#include "targets/relay/publisher_feedback.h"
#include "targets/relay/reorder_window.h"
#include "targets/relay/repair_streams.h"
#include "targets/relay/rtp.h"
#include "targets/relay/saved_state.h"
#include "targets/relay/ssrc_probation.h"
#include "targets/relay/still_assembler.h"
#include "targets/relay/transport.h"
#include "targets/relay/types.h"

namespace relay {

class Ingest {
 public:
  Ingest(Core& core, FrameStore& store, FanOut& fan_out, Transport& transport, Counters& counters)
      : core_(core),
        store_(store),
        fan_out_(fan_out),
        counters_(counters),
        feedback_(core, transport, counters),
        repairs_(counters) {}

  void Reset(const Options& options);

  // Leases a free port; an earlier publisher session of the camera ends. kMalformed (streams that
  // are not well-formed), kNoCapacity, or what the core says.
  Answer<Port> Start(Camera camera, Source source, const PublisherStreams& streams, Time now);
  // Ends the port's session, what waits in it included. kUnknownId, kNoSession.
  Status Stop(Port port);
  // Ends the camera's session, if it has one.
  void StopOf(Camera camera);
  bool publishes(Camera camera) const { return ports_of_cameras_[camera.value] != kNone; }
  // Where it publishes, if it does.
  std::optional<Port> PortOf(Camera camera) const {
    if (!publishes(camera)) return std::nullopt;
    return Port(ports_of_cameras_[camera.value]);
  }

  // One RTP or RTCP datagram. kMalformed, kTooLarge, or why the core does not admit it; kOk also
  // where it came twice or late.
  Status OnDatagram(Port port, Source source, std::span<const std::byte> datagram, Time now);

  // A piece of the byte stream in which the publisher's datagrams come interleaved. What it came to
  // is what the first of its datagrams that was refused came to; kMalformed also where the stream is lost, and
  // what CheckPublisher() says where it is another one's: a stranger's bytes must not put ours out of step.
  Status OnStream(Port port, Source source, std::span<const std::byte> piece, Time now);

  // Asks the camera's publisher, if it has one, for a picture that decodes on its own.
  void RequestPictureOf(Camera camera, Time now);

  void AdvanceTo(Time now);
  std::optional<Time> next_timer() const;

  // --- upgrades ---
  SavedPort Save(Port port) const;
  // Goes on with what a port carried, and with its session if the core has it leased. REQUIRES: since
  // Reset() there were only these; FindFreePorts() after the last of them, before anything else.
  void Resume(const SavedPort& saved, Time now);
  void FindFreePorts();

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // A packet that is written, and not committed yet.
  struct WaitingPacket {
    core::FillingAnswer<Machine> filling;
    Admission admission;
    Length length{};
    PayloadSummary summary;
  };

  // What each packet looks at comes first: of many sessions each packet finds its own cold.
  struct alignas(kCacheLineBytes) Publisher {
    Camera camera{};
    Account account{};           // who was its owner when it started
    Time heard_at{};             // when it sent the last packet that the core admitted
    bool has_gap = false;        // packets are missing, and timers run for them
    std::optional<Codec> codec;  // of the session's first good payload
    AccessUnitTracker units;
    GopCache gop;
    ReorderWindow window;
    StillAssembler stills;
    SsrcProbation probation;  // while its SSRC is not known
    InterleavedReader stream;
    std::array<WaitingPacket, kReorderPacketsLimit> waiting;  // by sequence modulo its size
  };

  // How a packet of the media stream came to be here.
  enum class Way : std::uint8_t { kSent, kRetransmitted, kRecovered };
  struct Arrival {
    RtpPacket packet;
    std::span<const std::byte> datagram;  // in whole; of a retransmitted packet not known
    Way way = Way::kSent;
  };

  void StartSession(Port port, Camera camera, const PublisherStreams& streams, Time now);
  Status OnRtcp(Port port, Source source, std::span<const std::byte> datagram, Time now);
  Status OnRtp(Port port, Source source, std::span<const std::byte> datagram, Time now);
  Status OnRepair(Port port, Source source, const Arrival& repair, Time now);
  void RecoverAll(Port port, Source source, Time now);
  Status OnMedia(Port port, Source source, Codec codec, const Arrival& arrival, Time now);
  core::AdmissionAnswer<Machine> Admit(Port port, Source source, Ssrc ssrc, Time now);
  core::AdmissionAnswer<Machine> Prove(Port port, Source source, const RtpPacket& packet, Time now);
  std::optional<Codec> CodecOf(std::uint8_t payload_type) const;
  bool Parse(Port port, Codec codec, const RtpPacket& packet, PayloadSummary& summary);
  void OnPacket(Port port, const Admission& admission, const Arrival& arrival,
                const PayloadSummary& summary, Time now);
  Place Locate(Port port, const Arrival& arrival, ExtendedSequence& sequence);
  WaitingPacket Store(Port port, const Admission& admission, const StoredPacket& packet,
                      const PayloadSummary& summary);
  void ReleaseAll(Port port, Time now);
  void TimeGap(Port port, Time now);
  void ReleaseWaiting(Port port, ExtendedSequence sequence, Time now) {
    const auto& waiting = publishers_[port.value].waiting;
    Release(port, sequence, waiting[sequence % kReorderPacketsLimit], now);
  }
  void Release(Port port, ExtendedSequence sequence, const WaitingPacket& written, Time now);
  void Prefetch(Port port) const;

  void CountForeign(Port port, Source source) const;
  void OnLost(Port port, std::uint64_t lost_before, Time now);
  void StopIfSilent(Port port, Time now);

  Core& core_;
  FrameStore& store_;
  FanOut& fan_out_;
  Counters& counters_;
  PublisherFeedback feedback_;
  RepairStreams repairs_;
  Options options_;
  core::LargeVector<Publisher> publishers_;      // by port
  std::vector<std::uint32_t> free_;              // ports without a session, the last used one last
  std::vector<std::uint32_t> ports_of_cameras_;  // kNone: the camera does not publish
  std::vector<std::uint32_t> ports_held_;        // how many, by account
  DeadlineQueue silence_timers_;                 // by port
  DeadlineQueue gap_timers_;                     // by port
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_INGEST_H_
