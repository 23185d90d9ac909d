#include "targets/relay/repair_streams.h"

namespace relay {
namespace {

Status StatusOf(RtxParse parsed) {
  switch (parsed) {
    case RtxParse::kOk:
      return Status::kOk;
    case RtxParse::kForeignSource:
      return Status::kForeignSource;
    default:
      return Status::kMalformed;
  }
}

Status StatusOf(FecPlace place) {
  switch (place) {
    case FecPlace::kForeignSource:
      return Status::kForeignSource;
    case FecPlace::kTooWide:
    case FecPlace::kTooLarge:
      return Status::kTooLarge;
    default:
      return Status::kOk;
  }
}

}  // namespace

std::uint64_t RepairStreams::ByteCount(const Options& options) {
  if (options.fec_packets_max == 0) return 0;
  constexpr std::uint64_t kOthers = FecDecoder::kFecPacketsMax + 1;  // and the one recovered
  return options.ports * (options.fec_packets_max + kOthers) * options.packet_bytes_max;
}

void RepairStreams::Reset(const Options& options) {
  options_ = options;
  streams_.assign(options.ports, {});
  recovers_ = options.fec_packets_max > 0;
  if (!recovers_) return;
  if (decoders_.size() < options.ports) decoders_.resize(options.ports);
  for (std::uint32_t i = 0; i < options.ports; ++i)
    decoders_[i].Reset(options.fec_packets_max, options.packet_bytes_max);
}

void RepairStreams::StartSession(Port port, const PublisherStreams& streams) {
  streams_[port.value] = streams;
  if (recovers_ && streams.repair)
    decoders_[port.value].StartSession(streams.media->value, streams.repair->value);
}

RepairKind RepairStreams::KindOf(Port port, std::uint8_t payload_type) const {
  const PublisherStreams& streams = streams_[port.value];
  if (payload_type == options_.payload_type_rtx || payload_type == options_.payload_type_rtx_h265)
    return streams.retransmission ? RepairKind::kRetransmission : RepairKind::kNone;
  const bool is_fec = payload_type == options_.payload_type_fec && recovers_ && streams.repair;
  return is_fec ? RepairKind::kFec : RepairKind::kNone;
}

Status RepairStreams::Unwrap(Port port, std::span<const std::byte> datagram, const RtpPacket& rtx,
                             RtpPacket& original) {
  if (datagram.size() > options_.packet_bytes_max + kRtxOsnBytes) return Status::kTooLarge;
  const PublisherStreams& streams = streams_[port.value];
  const bool is_h264 = rtx.payload_type == options_.payload_type_rtx;
  const RtxAssociation association{
      .ssrc = streams.retransmission->value,
      .original_ssrc = streams.media->value,
      .payload_type = rtx.payload_type,
      .original_payload_type = is_h264 ? options_.payload_type : options_.payload_type_h265};
  const RtxParse parsed = UnwrapRtx(rtx, association, original);
  counters_.rtx.Count(parsed);
  return StatusOf(parsed);
}

Status RepairStreams::Parse(std::span<const std::byte> datagram, FecPacket& fec) {
  const FecParse parsed = ParseFec(datagram, fec);
  counters_.fec.Count(parsed);
  return parsed == FecParse::kOk ? Status::kOk : Status::kMalformed;
}

Status RepairStreams::Keep(Port port, const FecPacket& fec) {
  const FecPlace place = decoders_[port.value].OnFec(fec);
  counters_.fec_places.Count(place);
  return StatusOf(place);
}

// A repair packet that cannot be right is spent, and the next one asked.
std::optional<std::span<const std::byte>> RepairStreams::Recover(Port port) {
  if (!streams_[port.value].repair) return std::nullopt;
  std::span<const std::byte> datagram;
  for (;;) {
    const FecRecovery recovery = decoders_[port.value].Recover(datagram);
    if (recovery == FecRecovery::kNothing) return std::nullopt;
    counters_.fec_recoveries.Count(recovery);
    if (recovery == FecRecovery::kRecovered) return datagram;
  }
}

}  // namespace relay
