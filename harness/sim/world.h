// The world: cameras, links and viewers around one system under test, on one thread and one virtual
// clock.
//
// It plays a case step by step, hands what happens to the oracle, and hashes every event. Nothing
// in it reads a real clock or an unseeded number: the same case gives the same trace.
#ifndef FRAMEFENCE_HARNESS_SIM_WORLD_H_
#define FRAMEFENCE_HARNESS_SIM_WORLD_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/base/virtual_time.h"
#include "harness/cases/case.h"
#include "harness/contract/system_under_test.h"
#include "harness/media/footage.h"
#include "harness/net/weather.h"
#include "harness/oracle/oracle.h"
#include "harness/sim/action.h"
#include "harness/sim/camera.h"
#include "harness/sim/event_queue.h"
#include "harness/sim/marks.h"
#include "harness/sim/trace.h"
#include "harness/sim/transcript.h"
#include "harness/sim/variation.h"
#include "harness/sim/viewer.h"

namespace framefence::sim {

struct WorldCounters {
  std::uint64_t steps = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;  // acks other than kOk
  std::uint64_t unsupported =
      0;  // left out because the system lacks it: steps, and what uploads may do
  std::uint64_t frames_published = 0;
  std::uint64_t packets_ingested = 0;
  std::uint64_t packets_delivered =
      0;                           // handed to the network by the system, or to a viewer (stills)
  std::uint64_t packets_lost = 0;  // by links
  std::uint64_t packets_duplicated = 0;  // likewise; not of byte streams
  std::uint64_t packets_damaged = 0;     // likewise: a bit was flipped, or the end cut off
  std::uint64_t packets_foreign = 0;     // from another address than the system was told of
  std::uint64_t stills_delivered = 0;
  std::uint64_t frames_received = 0;  // access units that a viewer's depacketiser completed
};

// In the calls of that step of the case; of what comes after the last: of the step that would follow.
struct MadeHandover {
  std::size_t step = 0;
  contract::StepHandover handover;
};

class World final : private contract::Observer, private media::AccessUnitSink {
 public:
  // More events, traced or due, than any honest case needs: a case that reaches it is cut short,
  // and says so (exhausted()).
  static constexpr std::uint64_t kEventsMax = std::uint64_t{1} << 22;

  // `system` outlives the world.
  explicit World(contract::SystemUnderTest& system);

  // Cameras play these clips, camera i the i-th modulo their number, where the options say footage.
  // They outlive the world. Without any, a world that asks for footage plays synthetic frames.
  void UseFootage(std::span<const media::Footage> clips) { clips_ = clips; }
  // Cases are cut short after this many events, which is no more than kEventsMax: a fuzzer's stay
  // quick.
  void LimitEvents(std::uint64_t events_max) { events_max_ = events_max; }
  std::uint64_t events_max() const { return events_max_; }
  // What links play where a step says `recorded` or `trace`; without, those steps mean a clean link.
  void UseRecordings(const Recordings& recordings) { recordings_ = recordings; }
  // Null: none.
  void UseTrace(TraceSink* sink) { sink_ = sink; }
  // For what is compared with another play (two_runs.h): whose is what, and what is altered; and where
  // what one home sees is kept. From the next Begin() on. Null: neither.
  void Vary(const Variation* variation, Transcript* transcript) {
    variation_ = variation;
    transcript_ = transcript;
  }
  const contract::Capabilities& capabilities() const { return capabilities_; }

  // A new world; whatever was before is forgotten. The second form takes a population too large for
  // a case's steps.
  void Begin(const cases::WorldOptions& options);
  void Begin(const cases::WorldOptions& options, const contract::Deployment& deployment);
  void Apply(const Action& action);
  // The case's step of this index, as traced.
  void ApplyStep(std::uint64_t index, const Action& action);
  // For who reads the trace. `what` is of static storage.
  void Remark(std::string_view what) { OnNote({.what = what}); }
  // Where the options ask for liveness: the network heals, cameras connect anew and send, and each
  // viewer session that is entitled to one has options.liveness_ms to receive an access unit published
  // since, whole or as a still.
  void CheckLiveness();
  // Lets packets in flight arrive.
  void Finish();

