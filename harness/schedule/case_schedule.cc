#include "harness/schedule/case_schedule.h"

#include <algorithm>

namespace framefence::schedule {
namespace {

std::unique_ptr<Schedule> Draw(const contract::ThreadSchedule& wanted) {
  switch (wanted.kind) {
    case contract::ScheduleKind::kPlain:
      return nullptr;
    case contract::ScheduleKind::kRandom:
      return std::make_unique<RandomSchedule>(wanted.seed);
    case contract::ScheduleKind::kPct:
      return std::make_unique<PctSchedule>(wanted.seed, std::max(1U, wanted.depth),
                                           std::max(1U, wanted.steps));
  }
  return nullptr;
}

}  // namespace

void CaseSchedule::BeginCase(const contract::ThreadSchedule& wanted) {
  wanted_ = wanted;
  drawn_ = nullptr;
  handovers_.clear();
  next_ = 0;
  choices_ = 0;
}

void CaseSchedule::BeginStep(std::span<const contract::StepHandover> handovers) {
  if (drawn_ == nullptr) drawn_ = Draw(wanted_);
  handovers_.assign(handovers.begin(), handovers.end());
  next_ = 0;
  choices_ = 0;
}

std::uint32_t CaseSchedule::Choose(const Point& point) {
  if (point.runnable.size() == 1) return point.runnable.front();
  const std::uint32_t chosen = drawn_ != nullptr ? drawn_->Choose(point) : AsSaid(point);
  if (chosen != PlainChoice(point)) told_({choices_, static_cast<std::uint8_t>(chosen)});
  ++choices_;
  return chosen;
}

std::uint32_t CaseSchedule::AsSaid(const Point& point) {
  while (next_ < handovers_.size() && handovers_[next_].after < choices_) ++next_;
  if (next_ == handovers_.size() || handovers_[next_].after != choices_) return PlainChoice(point);
  const std::uint32_t to = handovers_[next_++].to;
  return point.IsRunnable(to) ? to : point.runnable[to % point.runnable.size()];
}

}  // namespace framefence::schedule
