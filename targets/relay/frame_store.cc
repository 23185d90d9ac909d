#include "targets/relay/frame_store.h"

namespace relay {
namespace {

constexpr std::size_t RoundUp(std::size_t bytes) {
  return (bytes + kCacheLineBytes - 1) / kCacheLineBytes * kCacheLineBytes;
}

}  // namespace

Length WritePacket(const StoredPacket& packet, std::span<std::byte> space) {
  const PacketPrefix prefix{packet.sequence, packet.timestamp, packet.marker ? 1U : 0U};
  std::memcpy(space.data(), &prefix, sizeof prefix);
  std::memcpy(space.data() + sizeof prefix, packet.payload.data(), packet.payload.size());
  return Length(static_cast<std::uint32_t>(sizeof prefix + packet.payload.size()));
}

std::uint64_t FrameStore::SlotCount(const Options& options) {
  return std::uint64_t{options.ports} * (std::uint64_t{options.gop_packets_max} + kStillsPerPort);
}

std::uint64_t FrameStore::ByteCount(const Options& options) {
  const std::uint64_t partition =
      options.gop_packets_max * RoundUp(kPacketPrefixBytes + options.packet_bytes_max) +
      kStillsPerPort * RoundUp(options.still_bytes_max);
  return options.ports * partition;
}

void FrameStore::Reset(const Options& options) {
  packets_per_port_ = options.gop_packets_max;
  packet_slots_ = options.ports * options.gop_packets_max;
  packet_stride_ = RoundUp(kPacketPrefixBytes + options.packet_bytes_max);
  still_stride_ = RoundUp(options.still_bytes_max);
  GrowTo(std::size_t{packet_slots_} * packet_stride_, packets_);
  GrowTo(std::size_t{options.ports} * kStillsPerPort * still_stride_, stills_);
}

void FrameStore::GrowTo(std::size_t bytes, Arena& arena) {
  if (bytes <= arena.size()) return;
  arena = Arena();  // the old one goes first: both at once may not fit
  arena.resize(bytes);
}

}  // namespace relay
