#include "targets/relay/token.h"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <algorithm>

#include "targets/relay/record_bytes.h"

namespace relay {
namespace {

constexpr std::byte kVersion{1};
constexpr std::size_t kMacBytes = crypto_generichash_BYTES_MIN;
constexpr std::size_t kSignedBytes = kTokenBytes - kMacBytes;
static_assert(kSignedBytes == sizeof kVersion + kRecordBytes<Grant>);
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

using TokenBytes = std::array<std::byte, kTokenBytes>;
using Mac = std::array<std::byte, kMacBytes>;

unsigned char* Chars(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* Chars(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

Mac Sign(const TokenBytes& bytes, std::span<const std::byte, 32> secret) {
  Mac mac;
  crypto_generichash(Chars(mac.data()), mac.size(), Chars(bytes.data()), kSignedBytes,
                     Chars(secret.data()), secret.size());
  return mac;
}

std::array<char, kTokenChars + 1> Spell(const TokenBytes& bytes) {
  std::array<char, kTokenChars + 1> chars;
  sodium_bin2base64(chars.data(), chars.size(), Chars(bytes.data()), bytes.size(), kBase64);
  return chars;
}

}  // namespace

Token SignToken(const Grant& grant, std::span<const std::byte, 32> secret) {
  TokenBytes bytes;
  bytes[0] = kVersion;
  WriteRecord(&bytes[1], grant);
  std::ranges::copy(Sign(bytes, secret), bytes.begin() + kSignedBytes);
  Token token;
  token.chars_ = Spell(bytes);
  return token;
}

Answer<Grant> VerifyToken(std::string_view text, std::span<const std::byte, 32> secret) {
  if (text.size() != kTokenChars) return {Status::kMalformed};
  TokenBytes bytes;
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(Chars(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                        &length, &end, kBase64) != 0 ||
      length != bytes.size() || end != text.data() + text.size() || bytes[0] != kVersion) {
    return {Status::kMalformed};
  }
  // libsodium 1.0.18 reads some characters beyond ASCII as if they were of the alphabet; a token
  // has one spelling.
  const auto spelled = Spell(bytes);
  if (text != std::string_view(spelled.data(), kTokenChars)) return {Status::kMalformed};
  const Mac mac = Sign(bytes, secret);
  if (sodium_memcmp(mac.data(), &bytes[kSignedBytes], mac.size()) != 0) return {Status::kBadToken};
  return {Status::kOk, ReadRecord<Grant>(&bytes[1])};
}

}  // namespace relay
