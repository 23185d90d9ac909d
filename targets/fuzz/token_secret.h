// The secret that fuzz_token's tokens, and its seeds, are signed with.
#ifndef FRAMEFENCE_TARGETS_FUZZ_TOKEN_SECRET_H_
#define FRAMEFENCE_TARGETS_FUZZ_TOKEN_SECRET_H_

#include <array>
#include <cstddef>

namespace fuzz {

inline constexpr std::array<std::byte, 32> kTokenSecret = {std::byte{0x5e}, std::byte{0xc2}};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_TOKEN_SECRET_H_
