#include "harness/cases/minimize.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/cases/schema.h"

namespace framefence::cases {
namespace {

constexpr std::string_view kIdKinds[] = {"account", "camera", "viewer", "integration"};

// Calls visit(step, field) for each id in the steps.
template <class Visit>
void ForEachId(std::vector<Step>& steps, const Visit& visit) {
  for (Step& step : steps) {
    for (const Field& field : FindOp(step.op)->fields) {
      if (field.kind == Kind::kId && Exists(field, step)) visit(step, field);
    }
  }
}

// Every change that is kept makes the case smaller in this order: fewer steps, options nearer their
// defaults, smaller fields. Nothing makes it larger, so the search ends.
class Minimizer {
 public:
  Minimizer(const Case& input, const std::function<bool(const Case&)>& still_fails,
            const MinimizeLimits& limits,
            const std::function<bool(const MinimizeProgress&)>& on_progress)
      : smallest_(Canonical(input)),
        still_fails_(still_fails),
        limits_(limits),
        on_progress_(on_progress) {}

  MinimizeResult Run() {
    const bool fails = Fails(smallest_);
    bool changed = fails;
    // First: a step that does plainly what an option did by the way is easier to read.
    if (fails) DropOptions();
    while (changed && !stopped_) {
      changed = RemoveSteps();
      changed |= RemoveActors();
      changed |= CalmWeather();
      changed |= JoinAdvances();
      changed |= ResetOptions();
      changed |= ShrinkIds();
      changed |= ShrinkFields();
    }
    return {.smallest = std::move(smallest_),
            .fails = fails,
            .is_minimal = fails && !stopped_,
            .executions = executions_};
  }

 private:
  bool Fails(const Case& candidate);
  bool Try(Case candidate);
  bool RemoveSteps();
  bool RemoveActors();
  bool CalmWeather();
  template <class Predicate>
  bool RemoveAll(const Predicate& of);
  bool JoinAdvances();
  void DropOptions();
  bool ResetOptions();
  std::set<std::uint32_t> IdsOf(std::string_view kind);
  bool ShrinkIds();
  bool ShrinkFields();

  // The smallest value in [low, high) that `attempt` keeps, by bisection with the low end first;
  // nothing is changed when none is kept.
  template <class Attempt>
  bool Descend(std::uint32_t low, std::uint32_t high, const Attempt& attempt);

