#include "harness/schedule/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <vector>

#include "harness/base/check.h"

namespace framefence::schedule {
namespace {

std::size_t PageBytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

// Kept for the thread's next: a run of some steps takes less than a new stack does.
class Spare {
 public:
  ~Spare() {
    for (std::byte* bottom : bottoms_) munmap(bottom - PageBytes(), PageBytes() + Stack::kBytes);
  }
  void Put(std::byte* bottom) { bottoms_.push_back(bottom); }
  std::byte* Take() {
    if (bottoms_.empty()) return nullptr;
    std::byte* const bottom = bottoms_.back();
    bottoms_.pop_back();
    return bottom;
  }

 private:
  std::vector<std::byte*> bottoms_;
};
thread_local Spare spare;

std::byte* New() {
  void* const memory = mmap(nullptr, PageBytes() + Stack::kBytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  FRAMEFENCE_CHECK(memory != MAP_FAILED);
  FRAMEFENCE_CHECK(mprotect(memory, PageBytes(), PROT_NONE) == 0);
  return static_cast<std::byte*>(memory) + PageBytes();
}

}  // namespace

Stack::Stack() : bottom_(spare.Take()) {
  if (bottom_ == nullptr) bottom_ = New();
}

Stack::~Stack() { spare.Put(bottom_); }

}  // namespace framefence::schedule
