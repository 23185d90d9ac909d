// The schedule that a case asks for (contract::ThreadSchedule): drawn, or handovers said step by step.
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_CASE_SCHEDULE_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_CASE_SCHEDULE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "harness/schedule/schedule.h"

namespace framefence::schedule {

// A choice is a point where more than one can go on; those of a step's calls are numbered from 0. So
// what is taken out of one step leaves the handovers of the others where they are.
class CaseSchedule final : public Schedule {
 public:
  // told: each departure from the plain schedule, when it is made.
  explicit CaseSchedule(std::function<void(const contract::StepHandover&)> told)
      : told_(std::move(told)) {}

  // Plain, until the first step.
  void BeginCase(const contract::ThreadSchedule& wanted);
  // The plain schedule with these handovers, in ascending order: one whose choice has gone by is void, and one
  // to a fibre that cannot go on goes to another. Where the schedule is drawn, they do not count.
  void BeginStep(std::span<const contract::StepHandover> handovers);

  std::uint32_t Choose(const Point& point) override;

 private:
  std::uint32_t AsSaid(const Point& point);

  const std::function<void(const contract::StepHandover&)> told_;
  contract::ThreadSchedule wanted_;
  std::unique_ptr<Schedule> drawn_;  // null: it is plain
  std::vector<contract::StepHandover> handovers_;
  std::size_t next_ = 0;
  std::uint32_t choices_ = 0;  // so far, of the step
};

}  // namespace framefence::schedule

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_CASE_SCHEDULE_H_
