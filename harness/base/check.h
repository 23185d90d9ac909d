// Assertions that never compile out: a harness that has lost its own invariant must not go on
// judging others.
#ifndef FRAMEFENCE_HARNESS_BASE_CHECK_H_
#define FRAMEFENCE_HARNESS_BASE_CHECK_H_

namespace framefence {

// Prints "file:line: broken invariant: expression" to standard error and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* expression);

}  // namespace framefence

#define FRAMEFENCE_CHECK(condition)       \
  (static_cast<bool>(condition) ? (void)0 \
                                : ::framefence::CheckFailed(__FILE__, __LINE__, #condition))

#endif  // FRAMEFENCE_HARNESS_BASE_CHECK_H_