  Case smallest_;
  const std::function<bool(const Case&)>& still_fails_;
  const MinimizeLimits limits_;
  const std::function<bool(const MinimizeProgress&)>& on_progress_;
  std::uint64_t executions_ = 0;
  bool stopped_ = false;
};

bool Minimizer::Fails(const Case& candidate) {
  if (executions_ >= limits_.executions_max) stopped_ = true;
  if (stopped_) return false;
  ++executions_;
  const bool fails = still_fails_(candidate);
  const MinimizeProgress progress{executions_, limits_.executions_max,
                                  std::min(candidate.steps.size(), smallest_.steps.size())};
  if (on_progress_ && !on_progress_(progress)) stopped_ = true;
  return fails;
}

bool Minimizer::Try(Case candidate) {
  if (!Fails(candidate)) return false;
  smallest_ = std::move(candidate);
  return true;
}

// Ends with a pass over single steps that removes none: 1-minimal.
bool Minimizer::RemoveSteps() {
  bool changed = false;
  for (std::size_t run = std::max<std::size_t>(smallest_.steps.size() / 2, 1);
       run != 0 && !stopped_;) {
    bool removed = false;
    // From the end: what comes last depends on what came before, seldom the other way round.
    for (std::size_t end = smallest_.steps.size(); end != 0 && !stopped_;) {
      const std::size_t begin = end > run ? end - run : 0;
      Case candidate = smallest_;
      candidate.steps.erase(candidate.steps.begin() + static_cast<std::ptrdiff_t>(begin),
                            candidate.steps.begin() + static_cast<std::ptrdiff_t>(end));
      removed |= Try(std::move(candidate));
      end = begin;
    }
    changed |= removed;
    if (!removed) run /= 2;
  }
  return changed;
}

// Steps that only go together: neither a camera's publishing nor its unbinding may be removable alone.
template <class Predicate>
bool Minimizer::RemoveAll(const Predicate& of) {
  Case candidate = smallest_;
  return std::erase_if(candidate.steps, of) > 1 && Try(std::move(candidate));
}

bool Names(const Step& step, std::string_view kind, std::uint32_t id) {
  return std::ranges::any_of(FindOp(step.op)->fields, [&](const Field& field) {
    return field.name == kind && Exists(field, step) && Read(step, field) == id;
  });
}

// Everybody that the steps name, with all that they do and that is done to them.
bool Minimizer::RemoveActors() {
  bool changed = false;
  for (const std::string_view kind : kIdKinds) {
    for (const std::uint32_t id : IdsOf(kind)) {
      if (stopped_) return changed;
      changed |= RemoveAll([&](const Step& step) { return Names(step, kind, id); });
    }
  }
  return changed;
}

// What the network does, as a whole and link by link.
bool Minimizer::CalmWeather() {
  constexpr Op kNetworkOps[] = {Op::kWeather, Op::kDrop, Op::kStall, Op::kPath, Op::kReaddress};
  const auto of_network = [&](const Step& step) {
    return std::ranges::find(kNetworkOps, step.op) != std::end(kNetworkOps);
  };
  bool changed = RemoveAll(of_network);
  for (const std::string_view kind : {"camera", "viewer"}) {
    for (const std::uint32_t id : IdsOf(kind)) {
      if (stopped_) return changed;
      changed |=
          RemoveAll([&](const Step& step) { return of_network(step) && Names(step, kind, id); });
    }
  }
  return changed;
}

bool Minimizer::JoinAdvances() {
  bool changed = false;
  for (std::size_t i = 0; i + 1 < smallest_.steps.size() && !stopped_;) {
    const Step& one = smallest_.steps[i];
    const Step& next = smallest_.steps[i + 1];
    const std::uint32_t ms = Read(one, field::kAdvanceMs) + Read(next, field::kAdvanceMs);
    bool joined = false;
    if (one.op == Op::kAdvance && next.op == Op::kAdvance && ms <= field::kAdvanceMs.value_max()) {
      Case candidate = smallest_;
      Write(candidate.steps[i], field::kAdvanceMs, ms);
      candidate.steps.erase(candidate.steps.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      joined = Try(std::move(candidate));
    }
    changed |= joined;
    if (!joined) ++i;
  }
  return changed;
}

template <class Attempt>
bool Minimizer::Descend(std::uint32_t low, std::uint32_t high, const Attempt& attempt) {
  if (low >= high || stopped_) return false;
  if (attempt(low)) return true;
  bool changed = false;
  // `low` is known to pass, `high` to fail.
  while (high - low > 1 && !stopped_) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (attempt(middle)) {
      high = middle;
      changed = true;
    } else {
      low = middle;
    }
  }
  return changed;
}

void Minimizer::DropOptions() {
  for (const OptionInfo& info : AllOptions()) {
    if (stopped_) return;
    if (smallest_.options.*info.member == info.default_value()) continue;
    Case candidate = smallest_;
    candidate.options.*info.member = info.default_value();
    Try(std::move(candidate));
  }
}

bool Minimizer::ResetOptions() {
  bool changed = false;
  for (const OptionInfo& info : AllOptions()) {
    const std::uint32_t value = smallest_.options.*info.member;
    const std::uint32_t normal = info.default_value();
    const bool above = value > normal;
    // By the distance from the default, on the value's own side of it.
    changed |= Descend(0, above ? value - normal : normal - value, [&](std::uint32_t distance) {
      Case candidate = smallest_;
      candidate.options.*info.member = above ? normal + distance : normal - distance;
      return Try(std::move(candidate));
    });
  }
  return changed;
}

std::set<std::uint32_t> Minimizer::IdsOf(std::string_view kind) {
  std::set<std::uint32_t> ids;
  ForEachId(smallest_.steps, [&](Step& step, const Field& field) {
    if (field.name == kind) ids.insert(Read(step, field));
  });
  return ids;
}

// Renames one id throughout the case: a single field alone could not change where steps must agree.
bool Minimizer::ShrinkIds() {
  bool changed = false;
  for (const std::string_view name : kIdKinds) {
    for (const std::uint32_t from : IdsOf(name)) {
      for (std::uint32_t to = 0; to < from && !stopped_; ++to) {
        Case candidate = smallest_;
        ForEachId(candidate.steps, [&](Step& step, const Field& field) {
          if (field.name == name && Read(step, field) == from) Write(step, field, to);
        });
        if (!Try(std::move(candidate))) continue;
        changed = true;
        break;
      }
    }
  }
  return changed;
}

bool Minimizer::ShrinkFields() {
  bool changed = false;
  for (std::size_t i = 0; i < smallest_.steps.size(); ++i) {
    for (const Field& field : FindOp(smallest_.steps[i].op)->fields) {
      if (!Exists(field, smallest_.steps[i])) continue;
      changed |=
          Descend(field.value_min(), Read(smallest_.steps[i], field), [&](std::uint32_t value) {
            Case candidate = smallest_;
            Write(candidate.steps[i], field, value);
            candidate.steps[i] = Canonical(candidate.steps[i]);
            return Try(std::move(candidate));
          });
    }
  }
  return changed;
}

}  // namespace

MinimizeResult Minimize(const Case& input, const std::function<bool(const Case&)>& still_fails,
                        const MinimizeLimits& limits,
                        const std::function<bool(const MinimizeProgress&)>& on_progress) {
  return Minimizer(input, still_fails, limits, on_progress).Run();
}

}  // namespace framefence::cases
