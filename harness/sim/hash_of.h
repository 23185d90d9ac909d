// The hash of bytes that stands for them in a trace.
#ifndef FRAMEFENCE_HARNESS_SIM_HASH_OF_H_
#define FRAMEFENCE_HARNESS_SIM_HASH_OF_H_

#define XXH_INLINE_ALL  // packets are small
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace framefence::sim {

inline std::uint64_t HashOf(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_HASH_OF_H_