  // From now on the links draw from this seed; what they are in the middle of (a burst) goes on. So two
  // runs of one case can part here.
  void Reseed(std::uint64_t seed);

  // Begin, every step, CheckLiveness, Finish. Stops after the step that brought the first violation,
  // unless told to go on.
  void Play(const cases::Case& played, bool stop_at_violation = true);

  VirtualTime now() const { return now_; }
  const oracle::Oracle& oracle() const { return oracle_; }
  oracle::Oracle& oracle() { return oracle_; }
  const WorldCounters& counters() const { return counters_; }
  const Marks& marks() const { return marks_; }
  const net::LinkCounters& uplink_of(CameraId camera) const {
    return cameras_[camera.value].path.up().counters();
  }
  // n/256, as the viewer last reported of packets (by the world's clock, and not by a step).
  std::uint8_t reported_loss_of(ViewerId viewer) const {
    return viewers_[viewer.value].last_fraction_lost();
  }
  // That the system's threads made in the steps of the case that was played.
  std::span<const MadeHandover> handovers() const { return handovers_made_; }
  std::uint64_t trace_hash() const { return hash_.value(); }
  std::uint64_t events() const { return hash_.events(); }
  bool exhausted() const { return std::max(hash_.events(), turns_) >= events_max_; }

  // Called for each delivery and received access unit, after the oracle has judged it: to keep a
  // leaked picture.
  std::function<void(const contract::Delivery&)> on_delivery;
  std::function<void(ViewerId, const media::ReceivedAccessUnit&)> on_access_unit;

 private:
  // contract::Observer
  void OnAck(const contract::Ack& ack) override;
  void OnDelivery(const contract::Delivery& delivery) override;
  void OnPublisherFeedback(contract::SourceAddress to, std::span<const std::byte> rtcp) override;
  bool TakesPackets(ViewerId viewer) override;
  void OnHandover(const contract::StepHandover& handover) override;
  void OnNote(const contract::Note& note) override;
  // media::AccessUnitSink, for receiving_
  void OnAccessUnit(const media::ReceivedAccessUnit& access_unit) override;

  void BeginIn(const contract::Deployment& deployment);
  void FitFootage();
  void BeginWeather();
  // What the harness itself counts. The observer's home has numbers of its own, so that they do not
  // tell what others do.
  struct Numbers {
    contract::RequestNumber request = 1;
    std::uint32_t publisher = 0;
  };
  Numbers& NumbersOf(bool others) { return next_[others ? 1 : 0]; }
  void BeginNumbers();
  bool IsOthers(CameraId camera) const {
    return variation_ != nullptr && !variation_->own_cameras[camera.value];
  }

  // What the accounts call it.
  NameId NameOf(CameraId camera) const { return NameId(camera.value % deployment_.names); }
  std::optional<contract::Request> RequestOf(const Action& action) const;
  contract::Request NewRequest(contract::Operation operation);
  void Submit(contract::Request& request);
  void Publish(CameraId camera, Upload upload);
  Upload Supported(Upload upload);
  void ConnectAnew(CameraId camera);
  void Unpublish(const Action& action);
  void SendFrame(Camera& camera, bool idr, std::uint16_t slices, std::uint32_t bytes);
  void Open(ViewerId viewer, ViewerSession session);
  void Close(ViewerId viewer);
  void Drop(const Action& action);
  void Reconnect(const Action& action);
  void DoubtWhatWasJustHeard();
  bool CanGoOn(const Camera& camera) const;
  void Heal();
  void AwaitFrames();
  bool IsDue(const Viewer& viewer, VirtualTime at) const;
  void SendToAwaiting(bool idr);
  void ReportForAwaiting();
  bool IsOfThePast(const contract::Delivery& delivery) const;
  void NoteReceived(ViewerId viewer, std::span<const std::byte> annex_b);
  void HandOver(const contract::StepHandover& handover);
  void BeginCalls();
  template <class Change>
  void ForEachLink(const Action& action, Change change);
  void SetLoss(const Action& action);
  void ChangePaths(const Action& action);
  void Readdress(const Action& action);
  net::Conditions WeatherNow();

