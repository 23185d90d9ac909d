// What an edge has seen and refused, since Reset(). Only ever counted up.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_COUNTERS_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_COUNTERS_H_

#include <cstdint>

#include "targets/relay/counters.h"
#include "targets/relay/edge/wire.h"

namespace relay::edge {

// How a request to the origin ended.
enum class Ending : std::uint8_t {
  kAnswered,
  kTimedOut,
  kGivenUp,         // its asker lost interest
  kConnectionLost,  // before its reply
};
inline constexpr std::size_t kEndingCount = 4;

// How a look-up of a camera's owner ended.
enum class LookUp : std::uint8_t {
  kHeld,         // the camera's owner is known, under a lease
  kNotFound,     // the camera is bound to nobody
  kShed,         // by the origin
  kUnanswered,   // no reply, or none in it for this camera
  kInvalidated,  // something that it rests on changed while the answer was on its way
  kRefused,      // an answer that this edge cannot hold: ids or a lease out of range
};
inline constexpr std::size_t kLookUpCount = 6;

struct EdgeCounters {
  // The pool.
  Tally<WireParse, kWireParseCount> frames;
  Tally<Ending, kEndingCount> requests;
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_lost = 0;        // by the network, or because the origin was silent
  std::uint64_t connections_distrusted = 0;  // closed for what came on them
  std::uint64_t foreign_replies = 0;         // not to the request whose turn it was
  std::uint64_t replies_drained = 0;         // to requests that had been given up
  std::uint64_t stale_events = 0;            // of connections that were given up before

  // The directory.
  Tally<LookUp, kLookUpCount> look_ups;
  std::uint64_t foreign_entries = 0;  // for cameras that the request did not ask for
  std::uint64_t leases_lapsed = 0;
  Tally<Invalidation::Kind, Invalidation::kKinds> invalidations;

  // Stills.
  std::uint64_t fetches = 0;
  Tally<Outcome, kOutcomeCount> fetch_outcomes;
  StatusTally fills;        // what the core, and the bounds, made of stills that came
  StatusTally still_lends;  // what the core said where one was to be shown
  std::uint64_t revalidations = 0;

  StatusTally opens;  // OpenViewer()
  std::uint64_t sessions_dropped = 0;
};

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_COUNTERS_H_
