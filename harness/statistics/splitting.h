// The probability of what is too rare to wait for: multilevel splitting.
//
// A run that comes closer to the event than others (its importance is higher) is continued many
// times over, each time with other draws. P(event) is the product of the chances to get from one
// level to the next, none of which is small. Fixed effort: as many runs from each level, spread evenly
// over those that reached it. P. Glasserman, P. Heidelberger, P. Shahabuddin, T. Zajic, "Multilevel
// Splitting for Estimating Rare Event Probabilities", Operations Research 47, 1999; M. J. J. Garvels,
// "The Splitting Method in Rare Event Simulation", 2000. The estimate is unbiased whatever the
// importance and the levels are; with bad ones it varies more.
//
// It needs no snapshot of what runs: a run is told by its seeds, and is played again from the start
// up to where it splits.
#ifndef FRAMEFENCE_HARNESS_STATISTICS_SPLITTING_H_
#define FRAMEFENCE_HARNESS_STATISTICS_SPLITTING_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace framefence::statistics {

// The importance of a run in which the event has happened.
inline constexpr double kEvent = std::numeric_limits<double>::infinity();

struct RunState {
  double importance = 0;  // how close it is to the event; kEvent: there
  bool over = false;      // the event can no longer happen in this run
  // Of all that happened so far: equal in runs that are equal.
  std::uint64_t fingerprint = 0;
};

// What runs, segment by segment. The same seeds from the start give the same states, and segments
// with different seeds draw independently.
class SeededRun {
 public:
  virtual ~SeededRun() = default;
  virtual void Restart() = 0;
  // Plays the next segment, in which all draws come from `seed`.
  virtual RunState Step(std::uint64_t seed) = 0;
};

// What all measurements of one event have in common.
struct RareEvent {
  SeededRun* run = nullptr;   // outlives the measurement
  std::uint64_t horizon = 0;  // segments: P(the event happens in so many) is what is measured
  // Called after each run. False: the measurement ends with what it has.
  std::function<bool()> go_on = [] { return true; };
};

struct Work {
  std::uint64_t runs = 0;
  std::uint64_t segments = 0;  // played, those played again included
  // Runs that, played again from the same seeds, were in another state than before. Not 0: the
  // system draws from elsewhere, and nothing that was measured holds.
  std::uint64_t not_repeated = 0;
};

// --- plain sampling

struct PlainSample {
  std::uint64_t hits = 0;
  Work work;  // each run until the event, or its end
};
// Run i of so many, from `seed`.
PlainSample SamplePlain(const RareEvent& event, std::uint64_t runs, std::uint64_t seed);

// --- splitting

struct SplittingOptions {
  std::uint32_t effort = 100;  // runs from each level
  // Of a pilot's runs, so many get from one level to the next.
  double kept = 0.2;
};

// Levels between the start and the event, in ascending order, by a pilot: each is the importance that
// the wanted share of runs from the one before reached (adaptive multilevel splitting: F. Cerou, A.
// Guyader, Stochastic Analysis and Applications 25, 2007). It ends where that share reaches the
// event, or none gets further. A measurement with these levels is to draw from another seed.
std::vector<double> ChooseLevels(const RareEvent& event, const SplittingOptions& options,
                                 std::uint64_t seed, Work& work);

// One unbiased estimate. Nothing where go_on ended it. REQUIRES: levels ascend; effort > 0.
std::optional<double> SplitOnce(const RareEvent& event, const std::vector<double>& levels,
                                const SplittingOptions& options, std::uint64_t seed, Work& work);

}  // namespace framefence::statistics

#endif  // FRAMEFENCE_HARNESS_STATISTICS_SPLITTING_H_
