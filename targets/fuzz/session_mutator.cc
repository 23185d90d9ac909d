// libFuzzer's hooks for fuzz_session: cases are bred by the schema (harness/cases/mutate.h).
//
// One mutation in four is libFuzzer's own: the dictionary, and the values that comparisons in the
// program were seen with, which the schema knows nothing of.
#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/cases/mutate.h"
#include "harness/cases/step.h"

namespace cases = framefence::cases;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed) {
  if (seed % 4 == 0 || max_size < cases::kStepBytes) return LLVMFuzzerMutate(data, size, max_size);
  return cases::Mutate(std::as_writable_bytes(std::span(data, max_size)), size, seed);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second,
                                                 std::size_t second_size, std::uint8_t* out,
                                                 std::size_t out_size_max, unsigned int seed) {
  return cases::Crossover(std::as_bytes(std::span(first, first_size)),
                          std::as_bytes(std::span(second, second_size)),
                          std::as_writable_bytes(std::span(out, out_size_max)), seed);
}
