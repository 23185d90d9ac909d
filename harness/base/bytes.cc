// The library's own functions, not those of bytes.h: in line they would be compiled for any x86-64.
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>
#else
#include <xxhash.h>
#endif

#include <cstddef>
#include <cstdint>
#include <span>

namespace framefence {

std::uint64_t HashOfManyBytes(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(),
                     bytes.size());  // on x86-64 a macro for the one that looks at the CPU
}

}  // namespace framefence
