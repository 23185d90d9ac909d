#include "harness/schedule/minimize.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace framefence::schedule {
namespace {

// A fibre's first steps may have gone with a handover to it: the next is tried that much sooner.
constexpr std::uint32_t kSoonerMax = 4;

class Minimizer {
 public:
  Minimizer(const Handovers& found, const std::function<bool(const Handovers&)>& still_fails,
            std::uint64_t executions_max)
      : smallest_(found), still_fails_(still_fails), executions_left_(executions_max) {}

  Handovers Run() {
    for (std::size_t run = std::max<std::size_t>(smallest_.size() / 2, 1); run != 0;) {
      bool dropped = false;
      // From the end: what comes last depends on what came before, seldom the other way round.
      for (std::size_t end = smallest_.size(); end != 0 && executions_left_ != 0;) {
        const std::size_t begin = end > run ? end - run : 0;
        dropped |= Drop(begin, end);
        end = begin;
      }
      if (!dropped) run /= 2;
    }
    return std::move(smallest_);
  }

 private:
  // Without [begin, end), if that still fails.
  bool Drop(std::size_t begin, std::size_t end) {
    Handovers rest = smallest_;
    std::uint32_t gone = 0;
    for (std::size_t i = begin; i < end; ++i) gone += rest[i].after + 1;
    const auto next = rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(begin),
                                 rest.begin() + static_cast<std::ptrdiff_t>(end));
    if (next == rest.end()) return Try(rest);
    next->after += gone;  // the same choice as before
    for (std::uint32_t sooner = 0; !Try(rest); ++sooner) {
      if (sooner == std::min(gone, kSoonerMax)) return false;
      --next->after;
      if (next + 1 != rest.end()) ++(next + 1)->after;
    }
    return true;
  }

  bool Try(const Handovers& candidate) {
    if (executions_left_ == 0) return false;
    --executions_left_;
    if (!still_fails_(candidate)) return false;
    smallest_ = candidate;
    return true;
  }

  Handovers smallest_;
  const std::function<bool(const Handovers&)>& still_fails_;
  std::uint64_t executions_left_;
};

}  // namespace

Handovers Minimize(const Handovers& found, const std::function<bool(const Handovers&)>& still_fails,
                   std::uint64_t executions_max) {
  return Minimizer(found, still_fails, executions_max).Run();
}

}  // namespace framefence::schedule
