// Viewer tokens: a Grant, signed, as text that fits a URL. Whoever shows one is who it was given
// to.
//
// Layout, big-endian: version (1 byte), the Grant's fields in the order of records.h (37), MAC
// (16). The MAC is keyed BLAKE2b-128 over all before it. As text: base64url without padding (RFC
// 4648 section 5).
#ifndef FRAMEFENCE_TARGETS_RELAY_TOKEN_H_
#define FRAMEFENCE_TARGETS_RELAY_TOKEN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "targets/relay/types.h"

namespace relay {

inline constexpr std::size_t kTokenBytes = 54;
inline constexpr std::size_t kTokenChars = kTokenBytes / 3 * 4;

class Token {
 public:
  std::string_view text() const { return {chars_.data(), kTokenChars}; }

 private:
  friend Token SignToken(const Grant& grant, std::span<const std::byte, 32> secret);
  std::array<char, kTokenChars> chars_{};
};

Token SignToken(const Grant& grant, std::span<const std::byte, 32> secret);

// The grant that the token carries; whether it still holds is the core's to say. kMalformed: not a
// token of this version. kBadToken: not signed with this secret.
Answer<Grant> VerifyToken(std::string_view text, std::span<const std::byte, 32> secret);

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_TOKEN_H_
