#include "harness/schedule/schedule.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "harness/base/check.h"

namespace framefence::schedule {
namespace {

// Of one that is read: its change points are memory.
constexpr std::uint64_t kDepthMax = 1000;

// The numbers of "7 3 200"; none where it is anything else.
std::vector<std::uint64_t> ReadNumbers(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end; ++at) {
    const auto [stop, error] = std::from_chars(at, end, numbers.emplace_back());
    if (error != std::errc() || (stop != end && *stop != ' ')) return {};
    at = stop;
  }
  return numbers;
}

}  // namespace

bool Point::IsRunnable(std::uint32_t fibre) const {
  return std::binary_search(runnable.begin(), runnable.end(), fibre);
}

std::uint32_t PlainChoice(const Point& point) {
  if (point.current == kNobody) return point.runnable.front();
  if (!point.waits && !point.gives_way && point.IsRunnable(point.current)) return point.current;
  const auto next = std::upper_bound(point.runnable.begin(), point.runnable.end(), point.current);
  return next == point.runnable.end() ? point.runnable.front() : *next;
}

std::uint32_t RandomSchedule::Choose(const Point& point) {
  return point.runnable[prng_.Below(static_cast<std::uint32_t>(point.runnable.size()))];
}

PctSchedule::PctSchedule(std::uint64_t seed, std::uint32_t depth, std::uint32_t steps)
    : prng_(seed), lowest_(1) {
  FRAMEFENCE_CHECK(depth >= 1 && steps >= 1);
  for (std::uint32_t i = 1; i < depth; ++i)
    change_points_.push_back(1 + std::uint64_t{prng_.Below(steps)});
}

std::uint32_t PctSchedule::Choose(const Point& point) {
  if (priorities_.empty()) {
    // Above the change points', which are 1..depth-1.
    priorities_.resize(point.runnable.back() + 1);
    std::iota(priorities_.begin(), priorities_.end(),
              static_cast<std::int64_t>(change_points_.size()) + 1);
    for (std::size_t left = priorities_.size(); left > 1; --left)
      std::swap(priorities_[left - 1], priorities_[prng_.Below(static_cast<std::uint32_t>(left))]);
  }
  // Who made the step before may have come to a change point by it.
  for (std::size_t i = 0; i < change_points_.size(); ++i) {
    if (change_points_[i] == steps_)
      Fall(point.current, static_cast<std::int64_t>(change_points_.size() - i));
  }
  if (point.waits) Fall(point.current, lowest_ - 1);
  ++steps_;
  return *std::ranges::max_element(point.runnable, {},
                                   [this](std::uint32_t fibre) { return priorities_[fibre]; });
}

// To that priority; where somebody waited before, and is lower, below all.
void PctSchedule::Fall(std::uint32_t fibre, std::int64_t priority) {
  const bool somebody_waited = lowest_ < 1;
  priorities_[fibre] = somebody_waited ? std::min(priority, lowest_ - 1) : priority;
  lowest_ = std::min(lowest_, priorities_[fibre]);
}

std::uint32_t ReplaySchedule::Choose(const Point& point) {
  if (next_ == handovers_.size() || plain_ < handovers_[next_].after) {
    ++plain_;
    return PlainChoice(point);
  }
  plain_ = 0;
  const std::uint32_t to = handovers_[next_++].to;
  return point.IsRunnable(to) ? to : point.runnable[to % point.runnable.size()];
}

Result<std::unique_ptr<Schedule>> ReadSchedule(std::string_view text) {
  const std::string_view kind = text.substr(0, text.find(' '));
  const std::string_view rest = text.substr(std::min(text.size(), kind.size() + 1));
  if (kind == "replay") {
    Result<Handovers> handovers = ScheduleFromText(rest);
    if (!handovers) return handovers.error();
    return std::unique_ptr<Schedule>(
        std::make_unique<ReplaySchedule>(std::move(handovers).value()));
  }
  const std::vector<std::uint64_t> numbers = ReadNumbers(rest);
  if (kind == "random" && numbers.size() == 1)
    return std::unique_ptr<Schedule>(std::make_unique<RandomSchedule>(numbers[0]));
  // Less one, so that zero is too large as well.
  if (kind == "pct" && numbers.size() == 3 && numbers[1] - 1 < kDepthMax &&
      numbers[2] - 1 < std::numeric_limits<std::uint32_t>::max())
    return std::unique_ptr<Schedule>(
        std::make_unique<PctSchedule>(numbers[0], static_cast<std::uint32_t>(numbers[1]),
                                      static_cast<std::uint32_t>(numbers[2])));
  return Error{"'" + std::string(text) +
               "' is no schedule; these are: random SEED, pct SEED DEPTH STEPS, replay 12>1 0>2"};
}

}  // namespace framefence::schedule
