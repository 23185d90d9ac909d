// What sanitizers must be told of a change of stacks; nothing where none is built in.
#ifndef FRAMEFENCE_HARNESS_SCHEDULE_SANITIZERS_H_
#define FRAMEFENCE_HARNESS_SCHEDULE_SANITIZERS_H_

#include <cstddef>

// g++ says so by macros, clang by features.
#if defined(__SANITIZE_ADDRESS__)
#define FRAMEFENCE_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FRAMEFENCE_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define FRAMEFENCE_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FRAMEFENCE_THREAD_SANITIZER 1
#endif
#endif

#ifdef FRAMEFENCE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef FRAMEFENCE_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace framefence::schedule {

// What they know of one stack.
struct SanitizedStack {
  void* fake = nullptr;  // AddressSanitizer's, where frames go whose use after return it looks for
  const void* bottom = nullptr;
  std::size_t bytes = 0;
  void* fibre = nullptr;  // ThreadSanitizer's
};

// A stack of a new fibre.
inline SanitizedStack SanitizeStack([[maybe_unused]] void* bottom,
                                    [[maybe_unused]] std::size_t bytes) {
  SanitizedStack stack;
#ifdef FRAMEFENCE_ADDRESS_SANITIZER
  // Who had the memory before may have left it by no return.
  __asan_unpoison_memory_region(bottom, bytes);
  stack.bottom = bottom;
  stack.bytes = bytes;
#endif
#ifdef FRAMEFENCE_THREAD_SANITIZER
  stack.fibre = __tsan_create_fiber(0);
#endif
  return stack;
}

// The stack that the thread came with.
inline SanitizedStack SanitizeThread() {
  SanitizedStack stack;
#ifdef FRAMEFENCE_THREAD_SANITIZER
  stack.fibre = __tsan_get_current_fiber();
#endif
  return stack;
}

inline void ForgetStack([[maybe_unused]] const SanitizedStack& stack) {
#ifdef FRAMEFENCE_THREAD_SANITIZER
  __tsan_destroy_fiber(stack.fibre);
#endif
}

// Directly before the change; `returns`: somebody will come back to `from`.
inline void BeforeSwitch([[maybe_unused]] SanitizedStack& from,
                         [[maybe_unused]] const SanitizedStack& to, [[maybe_unused]] bool returns) {
#ifdef FRAMEFENCE_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(returns ? &from.fake : nullptr, to.bottom, to.bytes);
#endif
#ifdef FRAMEFENCE_THREAD_SANITIZER
  // Ordered, as fibres of one thread are.
  __tsan_switch_to_fiber(to.fibre, 0);
#endif
}

// Directly after it, on `to`. `left`: the one before. The extent of the thread's own stack is only known by
// leaving it.
inline void AfterSwitch([[maybe_unused]] const SanitizedStack& to,
                        [[maybe_unused]] SanitizedStack& left) {
#ifdef FRAMEFENCE_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(to.fake, &left.bottom, &left.bytes);
#endif
}

}  // namespace framefence::schedule

#endif  // FRAMEFENCE_HARNESS_SCHEDULE_SANITIZERS_H_
