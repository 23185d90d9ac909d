// Where access units begin in a publisher session's packets, once they are in order (RFC 6184 5.1,
// RFC 7798 4.1: one RTP timestamp an access unit, the marker bit on its last packet).
#ifndef FRAMEFENCE_TARGETS_RELAY_ACCESS_UNIT_H_
#define FRAMEFENCE_TARGETS_RELAY_ACCESS_UNIT_H_

#include <cstdint>

#include "targets/relay/types.h"

namespace relay {

struct UnitPosition {
  bool contiguous = false;        // nothing is missing between the packet before and this one
  bool starts = false;            // as far as is known, an access unit starts here
  bool starts_for_sure = false;   // ... and none of it was lost
  bool first_of_session = false;  // nothing is known of what came before
};

class AccessUnitTracker {
 public:
  // REQUIRES: sequences rise within a session.
  UnitPosition Locate(ExtendedSequence sequence, std::uint32_t timestamp, bool marker,
                      bool starts_with_delimiter) {
    UnitPosition position;
    position.first_of_session = !started_;
    position.contiguous = started_ && sequence == last_sequence_ + 1;
    position.starts = !started_ || last_marker_ || timestamp != last_timestamp_;
    // A delimiter is always its access unit's first NAL unit (ITU-T H.264 7.4.1.2.3,
    // H.265 7.4.2.4.4).
    position.starts_for_sure = position.starts && (position.contiguous || starts_with_delimiter);
    started_ = true;
    last_sequence_ = sequence;
    last_timestamp_ = timestamp;
    last_marker_ = marker;
    return position;
  }

 private:
  ExtendedSequence last_sequence_ = 0;
  std::uint32_t last_timestamp_ = 0;
  bool last_marker_ = false;
  bool started_ = false;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_ACCESS_UNIT_H_
