#include "targets/relay/stream_identity.h"

#include <sodium/crypto_generichash.h>

#include <array>

#include "targets/relay/big_endian.h"

namespace relay {
namespace {

// Keeps these messages apart from tokens, which are signed with the same secret and begin with
// their version, not 0.
constexpr unsigned char kPurpose = 0;

}  // namespace

StreamIdentity IdentityOf(Account account, std::uint64_t opened_before,
                          std::span<const std::byte, 32> secret) {
  std::array<std::byte, 13> message{std::byte{kPurpose}};
  WriteBigEndian(&message[1], account.value);
  WriteBigEndian(&message[5], opened_before);
  std::array<std::byte, crypto_generichash_BYTES_MIN> hash;
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  return {ReadBigEndian<std::uint32_t>(&hash[0]), ReadBigEndian<std::uint16_t>(&hash[4]),
          ReadBigEndian<std::uint32_t>(&hash[8])};
}

}  // namespace relay
