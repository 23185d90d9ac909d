// The hash of bytes that stands for them in a trace.
#ifndef FRAMEFENCE_HARNESS_SIM_HASH_OF_H_
#define FRAMEFENCE_HARNESS_SIM_HASH_OF_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/base/bytes.h"

namespace framefence::sim {

inline std::uint64_t HashOf(std::span<const std::byte> bytes) { return HashOfBytes(bytes); }

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_HASH_OF_H_
