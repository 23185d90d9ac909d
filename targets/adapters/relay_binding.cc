#include "targets/adapters/relay_binding.h"

#include <fmt/core.h>

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

namespace adapters {

namespace contract = framefence::contract;
using framefence::VirtualTime;

namespace {

// What a client chooses may be what another chose: few different request ids make them meet.
constexpr std::uint64_t kRequestIds = 2;

}  // namespace

relay::Time TimeOf(VirtualTime time) {
  return relay::Time(static_cast<std::uint64_t>(framefence::Microseconds(time)));
}

std::optional<VirtualTime> ToVirtualTime(std::optional<relay::Time> time) {
  if (!time) return std::nullopt;
  return VirtualTime(std::chrono::microseconds(static_cast<std::int64_t>(time->value)));
}

contract::Status ToContract(relay::Status status) {
  switch (status) {
    case relay::Status::kOk:
      return contract::Status::kOk;
    case relay::Status::kNoCapacity:
      return contract::Status::kNoCapacity;
    default:
      return contract::Status::kRefused;
  }
}

relay::Options OptionsOf(const contract::Deployment& deployment) {
  relay::Options options;
  options.accounts = deployment.accounts;
  options.cameras = deployment.cameras;
  options.names = deployment.names;
  options.integrations = deployment.integrations;
  options.ports = deployment.publishers;
  options.viewers = deployment.viewers;
  options.gop_packets_max = std::bit_ceil(deployment.gop_packets_max);
  options.reorder_packets_max = std::min(options.reorder_packets_max, options.gop_packets_max);
  options.queue_packets_max =
      std::max(1U, options.gop_packets_max / 8);  // runs over in short cases
  options.packet_bytes_max = deployment.datagram_bytes_max;
  options.payload_type = contract::kPayloadTypeH264;
  options.payload_type_h265 = contract::kPayloadTypeH265;
  options.payload_type_rtx = contract::kPayloadTypeRtx;
  options.payload_type_rtx_h265 = contract::kPayloadTypeRtxH265;
  options.payload_type_fec = contract::kPayloadTypeFec;
  options.fec_packets_max = deployment.fec_packets_max;
  options.still_bytes_max = deployment.frame_bytes_max;
  options.still_age_max = deployment.still_age_max;
  options.token_lifetime = deployment.token_lifetime;
  options.publisher_timeout = deployment.publisher_timeout;
  options.still_fallback = deployment.still_fallback;
  // Repeatable on purpose: a case must replay. A real embedder draws it.
  std::memcpy(options.secret.data(), &deployment.seed, sizeof deployment.seed);
  return options;
}

std::string StreamQuestion(const contract::Request& request) {
  return fmt::format(
      R"({{"requestId":"{}","inputs":[{{"intent":"action.devices.EXECUTE",)"
      R"("payload":{{"commands":[{{"devices":[{{"id":"{}"}}],)"
      R"("execution":[{{"command":"action.devices.commands.GetCameraStream",)"
      R"("params":{{"StreamToChromecast":true,)"
      R"("SupportedStreamProtocols":["hls","progressive_mp4","webrtc"]}}}}]}}]}}}}]}})",
      request.number % kRequestIds, request.name.value);
}

std::string TokenIn(std::string_view answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json::json_pointer token("/payload/commands/0/states/cameraStreamAuthToken");
  return json.is_object() && json.contains(token) && json[token].is_string()
             ? json[token].get<std::string>()
             : std::string();
}

}  // namespace adapters
