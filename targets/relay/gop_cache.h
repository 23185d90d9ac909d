// Which of a port's packet slots hold the GOP that a new viewer session needs: all since the last
// access unit began that can be decoded alone (H.264: IDR; H.265: IRAP).
#ifndef FRAMEFENCE_TARGETS_RELAY_GOP_CACHE_H_
#define FRAMEFENCE_TARGETS_RELAY_GOP_CACHE_H_

#include <algorithm>
#include <cstdint>

#include "targets/relay/access_unit.h"
#include "targets/relay/types.h"

namespace relay {

// Packets [begin, end) of one port, where some may have been lost. None: begin == end.
struct Gop {
  ExtendedSequence begin = 0;
  ExtendedSequence end = 0;
  bool empty() const { return begin == end; }
};

// A packet's slot is its number modulo the number of slots, so the cache is a ring, and an interval
// says all of it.
class GopCache {
 public:
  void StartSession(std::uint32_t packets_max) {
    packets_max_ = packets_max;
    gop_ = {};
    highest_ = 0;
    unit_start_known_ = false;
  }

  // A packet is about to take its slot. Gives up the GOP if the slot is one of its own; true if it
  // did: there is none until the next begins.
  bool MakeRoomFor(ExtendedSequence sequence) {
    highest_ = std::max(highest_, sequence);
    if (gop_.empty() || sequence - gop_.begin < packets_max_) return false;
    gop_ = {};
    return true;
  }

  // The next packet in order. True if a GOP begins with the access unit that it is of.
  bool Append(ExtendedSequence sequence, const UnitPosition& position, bool starts_random_access) {
    if (position.starts) {
      unit_begin_ = sequence;
      unit_start_known_ = position.starts_for_sure || position.first_of_session;
    }
    const bool begins = starts_random_access && unit_start_known_ &&
                        (gop_.empty() || gop_.begin != unit_begin_) &&
                        highest_ - unit_begin_ < packets_max_;
    if (begins) gop_.begin = unit_begin_;
    if (begins || !gop_.empty()) gop_.end = sequence + 1;
    return begins;
  }

  const Gop& gop() const { return gop_; }
  // Where the access unit of the newest packet in order begins, as far as it came.
  ExtendedSequence unit_begin() const { return unit_begin_; }

 private:
  Gop gop_;
  ExtendedSequence unit_begin_ = 0;
  ExtendedSequence highest_ = 0;  // that has taken its slot
  bool unit_start_known_ = false;
  std::uint32_t packets_max_ = 1;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_GOP_CACHE_H_
