// How large an edge is, and what it promises in time; and the same of an origin. Reset() refuses what is out of range.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_OPTIONS_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_OPTIONS_H_

#include <chrono>
#include <cstdint>

namespace relay::edge {

struct EdgeOptions {
  // Ids run from 0 to count - 1, as at the origin; what the origin says of others is refused.
  std::uint32_t accounts = 4;
  std::uint32_t cameras = 4;  // at least 1
  std::uint32_t names = 2;
  std::uint32_t integrations = 1;  // at most kIntegrationsMax
  std::uint32_t viewers = 8;       // viewer sessions at a time; beyond them, opening is refused
  // Cameras with viewer sessions at a time; beyond them, opening is refused. Each takes the memory of two stills.
  std::uint32_t partitions = 4;
  // The largest still, in bytes; a larger one is not shown.
  std::uint32_t still_bytes_max = 4096;

  // To the origin, opened as they are needed; at least 1. And the requests on each that are not answered yet; at least
  // 1. Who asks when all are taken waits, request_timeout at most.
  std::uint32_t connections = 2;
  std::uint32_t pipeline_depth = 4;

  // A connection that is not open so long after it was begun is given up, and another may be; above 0.
  std::chrono::microseconds open_timeout = std::chrono::seconds(2);
  // A request that is not answered so long after it was sent has failed; above 0. Its reply may still come for
  // drain_wait, 0 or more, and is read and dropped; else its connection is closed.
  std::chrono::microseconds request_timeout = std::chrono::seconds(2);
  std::chrono::microseconds drain_wait = std::chrono::seconds(2);
  // Before a connection that was lost is opened again, and before a still is fetched again for whose fetch there was
  // no good answer; above 0.
  std::chrono::microseconds retry_wait = std::chrono::milliseconds(100);

  // Owner look-ups go out together: so many, 1..kOwnersPerBatch, or when the first has waited so long, 0 or more.
  // Larger, the origin has fewer requests, and a camera's first viewer waits longer.
  std::uint32_t owners_per_batch = 16;
  std::chrono::microseconds batch_wait = std::chrono::milliseconds(2);
  // Taken off every lease, 0 or more: how far the edge's clock may lag behind the origin's over a lease's length. With
  // less than it lags, the edge may serve after the origin has acknowledged a revoke. A lease that is no longer than
  // this is refused.
  std::chrono::microseconds lease_margin = std::chrono::milliseconds(50);
  // Before its lease is over, the owner of a camera with viewer sessions is looked up again, by so much; above 0. A
  // renewal that fails is tried again after each quarter of it; one that never succeeds ends the sessions. No less than
  // the lease, less the margin: look-ups without a pause.
  std::chrono::microseconds renew_before = std::chrono::seconds(3);

  // A still is served without asking the origin until so long after it was asked for, 0 or more; then it is still
  // served, and asked for anew; beyond still_age_max (ISO-005), 0 or more, it is never served. Ages count from the
  // camera's publishing it, not from the fetch.
  std::chrono::microseconds still_fresh = std::chrono::seconds(1);
  std::chrono::microseconds still_age_max = std::chrono::seconds(10);
  // A viewer session is over so long after it was opened; above 0.
  std::chrono::microseconds viewer_lifetime = std::chrono::seconds(300);
};

struct OriginOptions {
  // Ids run from 0 to count - 1; what is beyond them no edge serves. Each camera, account, integration and link takes a
  // place in memory for a change that is not settled; all together below 2^32 - 1.
  std::uint32_t accounts = 4;
  std::uint32_t cameras = 4;
  std::uint32_t integrations = 1;  // at most kIntegrationsMax
  std::uint32_t edges = 2;         // at most kEdgesMax
  std::uint32_t connections = 4;   // of all edges
  // The largest still, in bytes; of a camera whose last is larger, edges are told that there is none.
  std::uint32_t still_bytes_max = 4096;

  // What an owner look-up promises: that the edge is told of a change before it is acknowledged, for
  // so long; above 0. It bounds how long an edge that is not heard of can hold up a change; shorter, there are more
  // renewals, and an edge that is cut off serves for less long.
  std::chrono::microseconds lease = std::chrono::seconds(10);

  // In each window, above 0, an edge's look-ups beyond so many are shed: of cameras that it holds a lease on, and of
  // all others, each counted apart. Fewer than an edge has partitions, divided by the windows in a lease, and leases
  // lapse.
  std::uint32_t owners_per_window = 1000;
  std::chrono::microseconds window = std::chrono::milliseconds(100);

  // REQUIRES: no less than that of any edge. So long after an integration was restored no edge
  // serves through it, since edges hold stills from before. 0 or more.
  std::chrono::microseconds still_age_max = std::chrono::seconds(10);
};

inline constexpr std::uint32_t kEdgesMax = 64;

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_OPTIONS_H_
