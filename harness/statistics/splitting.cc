#include "harness/statistics/splitting.h"

#include <algorithm>
#include <cmath>

#include "harness/base/check.h"
#include "harness/base/prng.h"

namespace framefence::statistics {
namespace {

constexpr std::uint64_t kPlain = 0x706c61696eU, kPilot = 0x70696c6f74U, kSplit = 0x73706c6974U;
constexpr std::size_t kLevelsMax = 64;

// The seeds of a run: from segment `first` on, they come from `seed`.
struct Branch {
  std::uint64_t first = 0;
  std::uint64_t seed = 0;
};

// A moment of a run: all that is needed to be there again.
struct Moment {
  std::vector<Branch> branches;  // in ascending order
  std::uint64_t segments = 0;    // played until then
  RunState state{.importance = -kEvent};

  double importance() const { return state.importance; }
};

const Moment kStart{};

// A run that goes on from a moment with draws of its own.
class Continued {
 public:
  Continued(const RareEvent& event, const Moment& from, std::uint64_t seed, Work& work)
      : event_(event), work_(work), branches_(from.branches), state_(from.state) {
    ++work_.runs;
    event_.run->Restart();
    branches_.push_back({from.segments, seed});
    while (segments_ < from.segments) Step();
    const bool repeated =
        state_.importance == from.importance() && state_.fingerprint == from.state.fingerprint;
    if (!repeated) ++work_.not_repeated;
  }

  bool ended() const {
    return state_.importance == kEvent || state_.over || segments_ >= event_.horizon;
  }
  double importance() const { return state_.importance; }
  Moment moment() const { return {branches_, segments_, state_}; }

  void Step() {
    while (branch_ + 1 < branches_.size() && branches_[branch_ + 1].first <= segments_) ++branch_;
    state_ = event_.run->Step(Prng::ForPurpose(branches_[branch_].seed, segments_).Next());
    ++segments_;
    ++work_.segments;
  }

 private:
  const RareEvent& event_;
  Work& work_;
  std::vector<Branch> branches_;
  std::size_t branch_ = 0;
  std::uint64_t segments_ = 0;
  RunState state_;
};

// Spreads runs evenly over the moments that they go on from; the first is drawn, so that each
// moment has the same chance of one more than others.
class Parents {
 public:
  Parents(const std::vector<Moment>& moments, Prng& prng)
      : moments_(moments),
        offset_(prng.Below(static_cast<std::uint32_t>(std::max<std::size_t>(1, moments.size())))) {}
  const Moment& Of(std::uint32_t child) const {
    return moments_.empty() ? kStart : moments_[(offset_ + child) % moments_.size()];
  }

 private:
  const std::vector<Moment>& moments_;
  std::size_t offset_;
};

// The moments at which a run had come further than ever before.
std::vector<Moment> RecordsOf(Continued& run) {
  std::vector<Moment> records = {run.moment()};
  while (!run.ended()) {
    run.Step();
    if (run.importance() > records.back().importance()) records.push_back(run.moment());
  }
  return records;
}

// The importance that the wanted share of these runs reached; where that is no progress, the least
// that is. Nothing: no run got further.
std::optional<double> NextLevel(const std::vector<std::vector<Moment>>& runs, double level,
                                double kept) {
  std::vector<double> best;
  for (const auto& records : runs) best.push_back(records.back().importance());
  std::sort(best.begin(), best.end(), std::greater<>());
  const auto wanted = static_cast<std::size_t>(kept * static_cast<double>(best.size()));
  const double next = best[std::min(wanted, best.size() - 1)];
  if (next > level) return next;
  const auto least =
      std::find_if(best.rbegin(), best.rend(), [level](double reached) { return reached > level; });
  if (least == best.rend()) return std::nullopt;
  return *least;
}

}  // namespace

PlainSample SamplePlain(const RareEvent& event, std::uint64_t runs, std::uint64_t seed) {
  PlainSample sample;
  Prng prng = Prng::ForPurpose(seed, kPlain);
  for (std::uint64_t i = 0; i < runs; ++i) {
    Continued run(event, kStart, prng.Next(), sample.work);
    while (!run.ended()) run.Step();
    if (run.importance() == kEvent) ++sample.hits;
    if (!event.go_on()) break;
  }
  return sample;
}

std::vector<double> ChooseLevels(const RareEvent& event, const SplittingOptions& options,
                                 std::uint64_t seed, Work& work) {
  FRAMEFENCE_CHECK(options.effort > 0);
  Prng prng = Prng::ForPurpose(seed, kPilot);
  std::vector<double> levels;
  std::vector<Moment> reached;
  double level = -kEvent;
  while (levels.size() < kLevelsMax) {
    const Parents parents(reached, prng);
    std::vector<std::vector<Moment>> runs;
    for (std::uint32_t i = 0; i < options.effort; ++i) {
      Continued run(event, parents.Of(i), prng.Next(), work);
      runs.push_back(RecordsOf(run));
      if (!event.go_on()) return levels;
    }
    const std::optional<double> next = NextLevel(runs, level, options.kept);
    if (!next || *next == kEvent) break;
    levels.push_back(level = *next);
    reached.clear();
    for (const auto& records : runs) {
      const auto first =
          std::find_if(records.begin(), records.end(),
                       [level](const Moment& record) { return record.importance() >= level; });
      if (first != records.end()) reached.push_back(*first);
    }
  }
  return levels;
}

std::optional<double> SplitOnce(const RareEvent& event, const std::vector<double>& levels,
                                const SplittingOptions& options, std::uint64_t seed, Work& work) {
  FRAMEFENCE_CHECK(options.effort > 0 && std::is_sorted(levels.begin(), levels.end()));
  Prng prng = Prng::ForPurpose(seed, kSplit);
  std::vector<Moment> from;
  double probability = 1;
  for (std::size_t stage = 0; stage <= levels.size(); ++stage) {
    const double level = stage < levels.size() ? levels[stage] : kEvent;
    const Parents parents(from, prng);
    std::vector<Moment> reached;
    for (std::uint32_t i = 0; i < options.effort; ++i) {
      const Moment& parent = parents.Of(i);
      const std::uint64_t child = prng.Next();
      if (parent.importance() >= level) {  // its last segment took two levels at once
        reached.push_back(parent);
        continue;
      }
      Continued run(event, parent, child, work);
      while (!run.ended() && run.importance() < level) run.Step();
      if (run.importance() >= level) reached.push_back(run.moment());
      if (!event.go_on()) return std::nullopt;
    }
    if (reached.empty()) return 0;
    probability *= static_cast<double>(reached.size()) / options.effort;
    from = std::move(reached);
  }
  return probability;
}

}  // namespace framefence::statistics
