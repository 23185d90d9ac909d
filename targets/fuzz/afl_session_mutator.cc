// AFL++'s custom mutator for fuzz_session (AFL_CUSTOM_MUTATOR_LIBRARY): cases are bred by the
// schema (harness/cases/mutate.h). AFL++'s own havoc stage still follows it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "harness/base/prng.h"
#include "harness/cases/mutate.h"

namespace {

namespace cases = framefence::cases;

struct Mutator {
  explicit Mutator(std::uint64_t seed) : prng(seed) {}

  framefence::Prng prng;
  std::vector<std::byte> child;
};

}  // namespace

extern "C" void* afl_custom_init(void* /*afl*/, unsigned int seed) {
  return std::make_unique<Mutator>(seed).release();
}

extern "C" void afl_custom_deinit(void* data) {
  std::unique_ptr<Mutator>(static_cast<Mutator*>(data));
}

// AFL++ hands a second corpus entry where it has one. The child lies in *out until the next call.
extern "C" std::size_t afl_custom_fuzz(void* data, std::uint8_t* first, std::size_t first_size,
                                       std::uint8_t** out, std::uint8_t* second,
                                       std::size_t second_size, std::size_t size_max) {
  Mutator& mutator = *static_cast<Mutator*>(data);
  if (mutator.child.size() < size_max) mutator.child.resize(size_max);
  const std::span child(mutator.child.data(), size_max);
  const auto parent = std::as_bytes(std::span(first, first_size));
  std::size_t size = 0;
  if (second != nullptr && mutator.prng.Below(4) == 0) {
    size = cases::Crossover(parent, std::as_bytes(std::span(second, second_size)), child,
                            mutator.prng.Next());
  } else {
    size = std::min(parent.size(), size_max);
    std::copy_n(parent.begin(), size, child.begin());
  }
  // Several changes at once, as havoc does: one alone seldom leads anywhere new.
  for (std::uint32_t changes = 1U << mutator.prng.Below(4); changes != 0; --changes) {
    size = cases::Mutate(child, size, mutator.prng.Next());
  }
  *out = reinterpret_cast<std::uint8_t*>(mutator.child.data());
  return size;
}
