// Fuzzes viewer tokens, the one secret that a viewer holds:
//   1. a grant signed is the grant verified;
//   2. a text that verifies is the very text that signing its grant makes: no token has a second
//      spelling;
//   3. a signed token with any one character changed does not verify, nor does it under another
//      secret.
#include <array>
#include <string>

#include "harness/base/check.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/fuzz/token_secret.h"
#include "targets/relay/token.h"

namespace {

using relay::Grant;
using relay::Status;

constexpr const auto& kSecret = fuzz::kTokenSecret;
constexpr std::array<std::byte, 32> kOtherSecret = {std::byte{0x5e}, std::byte{0xc3}};

Grant TakeGrant(fuzz::Input& input) {
  Grant grant;
  const auto take = [&input](auto& field) {
    if constexpr (requires { field.value; }) {
      field.value = input.Take<std::remove_cvref_t<decltype(field.value)>>();
    } else {
      field = input.Take<std::uint8_t>() % 2 != 0;
    }
  };
  std::apply([&take](auto&... fields) { (take(fields), ...); }, grant.Fields());
  return grant;
}

void CheckSigned(Grant grant, std::size_t place, char other) {
  const relay::Token token = relay::SignToken(grant, kSecret);
  auto verified = relay::VerifyToken(token.text(), kSecret);
  FRAMEFENCE_CHECK(verified.status == Status::kOk);
  FRAMEFENCE_CHECK(verified.value.Fields() == grant.Fields());
  FRAMEFENCE_CHECK(relay::VerifyToken(token.text(), kOtherSecret).status == Status::kBadToken);

  std::string changed(token.text());
  if (changed[place % changed.size()] == other) return;
  changed[place % changed.size()] = other;
  FRAMEFENCE_CHECK(relay::VerifyToken(changed, kSecret).status != Status::kOk);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto verified = relay::VerifyToken(text, kSecret);
  if (verified.status == Status::kOk) {
    FRAMEFENCE_CHECK(relay::SignToken(verified.value, kSecret).text() == text);
  }
  fuzz::Input input(data, size);
  const auto place = input.Take<std::uint8_t>();
  const auto other = static_cast<char>(input.Take<std::uint8_t>());
  CheckSigned(TakeGrant(input), place, other);
  return 0;
}
