// The relay's words, by their short names.
#ifndef FRAMEFENCE_TARGETS_RELAY_TYPES_H_
#define FRAMEFENCE_TARGETS_RELAY_TYPES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>

#include "targets/relay/core/decision_core.h"
#include "targets/relay/core/native_machine.h"

namespace relay {

using Machine = core::NativeMachine;
using Core = core::DecisionCore<Machine>;

using Account = Machine::Account;
using Camera = Machine::Camera;
using Name = Machine::Name;
using Integration = Machine::Integration;
using Viewer = Machine::Viewer;
using Port = Machine::Port;
using Slot = Machine::Slot;
using Generation = Machine::Generation;
using Time = Machine::Time;
using Length = Machine::Length;
using Source = Machine::Source;
using Ssrc = Machine::Ssrc;

using Grant = core::Grant<Machine>;
using Lease = core::Lease<Machine>;
using Admission = core::Admission<Machine>;
using Filling = core::Filling<Machine>;
using PortRecord = core::PortRecord<Machine>;
template <class Value>
using Answer = core::Answer<Value>;

using core::kCacheLineBytes;

// A viewer session: its place, and which of the place's sessions it is.
struct ViewerHandle {
  Viewer viewer;
  Generation generation;
  friend bool operator==(const ViewerHandle&, const ViewerHandle&) = default;
};

// The RTP streams of a publisher session, by their SSRCs, as its description says (RFC 5576 4.2,
// RFC 5956 4.3). Default-made: it says nothing, and what is sent must prove itself (RFC 3550 6.2.1);
// then there are no repair streams, for nobody knows of what.
struct PublisherStreams {
  PublisherStreams() = default;
  // Implicit: most publishers send one stream.
  PublisherStreams(Ssrc of_media, std::optional<Ssrc> of_retransmission = std::nullopt,
                   std::optional<Ssrc> of_repair = std::nullopt)
      : media(of_media), retransmission(of_retransmission), repair(of_repair) {}

  std::optional<Ssrc> media;
  std::optional<Ssrc> retransmission;  // RFC 4588
  std::optional<Ssrc> repair;          // RFC 8627

  // Whether each has an SSRC of its own, and something to repair if it repairs.
  bool IsWellFormed() const {
    if (!media) return !retransmission && !repair;
    return media != retransmission && media != repair && (!repair || repair != retransmission);
  }
};

// A sequence number counted on over its wraps (RFC 3550 A.1), and over a port's publisher sessions:
// on one port equal numbers mean the same packet.
using ExtendedSequence = std::uint64_t;

// The earlier of the times that there are.
constexpr std::optional<Time> Soonest(std::initializer_list<std::optional<Time>> times) {
  std::optional<Time> soonest;
  for (const std::optional<Time>& time : times) {
    if (time && (!soonest || *time < *soonest)) soonest = time;
  }
  return soonest;
}

constexpr Time Later(Time time, std::chrono::microseconds wait) {
  return Time(time.value + static_cast<std::uint64_t>(wait.count()));
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_TYPES_H_
