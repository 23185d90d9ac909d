// Fuzzes the integration's JSON door:
//   1. whatever was asked, the answer is JSON, and repeats the asker's request id;
//   2. the door's own form of what was understood, asked again, is understood the same;
//   3. refusals are of the kinds that the door documents.
#include <nlohmann/json.hpp>
#include <string>

#include "harness/base/check.h"
#include "targets/fuzz/fuzz_input.h"
#include "targets/relay/stream_door.h"

namespace {

using nlohmann::json;
using relay::Status;
using relay::StreamRequest;

constexpr std::string_view kProtocol = "hls";

// REQUIRES: the request id is UTF-8.
std::string Ask(const StreamRequest& request) {
  const json params = {{"SupportedStreamProtocols",
                        request.accepts_protocol ? json::array({kProtocol}) : json::array()}};
  const json execution = {{"command", "action.devices.commands.GetCameraStream"},
                          {"params", params}};
  const json device = {{"id", std::to_string(request.name.value)}};
  const json command = {{"devices", json::array({device})},
                        {"execution", json::array({execution})}};
  const json input = {{"intent", "action.devices.EXECUTE"},
                      {"payload", {{"commands", json::array({command})}}}};
  return json{{"requestId", request.request_id}, {"inputs", json::array({input})}}.dump();
}

void CheckAnswer(const StreamRequest& request, relay::StreamError error) {
  const std::string text =
      relay::FormatStreamOffer(request, {.error = error,
                                         .access_url = "https://relay.invalid/stream",
                                         .protocol = kProtocol,
                                         .auth_token = "t"});
  const json answer = json::parse(text, nullptr, /*allow_exceptions=*/false);
  FRAMEFENCE_CHECK(answer.is_object());
  FRAMEFENCE_CHECK(answer.at("requestId").get<std::string>() == request.request_id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = relay::ParseStreamRequest(text, kProtocol);
  const relay::StreamError error = relay::StreamErrorOf(parsed.status);
  CheckAnswer(parsed.value, error);
  if (parsed.status != Status::kOk) {
    FRAMEFENCE_CHECK(parsed.status == (size > relay::kStreamRequestBytesMax ? Status::kTooLarge
                                                                            : Status::kMalformed));
    return 0;
  }
  const std::string canonical = Ask(parsed.value);
  if (canonical.size() > relay::kStreamRequestBytesMax)
    return 0;  // control characters grow when they are escaped
  const auto again = relay::ParseStreamRequest(canonical, kProtocol);
  FRAMEFENCE_CHECK(again.status == Status::kOk);
  FRAMEFENCE_CHECK(again.value.request_id == parsed.value.request_id);
  FRAMEFENCE_CHECK(again.value.name == parsed.value.name);
  FRAMEFENCE_CHECK(again.value.accepts_protocol == parsed.value.accepts_protocol);
  return 0;
}
