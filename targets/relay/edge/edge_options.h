// How large an edge is, and what it promises in time; and the same of an origin.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_OPTIONS_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_OPTIONS_H_

#include <chrono>
#include <cstdint>

namespace relay::edge {

struct EdgeOptions {
  // Ids run from 0 to count - 1, as at the origin.
  std::uint32_t accounts = 4;
  std::uint32_t cameras = 4;
  std::uint32_t names = 2;
  std::uint32_t integrations = 1;  // at most kDoorsMax
  std::uint32_t viewers = 8;       // viewer sessions at a time
  std::uint32_t partitions = 4;    // cameras with viewer sessions at a time: room for a still each
  std::uint32_t still_bytes_max = 4096;

  std::uint32_t connections = 2;
  std::uint32_t pipeline_depth = 4;  // requests on a connection that are not answered yet

  // A request that is not answered so long after it was sent has failed; its reply may still come
  // for drain_wait, is read and dropped, and else its connection is closed.
  std::chrono::microseconds request_timeout = std::chrono::seconds(2);
  std::chrono::microseconds drain_wait = std::chrono::seconds(2);
  // Before a connection that was lost is opened again, and before a still is fetched again for
  // whose fetch there was no good answer.
  std::chrono::microseconds retry_wait = std::chrono::milliseconds(100);

  // Owner look-ups go out together: so many, or when the first has waited so long.
  std::uint32_t owners_per_batch = 16;  // at most kOwnersPerBatch
  std::chrono::microseconds batch_wait = std::chrono::milliseconds(2);
  // Taken off every lease: how far the edge's clock may lag behind the origin's over its length.
  std::chrono::microseconds lease_margin = std::chrono::milliseconds(50);
  // Before its lease is over, the owner of a camera with viewer sessions is looked up again.
  std::chrono::microseconds renew_before = std::chrono::seconds(3);

  // A still is served without asking the origin until so long after it was asked for; then it is
  // still served, and asked for anew; beyond still_age_max (ISO-005) it is never served. Ages count
  // from the camera's publishing it, not from the fetch.
  std::chrono::microseconds still_fresh = std::chrono::seconds(1);
  std::chrono::microseconds still_age_max = std::chrono::seconds(10);
  std::chrono::microseconds viewer_lifetime = std::chrono::seconds(300);
};

struct OriginOptions {
  std::uint32_t accounts = 4;
  std::uint32_t cameras = 4;
  std::uint32_t integrations = 1;  // at most kDoorsMax
  std::uint32_t edges = 2;         // at most kEdgesMax
  std::uint32_t connections = 4;   // of all edges
  std::uint32_t still_bytes_max = 4096;

  // What an owner look-up promises: that the edge is told of a change before it is acknowledged, for
  // so long. It bounds how long an edge that is not heard of can hold up a change.
  std::chrono::microseconds lease = std::chrono::seconds(10);
  std::uint32_t changes_max = 64;  // not yet acknowledged

  // An edge's owner look-ups beyond so many in a window are shed.
  std::uint32_t owners_per_window = 1000;
  std::chrono::microseconds window = std::chrono::milliseconds(100);

  // REQUIRES: no less than that of any edge. So long after an integration was restored no edge
  // serves through it, since edges hold stills from before.
  std::chrono::microseconds still_age_max = std::chrono::seconds(10);
};

inline constexpr std::uint32_t kEdgesMax = 64;

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_OPTIONS_H_
