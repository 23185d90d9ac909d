#include "harness/sim/divergence.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/base/prng.h"

namespace framefence::sim {
namespace {

// What is hashed of an event, and what it says: enough to show it, when the run is long over.
struct Recorder final : TraceSink {
  std::vector<TraceEvent> events;

  void OnEvent(const TraceEvent& event) override {
    events.push_back(event);
    events.back().request = nullptr;
    events.back().violation = nullptr;
  }
};

bool Same(const TraceEvent& a, const TraceEvent& b) {
  return a.at == b.at && a.kind == b.kind && a.a == b.a && a.b == b.b && a.c == b.c;
}

std::vector<TraceEvent> Record(CasePlayer& player, const cases::Case& played,
                               bool stop_at_violation) {
  Recorder recorder;
  player.world().UseTrace(&recorder);
  player.Play(played, stop_at_violation);
  player.world().UseTrace(nullptr);
  return std::move(recorder.events);
}

Divergence FirstDifference(std::span<const TraceEvent> first, std::span<const TraceEvent> second) {
  const auto [a, b] = std::ranges::mismatch(first, second, Same);
  Divergence divergence;
  divergence.seen_again = a != first.end() || b != second.end();
  divergence.index = static_cast<std::uint64_t>(a - first.begin());
  if (a != first.begin()) divergence.last_common = ToLine(*(a - 1));
  if (a != first.end()) divergence.first = ToLine(*a);
  if (b != second.end()) divergence.second = ToLine(*b);
  return divergence;
}

}  // namespace

std::string Describe(const Divergence& divergence) {
  if (!divergence.seen_again) {
    return "the two traces differed, but not when they were taken once more to be compared: what "
           "it hangs on comes and goes";
  }
  const auto or_none = [](const std::string& line, const char* none) {
    return line.empty() ? std::string(none) : line;
  };
  return fmt::format(
      "event {}, counted from 0, is the first that differs:\n"
      "  last common {}\n"
      "  first run   {}\n"
      "  second run  {}\n"
      "the second run is that of a system newly made, on a heap in another order: look for what is "
      "left over from earlier cases, and for containers in the order of addresses",
      divergence.index, or_none(divergence.last_common, "(none)"),
      or_none(divergence.first, "(ends here)"), or_none(divergence.second, "(ends here)"));
}

ShuffledHeap::ShuffledHeap(std::uint64_t seed) {
  constexpr std::size_t kStep = 16;      // the allocator's classes lie so far apart, or a multiple
  constexpr std::size_t kAlways = 16;    // classes that most objects are of
  constexpr std::size_t kClasses = 256;  // up to 4 KiB: of the others some, each time others
  constexpr std::size_t kOthers = 8, kBlocks = 16;
  Prng prng(seed);
  const auto take = [&](std::size_t size_class) {
    for (std::size_t i = 0; i < kBlocks; ++i)
      taken_.push_back(std::make_unique<std::byte[]>((size_class + 1) * kStep - 8));
  };
  for (std::size_t size_class = 0; size_class < kAlways; ++size_class) take(size_class);
  for (std::size_t i = 0; i < kOthers; ++i)
    take(kAlways + prng.Below(static_cast<std::uint32_t>(kClasses - kAlways)));
  for (std::size_t i = taken_.size(); i > 1; --i)
    std::swap(taken_[i - 1], taken_[prng.Below(static_cast<std::uint32_t>(i))]);
  taken_.resize(taken_.size() / 2);
}

void Replayer::Renew() {
  player_.reset();
  world_.reset();
  system_ = make_();
  world_ = std::make_unique<World>(*system_);
  world_->UseFootage(clips_);
  world_->UseRecordings(recordings_);
  player_ = std::make_unique<CasePlayer>(*world_);
}

std::optional<Divergence> Replayer::Replay(CasePlayer& first, const cases::Case& played,
                                           bool stop_at_violation) {
  constexpr std::uint64_t kRenewOneIn = 16;  // a new world costs as much as a case
  {
    const ShuffledHeap heap(replayed_);
    if (replayed_++ % kRenewOneIn == 0) Renew();
    world_->LimitEvents(first.world().events_max());
    player_->Play(played, stop_at_violation);
  }
  if (player_->trace_hash() == first.trace_hash()) return std::nullopt;
  return Show(first, played, stop_at_violation);
}

// Chance may have the same order twice: they are compared until they differ.
Divergence Replayer::Show(CasePlayer& first, const cases::Case& played, bool stop_at_violation) {
  constexpr std::uint64_t kTries = 32;
  Divergence divergence;
  for (std::uint64_t i = 0; i < kTries && !divergence.seen_again; ++i) {
    const auto once = Record(first, played, stop_at_violation);
    const ShuffledHeap heap(replayed_ + i);  // of the second alone
    Renew();
    world_->LimitEvents(first.world().events_max());
    divergence = FirstDifference(once, Record(*player_, played, stop_at_violation));
  }
  return divergence;
}

}  // namespace framefence::sim