  void AdvanceTo(VirtualTime target);
  void Process(const Event& event);
  void SendPacket(Camera& camera, const FrameRange& frames, std::span<const std::byte> packet);
  void SendSegments(Camera& camera);
  void Resend(const Event& event);
  void Carry(const Camera& camera, const net::Path::Up& up, const FrameRange& frames,
             std::span<const std::byte> bytes);
  void Transmit(Event event, const net::Fate& fate, std::span<const std::byte> packet,
                std::vector<std::byte>& altered);
  void Lose(EventKind kind, std::uint32_t subject, std::size_t bytes);
  bool IsOvertaken(const Event& event) const;
  void Receive(const Event& event, std::span<const std::byte> bytes);
  void AnswerFeedback(const Event& event);
  void AskForMissing(Viewer& viewer, std::span<const std::byte> packet);
  void ReceiveFeedback(const Event& event);
  void Stall(const Action& action);
  void EndStall(const Event& event);
  void Ingest(const Event& event, std::span<const std::byte> bytes);
  void Arrive(const Event& event, std::span<const std::byte> packet);
  void CameraTick(const Event& event);
  void ReportTick(const Event& event);
  void MarkAck(const contract::Request& request, const contract::Ack& ack);
  void Trace(const TraceEvent& event) {
    hash_.Add(event);
    if (sink_ != nullptr) sink_->OnEvent(event);
  }
  void Trace(TraceKind kind, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    Trace({.at = now_, .kind = kind, .a = a, .b = b, .c = c});
  }
  void TraceNewViolations() {
    if (violations_traced_ != oracle_.violations().size()) TraceViolationsSince();
  }
  void TraceViolationsSince();

  contract::SystemUnderTest& system_;
  contract::Capabilities capabilities_;
  std::span<const media::Footage> clips_;
  Recordings recordings_;
  TraceSink* sink_ = nullptr;
  const Variation* variation_ = nullptr;
  Transcript* transcript_ = nullptr;
  std::uint64_t events_max_ = kEventsMax;

  cases::WorldOptions options_;
  contract::Deployment deployment_;
  VirtualTime now_;
  oracle::Oracle oracle_;
  std::vector<Camera> cameras_;
  std::vector<Viewer> viewers_;
  EventQueue queue_;
  net::Weather weather_;  // over all homes, where the options say so
  // Packets with a flipped bit: while one is on its way into the system, another may come out of it.
  std::vector<std::byte> altered_up_, altered_down_;
  std::vector<contract::Request> outstanding_;     // submitted, not acknowledged
  std::array<Numbers, 2> next_;                    // the observer's (or everybody's), the others'
  std::vector<contract::StepHandover> handovers_;  // for the next step's calls
  std::vector<MadeHandover> handovers_made_;
  std::uint64_t step_ = 0;  // of the case
  ViewerId receiving_;
  struct Awaited {
    ViewerId viewer;
    contract::RequestNumber session = 0;
    oracle::Grant right;
    FrameNumber first;  // the camera's first since the network healed
  };
  std::vector<Awaited> awaited_;
  bool healed_ = false;  // the network
  std::uint64_t violations_traced_ = 0;
  std::uint64_t turns_ = 0;  // times that the clock was looked at: not all that is due is traced
  TraceHash hash_;
  WorldCounters counters_;
  Marks marks_;
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_WORLD_H_
