#include "targets/relay/token.h"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <algorithm>

#include "targets/relay/base64url.h"
#include "targets/relay/record_bytes.h"

namespace relay {
namespace {

constexpr std::byte kVersion{1};
constexpr std::size_t kMacBytes = crypto_generichash_BYTES_MIN;
constexpr std::size_t kSignedBytes = kTokenBytes - kMacBytes;
static_assert(kSignedBytes == sizeof kVersion + kRecordBytes<Grant>);
static_assert(kTokenChars == kBase64UrlChars<kTokenBytes>);

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

}  // namespace

Token SignToken(const Grant& grant, std::span<const std::byte, 32> secret) {
  TokenBytes bytes;
  bytes[0] = kVersion;
  WriteRecord(&bytes[1], grant);
  std::ranges::copy(Sign(bytes, secret), bytes.begin() + kSignedBytes);
  Token token;
  WriteBase64Url(bytes, std::span(token.chars_));
  return token;
}

Answer<Grant> VerifyToken(std::string_view text, std::span<const std::byte, 32> secret) {
  if (text.size() != kTokenChars) return {Status::kMalformed};
  TokenBytes bytes;
  if (!ReadBase64Url(std::span(text).first<kTokenChars>(), bytes) || bytes[0] != kVersion)
    return {Status::kMalformed};
  const Mac mac = Sign(bytes, secret);
  if (sodium_memcmp(mac.data(), &bytes[kSignedBytes], mac.size()) != 0) return {Status::kBadToken};
  return {Status::kOk, ReadRecord<Grant>(&bytes[1])};
}

}  // namespace relay
