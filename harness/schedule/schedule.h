// Who goes on: random, PCT and replayed schedules of cooperative fibres (fibres.h).
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_SCHEDULE_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_SCHEDULE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/prng.h"
#include "harness/base/result.h"
#include "harness/schedule/handovers.h"

namespace framefence::schedule {

inline constexpr std::uint32_t kNobody = ~0U;

// Where a choice is due.
struct Point {
  std::span<const std::uint32_t> runnable;  // neither ended nor asleep; ascending, never empty
  std::uint32_t current = kNobody;          // who ran last; it may have ended
  bool waits = false;      // it looked for another's work to be done, and will look again
  bool gives_way = false;  // or it could go on, and the plain schedule lets the next do so

  bool IsRunnable(std::uint32_t fibre) const;
};

// What the plain schedule (handovers.h) does here.
std::uint32_t PlainChoice(const Point& point);

// Asked once a step. Equal construction, equal answers to equal points: what fails replays.
class Schedule {
 public:
  virtual ~Schedule() = default;
  // One of point.runnable.
  virtual std::uint32_t Choose(const Point& point) = 0;
};

// Anyone, with equal chances.
class RandomSchedule final : public Schedule {
 public:
  explicit RandomSchedule(std::uint64_t seed) : prng_(seed) {}
  std::uint32_t Choose(const Point& point) override;

 private:
  Prng prng_;
};

// S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatti, "A Randomized Scheduler with Probabilistic
// Guarantees of Finding Bugs", ASPLOS 2010. Fibres have priorities in a random order, and the highest
// runs. At depth - 1 steps, drawn from 1..steps, whoever made that step falls below all that
// did not fall; those who fell are among themselves in an order that was drawn with the steps.
//
// A bug of that depth, which so many constraints of order between two steps suffice for, is found with a
// probability of at least 1 / (n * steps^(depth-1)), where n fibres make no more than `steps`
// steps. That is said of fibres that do not wait. One that waits here falls below all, so that the one
// that it waits for comes to run: it is not disabled, as in the paper, and keeps no priority over it.
class PctSchedule final : public Schedule {
 public:
  // REQUIRES: depth >= 1, steps >= 1.
  PctSchedule(std::uint64_t seed, std::uint32_t depth, std::uint32_t steps);
  std::uint32_t Choose(const Point& point) override;

 private:
  void Fall(std::uint32_t fibre, std::int64_t priority);

  Prng prng_;
  std::vector<std::uint64_t> change_points_;
  std::vector<std::int64_t> priorities_;  // by fibre; drawn at the first choice
  std::int64_t lowest_;                   // of all that were given
  std::uint64_t steps_ = 0;
};

// The plain schedule with these handovers. One to a fibre that cannot go on goes to another.
class ReplaySchedule final : public Schedule {
 public:
  explicit ReplaySchedule(Handovers handovers) : handovers_(std::move(handovers)) {}
  std::uint32_t Choose(const Point& point) override;

 private:
  const Handovers handovers_;
  std::size_t next_ = 0;
  std::uint32_t plain_ = 0;  // choices since the last handover
};

// "random SEED", "pct SEED DEPTH STEPS" or "replay HANDOVERS", as ScheduleToText writes them.
Result<std::unique_ptr<Schedule>> ReadSchedule(std::string_view text);

}  // namespace framefence::schedule

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_SCHEDULE_H_
