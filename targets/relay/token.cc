#include "targets/relay/token.h"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <algorithm>

#include "targets/relay/big_endian.h"

namespace relay {
namespace {

constexpr std::byte kVersion{1};
constexpr std::size_t kMacBytes = crypto_generichash_BYTES_MIN;
constexpr std::size_t kSignedBytes = kTokenBytes - kMacBytes;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

using TokenBytes = std::array<std::byte, kTokenBytes>;
using Mac = std::array<std::byte, kMacBytes>;

unsigned char* Chars(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* Chars(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

// Writers and readers of one field each, in turn.
struct FieldWriter {
  std::byte* to;
  void operator()(bool field) { *to++ = field ? std::byte{1} : std::byte{0}; }
  template <class Tag, class Representation>
  void operator()(core::Word<Tag, Representation> field) {
    WriteBigEndian(to, field.value);
    to += sizeof(Representation);
  }
};
struct FieldReader {
  const std::byte* from;
  void operator()(bool& field) { field = *from++ != std::byte{0}; }
  template <class Tag, class Representation>
  void operator()(core::Word<Tag, Representation>& field) {
    field.value = ReadBigEndian<Representation>(from);
    from += sizeof(Representation);
  }
};

template <class Visitor>
Visitor VisitFields(Grant& grant, Visitor visitor) {
  std::apply([&visitor](auto&... fields) { (visitor(fields), ...); }, grant.Fields());
  return visitor;
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
  Grant fields = grant;  // Fields() lists references
  VisitFields(fields, FieldWriter{&bytes[1]});
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
  Answer<Grant> answer;
  VisitFields(answer.value, FieldReader{&bytes[1]});
  return answer;
}

}  // namespace relay
