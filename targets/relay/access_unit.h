// Where access units begin in a publisher session's packets, once they are in order (RFC 6184 5.1,
// RFC 7798 4.1: one RTP timestamp an access unit, the marker bit on its last packet).
#ifndef FRAMEFENCE_TARGETS_RELAY_ACCESS_UNIT_H_
#define FRAMEFENCE_TARGETS_RELAY_ACCESS_UNIT_H_

#include <cstdint>
#include <tuple>

#include "targets/relay/types.h"

namespace relay {

struct UnitPosition {
  bool contiguous = false;        // nothing is missing between the packet before and this one
  bool starts = false;            // as far as is known, an access unit starts here
  bool starts_for_sure = false;   // ... and none of it was lost
  bool first_of_session = false;  // nothing is known of what came before
};

// The packet before, if there was one.
struct PacketBefore {
  ExtendedSequence sequence = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  bool known = false;
  auto Fields() { return std::tie(sequence, timestamp, marker, known); }
};

class AccessUnitTracker {
 public:
  AccessUnitTracker() = default;
  // Of a session that has gone on up to that packet.
  explicit AccessUnitTracker(const PacketBefore& before) : before_(before) {}

  // REQUIRES: sequences rise within a session.
  UnitPosition Locate(ExtendedSequence sequence, std::uint32_t timestamp, bool marker,
                      bool starts_with_delimiter) {
    UnitPosition position;
    position.first_of_session = !before_.known;
    position.contiguous = before_.known && sequence == before_.sequence + 1;
    position.starts = !before_.known || before_.marker || timestamp != before_.timestamp;
    // A delimiter is always its access unit's first NAL unit (ITU-T H.264 7.4.1.2.3,
    // H.265 7.4.2.4.4).
    position.starts_for_sure = position.starts && (position.contiguous || starts_with_delimiter);
    before_ = {sequence, timestamp, marker, true};
    return position;
  }

  const PacketBefore& before() const { return before_; }

 private:
  PacketBefore before_;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_ACCESS_UNIT_H_
