// Arrays for tables that are read at random and may be large.
#ifndef FRAMEFENCE_TARGETS_RELAY_CORE_LARGE_VECTOR_H_
#define FRAMEFENCE_TARGETS_RELAY_CORE_LARGE_VECTOR_H_

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace relay::core {

// What two threads write lies no closer than this, and what is read together no further.
inline constexpr std::size_t kCacheLineBytes = 64;
inline constexpr std::size_t kLargePageBytes = std::size_t{2} << 20;

// Asks the system for large pages for what fills at least one: of many records at random each would
// find not only its cache line cold but its page's translation too. Where the system gives none, all
// is as it is with small ones.
template <class T>
struct LargePageAllocator {
  using value_type = T;

  LargePageAllocator() = default;
  template <class Other>
  explicit LargePageAllocator(const LargePageAllocator<Other>&) {}

  T* allocate(std::size_t count) {
    if (count > ~std::size_t{0} / 2 / sizeof(T)) throw std::bad_array_new_length();
    const std::size_t bytes = count * sizeof(T);
    void* const memory = ::operator new(bytes, Alignment(bytes));
    if (bytes >= kLargePageBytes)
      madvise(memory, bytes / kLargePageBytes * kLargePageBytes, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    ::operator delete(memory, Alignment(bytes));  // clang 14 knows no sized one
  }
  // What is given no value is left as it is: frames are never cleared.
  template <class Element>
  void construct(Element* element) {
    ::new (static_cast<void*>(element)) Element;
  }
  template <class Element, class... Arguments>
  void construct(Element* element, Arguments&&... arguments) {
    ::new (static_cast<void*>(element)) Element(std::forward<Arguments>(arguments)...);
  }
  friend bool operator==(const LargePageAllocator&, const LargePageAllocator&) { return true; }

 private:
  static std::align_val_t Alignment(std::size_t bytes) {
    return std::align_val_t{bytes >= kLargePageBytes ? kLargePageBytes : alignof(T)};
  }
};

template <class T>
using LargeVector = std::vector<T, LargePageAllocator<T>>;

}  // namespace relay::core

#endif  // FRAMEFENCE_TARGETS_RELAY_CORE_LARGE_VECTOR_H_
