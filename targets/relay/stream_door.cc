#include "targets/relay/stream_door.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>

namespace relay {
namespace {

using nlohmann::json;

// Counts brackets outside of strings, so that no parser is asked to go deep first.
bool IsTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kStreamRequestDepthMax) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

// The member, or null: also where `parent` is null or no object.
const json* Member(const json* parent, const char* key) {
  if (parent == nullptr || !parent->is_object()) return nullptr;
  const auto found = parent->find(key);
  return found == parent->end() ? nullptr : &*found;
}

// The only element of an array member, or null.
const json* OnlyOf(const json* parent, const char* key) {
  const json* array = Member(parent, key);
  return array != nullptr && array->is_array() && array->size() == 1 ? &array->front() : nullptr;
}

const std::string* StringOf(const json* value) {
  return value == nullptr ? nullptr : value->get_ptr<const std::string*>();
}
bool Is(const json* value, std::string_view text) {
  const std::string* string = StringOf(value);
  return string != nullptr && *string == text;
}

// One spelling a number: no sign, no leading zero, nothing after it.
std::optional<Name> NameOf(const json* id) {
  const std::string* text = StringOf(id);
  if (text == nullptr || text->empty() || (text->size() > 1 && text->front() == '0'))
    return std::nullopt;
  Name name;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, name.value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return name;
}

bool Accepts(const json* protocols, std::string_view protocol) {
  return protocols != nullptr && protocols->is_array() &&
         std::ranges::any_of(*protocols,
                             [protocol](const json& one) { return Is(&one, protocol); });
}

Status ReadRequest(std::string_view text, std::string_view protocol, StreamRequest& request) {
  if (text.size() > kStreamRequestBytesMax) return Status::kTooLarge;
  if (IsTooDeep(text)) return Status::kMalformed;
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const std::string* request_id = StringOf(Member(&document, "requestId"));
  if (request_id == nullptr) return Status::kMalformed;
  request.request_id = *request_id;

  const json* input = OnlyOf(&document, "inputs");
  const json* command = OnlyOf(Member(input, "payload"), "commands");
  const json* execution = OnlyOf(command, "execution");
  const json* params = Member(execution, "params");
  const std::optional<Name> name = NameOf(Member(OnlyOf(command, "devices"), "id"));
  if (!Is(Member(input, "intent"), "action.devices.EXECUTE") ||
      !Is(Member(execution, "command"), "action.devices.commands.GetCameraStream") ||
      params == nullptr || !name) {
    return Status::kMalformed;
  }
  request.name = *name;
  request.accepts_protocol = Accepts(Member(params, "SupportedStreamProtocols"), protocol);
  return Status::kOk;
}

json ResultFor(const StreamRequest& request, const StreamOffer& offer) {
  json result = {{"ids", {std::to_string(request.name.value)}}};
  if (offer.error != StreamError::kNone) {
    result["status"] = "ERROR";
    result["errorCode"] = ToString(offer.error);
    return result;
  }
  result["status"] = "SUCCESS";
  result["states"] = {{"cameraStreamAccessUrl", offer.access_url},
                      {"cameraStreamProtocol", offer.protocol},
                      {"cameraStreamAuthToken", offer.auth_token}};
  return result;
}

}  // namespace

std::string_view ToString(StreamError error) {
  static constexpr std::array<std::string_view, 7> kNames = {"",
                                                             "protocolError",
                                                             "deviceNotFound",
                                                             "authFailure",
                                                             "deviceOffline",
                                                             "functionNotSupported",
                                                             "resourceUnavailable"};
  return kNames[static_cast<std::size_t>(error)];
}

StreamError StreamErrorOf(Status status) {
  switch (status) {
    case Status::kOk:
      return StreamError::kNone;
    case Status::kUnknownId:
    case Status::kNotFound:
      return StreamError::kDeviceNotFound;
    case Status::kNotLinked:
    case Status::kSuspended:
    case Status::kRevoked:
      return StreamError::kAuthFailure;
    case Status::kMalformed:
    case Status::kTooLarge:
      return StreamError::kProtocolError;
    default:
      return StreamError::kResourceUnavailable;
  }
}

Answer<StreamRequest> ParseStreamRequest(std::string_view text,
                                         std::string_view protocol) noexcept {
  Answer<StreamRequest> answer;
  try {
    answer.status = ReadRequest(text, protocol, answer.value);
  } catch (const std::exception&) {
    answer.status = Status::kNoCapacity;  // no memory: nothing else throws here
  }
  return answer;
}

std::string FormatStreamOffer(const StreamRequest& request, const StreamOffer& offer) noexcept {
  try {
    json payload;
    if (offer.error == StreamError::kProtocolError) {
      payload = {{"errorCode", ToString(offer.error)}};  // of the request as a whole
    } else {
      payload["commands"] = json::array({ResultFor(request, offer)});
    }
    const json answer = {{"requestId", request.request_id}, {"payload", std::move(payload)}};
    return answer.dump(-1, ' ', false, json::error_handler_t::replace);
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace relay
