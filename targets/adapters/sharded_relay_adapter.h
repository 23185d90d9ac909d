// The reference relay over several workers, bound to the contract: who takes turns how is the crew's
// affair: fibres under a case's schedule (FibreCrew), or threads (thread_crew_for_tests.h).
//
// What cameras send waits for the worker whose port it came by; all other calls are the caller's own,
// beside the workers. A call ends when the caller is done, whatever the workers are in the middle of: the
// next one meets it. While virtual time passes nothing is under way, for what was begun before is judged by
// the time before.
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_SHARDED_RELAY_ADAPTER_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_SHARDED_RELAY_ADAPTER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "targets/adapters/fibre_crew.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/adapters/relay_binding.h"
#include "targets/relay/workers/sharded_relay.h"

namespace adapters {

template <class Crew>
class ShardedRelayAdapter final : public framefence::contract::SystemUnderTest,
                                  private relay::MailListener {
 public:
  static constexpr std::uint32_t kWorkers = 2;

  ShardedRelayAdapter();
  ~ShardedRelayAdapter() override;

  std::string_view name() const override { return "relay-workers"; }
  framefence::contract::Capabilities capabilities() const override;
  void Reset(const framefence::contract::Deployment& deployment,
             framefence::contract::Observer& observer) override;
  void FollowHandovers(std::span<const framefence::contract::StepHandover> handovers) override;
  void Submit(const framefence::contract::Request& request, framefence::VirtualTime now) override;
  void Ingest(framefence::contract::IngestPort port, framefence::contract::SourceAddress from,
              std::span<const std::byte> datagram, framefence::VirtualTime now) override;
  void IngestStream(framefence::contract::IngestPort port, framefence::contract::SourceAddress from,
                    std::span<const std::byte> piece, framefence::VirtualTime now) override;
  void OnViewerFeedback(framefence::ViewerId viewer, std::span<const std::byte> rtcp,
                        framefence::VirtualTime now) override;
  void OnWritable(framefence::ViewerId viewer, framefence::VirtualTime now) override;
  void AdvanceTo(framefence::VirtualTime now) override;
  std::optional<framefence::VirtualTime> NextTimer() const override;

  // Of what was played so far; what is under way ends unseen.
  relay::MailCounters MailCountersOf(std::uint32_t worker) {
    Quiesce();
    return serving().MailCountersOf(worker);
  }

 private:
  using Relay = relay::BasicShardedRelay<typename Crew::Sync>;
  using Lock = std::lock_guard<typename Crew::Mutex>;

  // The least that does: a mailbox runs full now and then.
  static constexpr std::size_t kMailboxBytes = 1;

  // From its construction to its end the workers may move.
  class Call {
   public:
    Call(ShardedRelayAdapter& adapter, relay::Time now) : crew_(adapter.crew_) {
      adapter.now_ = now;  // outside of calls all is the caller's
      crew_.Enter();
    }
    ~Call() { crew_.Leave(); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Crew& crew_;
  };

  // What a camera sent.
  struct Upload {
    relay::Port port;
    relay::Source source;
    bool piece = false;          // of a byte stream
    std::uint64_t restores = 0;  // that there had been when it came
    std::vector<std::byte> bytes;
  };
  // Those that wait for their worker, first come, first served. Takes no memory in the long run.
  struct UploadQueue {
    std::vector<Upload> uploads;
    std::size_t taken = 0, count = 0;

    bool empty() const { return taken == count; }
    // The next to fill.
    Upload& Push();
    // Leaves its last content here. REQUIRES: not empty.
    void Take(Upload& upload) { std::swap(upload, uploads[taken++]); }
  };

  Relay& serving() { return *relays_[serving_]; }
  // relay::MailListener
  void OnMail(std::uint32_t worker) override { crew_.Wake(worker); }

  void Receive(framefence::contract::IngestPort port, framefence::contract::SourceAddress from,
               std::span<const std::byte> bytes, bool piece, framefence::VirtualTime now);
  void TakeTurn(std::uint32_t worker);
  bool TakeUpload(std::uint32_t worker);
  relay::Status Upgrade(relay::Time now);
  void Observe(Relay& relay);
  void Quiesce();
  void WakeAll();

  // What the workers and their caller touch: guards these, and what the exits do.
  typename Crew::Mutex mutex_;
  SessionTable sessions_;
  relay::Time now_{};
  std::array<UploadQueue, kWorkers> uploads_;
  std::uint64_t restores_ = 0;                               // asked for so far
  std::vector<relay::Source> broken_;                        // byte streams that lost a piece here
  std::array<std::optional<relay::Time>, kWorkers> timers_;  // as of each worker's last turn

  std::array<Upload, kWorkers> taken_;  // by each worker
  relay::Options options_;
  framefence::contract::Observer* observer_ = nullptr;
  RelayCaller<Relay, typename Crew::Mutex> caller_{sessions_, mutex_};
  std::vector<Exit<typename Crew::Mutex>> exits_;  // by worker
  std::array<std::unique_ptr<Relay>, 2> relays_;   // as RelayAdapter's
  std::size_t serving_ = 0;
  Crew crew_;  // the last: no worker outlives what it works on
};

extern template class ShardedRelayAdapter<FibreCrew>;

}  // namespace adapters

#include "targets/adapters/sharded_relay_adapter.inl"

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_SHARDED_RELAY_ADAPTER_H_
