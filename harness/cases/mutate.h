// Structure-aware mutation of cases, for libFuzzer, AFL++ and whoever else breeds byte strings:
// steps are inserted, deleted, duplicated, moved and exchanged whole, fields change by the schema,
// options stay in front and in range.
//
// Deterministic in the seed, without allocation. A header (case.h) is kept, a missing one is not
// added.
#ifndef FRAMEFENCE_HARNESS_CASES_MUTATE_H_
#define FRAMEFENCE_HARNESS_CASES_MUTATE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/base/prng.h"
#include "harness/cases/schema.h"

namespace framefence::cases {

// Changes the case in the first `size` bytes of `buffer`, whose size is the largest that it may
// grow to, and returns its new size, a multiple of kStepBytes. A buffer without room for one step
// is left alone. REQUIRES: size <= buffer.size().
std::size_t Mutate(std::span<std::byte> buffer, std::size_t size, std::uint64_t seed);

// Writes to `out` a child of two cases: the first one's header and options, and its steps with a
// run of them replaced by a run of the second one's. Returns the child's size. REQUIRES: `out`
// overlaps neither.
std::size_t Crossover(std::span<const std::byte> first, std::span<const std::byte> second,
                      std::span<std::byte> out, std::uint64_t seed);

// A step of this op with every field drawn at random; small numbers are the likeliest (each count
// of significant bits is equally likely).
Step RandomStep(const OpInfo& info, Prng& prng);

// An op drawn by OpInfo::weight.
const OpInfo& RandomOp(Prng& prng);

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_MUTATE_H_
