// What a path step sets of a link: a network by name, or one property.
#ifndef FRAMEFENCE_HARNESS_SIM_PATH_CHANGE_H_
#define FRAMEFENCE_HARNESS_SIM_PATH_CHANGE_H_

#include <cstdint>

#include "harness/base/virtual_time.h"
#include "harness/cases/schema.h"
#include "harness/cases/step.h"
#include "harness/net/link.h"

namespace framefence::sim {

// Recorded networks. They belong to the run, not to the case, which names no file. Null: none is
// loaded. They outlive the world that they are given to.
struct Recordings {
  const net::DeliveryTrace* capacity = nullptr;
  const net::ErrorPattern* losses = nullptr;
  friend bool operator==(const Recordings&, const Recordings&) = default;
};

struct PathChange {
  cases::PathProperty sets = cases::PathProperty::kClear;
  // What the fields of that property say, in their units.
  std::uint32_t value = 0;   // preset, latency, spread, rate, offset, a chance, or a length
  std::uint32_t beside = 0;  // queue_bytes, bytes_min, gap, or every_ms
  net::Jitter jitter = net::Jitter::kNone;
  bool overtakes = false;
  friend bool operator==(const PathChange&, const PathChange&) = default;
};

// REQUIRES: a path step.
PathChange DecodePathChange(const cases::Step& step);

// From the next packet on. Every change makes a valid link: what two fields contradict each other in
// gives way. `uplink`: which direction of a preset it is.
void ChangePath(const PathChange& change, bool uplink, const Recordings& recordings,
                VirtualTime now, net::Link& link);

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_PATH_CHANGE_H_
