// What is still to happen in a simulated world, in the order of time; equal times in the order of
// scheduling.
#ifndef FRAMEFENCE_HARNESS_SIM_EVENT_QUEUE_H_
#define FRAMEFENCE_HARNESS_SIM_EVENT_QUEUE_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "harness/base/check.h"
#include "harness/base/ids.h"
#include "harness/base/virtual_time.h"
#include "harness/sim/upload.h"

namespace framefence::sim {

enum class EventKind : std::uint8_t {
  kUplinkPacket,       // a camera's datagram reaches the system under test
  kUplinkPiece,        // a piece of a camera's byte stream does
  kDownlinkPacket,     // a packet reaches a viewer
  kPublisherFeedback,  // RTCP of the system's reaches a camera
  kViewerFeedback,     // RTCP of a viewer's reaches the system
  kResend,             // a lost segment of a camera's byte stream is sent again
  kCameraTick,         // a camera that sends by its own clock makes its next frame
  kReportTick,         // a viewer session sends its receiver report
  kWritable,           // a viewer's channel, which was full, may have room again
};

struct Event {
  VirtualTime at;
  std::uint64_t order = 0;
  EventKind kind = EventKind::kCameraTick;
  std::uint32_t subject = 0;  // camera or viewer
  // Publisher or viewer session that it belongs to: of an ended one it is void or late.
  std::uint64_t session = 0;
  FrameRange frames;         // kUplinkPacket, kUplinkPiece
  std::uint32_t port = 0;    // likewise: where it was sent to
  bool foreign = false;      // likewise: from another address than its session's
  bool damaged = false;      // packets: the network changed bytes, or cut some off
  std::uint64_t hash = 0;    // kDownlinkPacket: of the bytes, unless they are damaged
  std::uint32_t buffer = 0;  // packets: index of the bytes
  std::uint32_t bytes = 0;   // packets
};

// A binary heap, and the bytes of packets in flight in a slab of equal buffers. Allocates only to
// grow beyond any load before.
class EventQueue {
 public:
  // The largest mtu_bytes of a world (cases/options.h) fits: jumbo frames.
  static constexpr std::size_t kPacketBytesMax = 9216;

  void Clear() {
    for (const Event& event : heap_) {
      if (HasPacket(event)) Release(event);
    }
    heap_.clear();
    next_order_ = 0;
  }

  bool empty() const { return heap_.empty(); }
  std::optional<VirtualTime> NextAt() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().at);
  }

  void Push(Event event) {
    event.order = next_order_++;
    heap_.push_back(event);
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }
  // Copies the packet. REQUIRES: packet.size() <= kPacketBytesMax.
  void PushPacket(Event event, std::span<const std::byte> packet) {
    FRAMEFENCE_CHECK(packet.size() <= kPacketBytesMax);
    event.buffer = TakeBuffer();
    event.bytes = static_cast<std::uint32_t>(packet.size());
    std::memcpy(slab_[event.buffer].data(), packet.data(), packet.size());
    Push(event);
  }

  // REQUIRES: !empty().
  Event Pop() {
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
  }

  static bool HasPacket(const Event& event) {
    switch (event.kind) {
      case EventKind::kUplinkPacket:
      case EventKind::kUplinkPiece:
      case EventKind::kDownlinkPacket:
      case EventKind::kPublisherFeedback:
      case EventKind::kViewerFeedback:
        return true;
      case EventKind::kResend:
      case EventKind::kCameraTick:
      case EventKind::kReportTick:
      case EventKind::kWritable:
        return false;
    }
    return false;
  }
  // Valid until Release(event). REQUIRES (both): HasPacket(event).
  std::span<const std::byte> PacketOf(const Event& event) const {
    return {slab_[event.buffer].data(), event.bytes};
  }
  void Release(const Event& event) { free_.push_back(event.buffer); }

 private:
  static bool Later(const Event& a, const Event& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }
  std::uint32_t TakeBuffer() {
    if (free_.empty()) {
      slab_.emplace_back();
      return static_cast<std::uint32_t>(slab_.size() - 1);
    }
    const std::uint32_t buffer = free_.back();
    free_.pop_back();
    return buffer;
  }

  std::vector<Event> heap_;
  std::deque<std::array<std::byte, kPacketBytesMax>> slab_;  // references stay valid as it grows
  std::vector<std::uint32_t> free_;
  std::uint64_t next_order_ = 0;
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_EVENT_QUEUE_H_
