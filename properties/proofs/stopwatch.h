// How long a solver took, for the report only: nothing is decided by it.
#ifndef FRAMEFENCE_PROPERTIES_PROOFS_STOPWATCH_H_
#define FRAMEFENCE_PROPERTIES_PROOFS_STOPWATCH_H_

#include <chrono>

namespace framefence::proofs {

class Stopwatch {
 public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin_)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_PROOFS_STOPWATCH_H_
