// A fibre's stack: of bounded size, with a page below it that cannot be touched, so that one that
// overflows crashes there and writes over nothing.
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_STACK_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_STACK_H_

#include <cstddef>

namespace framefence::schedule {

class Stack {
 public:
  static constexpr std::size_t kBytes = std::size_t{512} << 10;

  // Memory of one that has gone, on this thread, or new.
  Stack();
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // The lowest address.
  std::byte* bottom() const { return bottom_; }

 private:
  std::byte* bottom_;
};

}  // namespace framefence::schedule

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_STACK_H_
