// Where frames lie: packet slots and still slots, in arenas of fixed size. Bytes are never cleared.
// That nobody sees what a slot held before is the core's work: bytes are written under a Filling
// and read under a Lease, and there is no other way to them.
#ifndef FRAMEFENCE_TARGETS_RELAY_FRAME_STORE_H_
#define FRAMEFENCE_TARGETS_RELAY_FRAME_STORE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "targets/relay/core/large_vector.h"
#include "targets/relay/options.h"
#include "targets/relay/types.h"

namespace relay {

inline constexpr std::uint32_t kStillsPerPort = 2;  // the last good one, and the one being filled

// A stored packet: kPacketPrefixBytes of what its header said, then its payload, all within the
// bytes that are leased.
struct StoredPacket {
  ExtendedSequence sequence = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  std::span<const std::byte> payload;
};
struct PacketPrefix {
  ExtendedSequence sequence;
  std::uint32_t timestamp;
  std::uint32_t marker;
};
inline constexpr std::size_t kPacketPrefixBytes = 16;
static_assert(sizeof(PacketPrefix) == kPacketPrefixBytes);

// Writes a packet to the front of `space` and answers its length. REQUIRES: it fits.
Length WritePacket(const StoredPacket& packet, std::span<std::byte> space);
// REQUIRES: `bytes` begins with what WritePacket wrote. Inline: one for each packet and viewer.
inline StoredPacket ReadPacket(std::span<const std::byte> bytes) {
  PacketPrefix prefix;
  std::memcpy(&prefix, bytes.data(), sizeof prefix);
  return {prefix.sequence, prefix.timestamp, prefix.marker != 0, bytes.subspan(sizeof prefix)};
}

// Slots 0.. are packets, port by port, then stills, port by port: a port's slots are its own, so no
// load on one account's cameras evicts another's frames.
class FrameStore {
 public:
  // How many slots the options ask for; above 2^32 - 1 they ask too much.
  static std::uint64_t SlotCount(const Options& options);

  // What they take: a port's partition is fixed, so all of it is taken from the start. Bytes.
  static std::uint64_t ByteCount(const Options& options);

  // Allocates only to grow beyond any size before.
  void Reset(const Options& options);

  Slot PacketSlot(Port port, ExtendedSequence sequence) const {
    return Slot(port.value * packets_per_port_ +
                (static_cast<std::uint32_t>(sequence) & (packets_per_port_ - 1)));
  }
  // side: 0..kStillsPerPort - 1.
  Slot StillSlot(Port port, std::uint32_t side) const {
    return Slot(packet_slots_ + port.value * kStillsPerPort + side);
  }

  // Says that the slot's first bytes will be written soon. REQUIRES: there is such a slot.
  void Prefetch(Slot slot, std::size_t bytes) const {
    const std::byte* const begin = (IsPacket(slot) ? packets_ : stills_).data() + OffsetOf(slot);
    for (std::size_t i = 0; i < bytes; i += kCacheLineBytes) __builtin_prefetch(begin + i, 1);
  }
  // All of the slot that is being filled.
  std::span<std::byte> Space(const Filling& filling) {
    const Slot slot = filling.slot();
    return {(IsPacket(slot) ? packets_ : stills_).data() + OffsetOf(slot),
            IsPacket(slot) ? packet_stride_ : still_stride_};
  }
  // What may be shown.
  std::span<const std::byte> Bytes(const Lease& lease) const {
    const Slot slot = lease.slot();
    return {(IsPacket(slot) ? packets_ : stills_).data() + OffsetOf(slot), lease.length().value};
  }

 private:
  using Arena = core::LargeVector<std::byte>;
  static void GrowTo(std::size_t bytes, Arena& arena);

  bool IsPacket(Slot slot) const { return slot.value < packet_slots_; }
  // In its arena, in bytes.
  std::size_t OffsetOf(Slot slot) const {
    return IsPacket(slot) ? slot.value * packet_stride_
                          : (slot.value - packet_slots_) * still_stride_;
  }

  std::uint32_t packets_per_port_ = 1;
  std::uint32_t packet_slots_ = 0;
  std::size_t packet_stride_ = 0;
  std::size_t still_stride_ = 0;
  Arena packets_;
  Arena stills_;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_FRAME_STORE_H_
