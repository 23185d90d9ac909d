// Puts one publisher session's packets in order: which are new, which are held for an earlier one,
// and for how long.
//
// It knows numbers only; the packets themselves lie where the owner keeps them. No allocation.
#ifndef FRAMEFENCE_TARGETS_RELAY_REORDER_WINDOW_H_
#define FRAMEFENCE_TARGETS_RELAY_REORDER_WINDOW_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "targets/relay/options.h"
#include "targets/relay/types.h"

namespace relay {

enum class Place : std::uint8_t {
  kNew,        // not seen before
  kDuplicate,  // held already
  kLate,       // before what has been released: a duplicate, or given up as lost
  kDoubtful,   // far from the sequence; believed if the next packet follows it (RFC 3550 A.1)
};
inline constexpr std::size_t kPlaceCount = 4;

// Numbers that are waited for: first + i for each bit i.
struct MissingPackets {
  ExtendedSequence first = 0;
  std::uint64_t mask = 0;
};

// Invariants: next_ is the first number not yet released or given up; bit i of held_ says that
// next_ + i is held, and bit 0 is set only between Hold() and Release(); gap_since_ is the arrival
// of the oldest held packet while one is held.
class ReorderWindow {
 public:
  // From here on `packets_max` numbers, 1..kReorderPacketsLimit, may be held at a time, for at most
  // `wait`.
  void Configure(std::uint32_t packets_max, std::chrono::microseconds wait);

  // A new publisher session on the same port: nothing is held, and numbers go on above all that
  // were seen before.
  void StartSession();

  // The port goes on where another process left it, at next() and started(). What was held is not:
  // should it come again, it comes under the number that it had. REQUIRES: Configure(), and no packet
  // since.
  void Resume(ExtendedSequence next, bool started) {
    next_ = next;
    started_ = started;
  }
  bool started() const { return started_; }  // the session has had a packet
  // next() of a port that has never had a session.
  static constexpr ExtendedSequence kFirst = kReorderPacketsLimit;

  // Where a packet belongs; `sequence` is meaningful on kNew only.
  Place Locate(std::uint16_t sequence_number, ExtendedSequence& sequence);

  // The same for a packet that was repaired. It fills gaps and does nothing else: kDoubtful where no
  // packet has been located yet, or where it would not fit; a retransmission that comes very late
  // must not pass for the sequence starting anew.
  Place LocateRepaired(std::uint16_t sequence_number, ExtendedSequence& sequence) const;

  // Whether `sequence` is too far ahead to be held, unless ReleaseBelow(Floor(sequence)) is drained
  // first.
  bool Fits(ExtendedSequence sequence) const { return sequence - next_ < packets_max_; }
  ExtendedSequence Floor(ExtendedSequence sequence) const { return sequence - packets_max_ + 1; }

  // Whether the packet need not be held: it is the next, and nothing waits for it. It counts as
  // released then. REQUIRES: as Hold().
  bool Pass(ExtendedSequence sequence) {
    if (held_ != 0 || sequence != next_) return false;
    ++next_;
    return true;
  }

  // Holds a packet. REQUIRES: Locate() has just said kNew; Fits(sequence).
  void Hold(ExtendedSequence sequence, Time now);

  // The next packet in order that is contiguous, or behind a gap that has waited long enough.
  std::optional<ExtendedSequence> Release(Time now);
  // The next held packet below `floor`, whatever gaps are before it; none: next() is `floor`.
  std::optional<ExtendedSequence> ReleaseBelow(ExtendedSequence floor);

  // When Release() has something to give although nothing more arrives.
  std::optional<Time> deadline() const;

  // What is waited for before the last packet that is held.
  MissingPackets missing() const;

  ExtendedSequence next() const { return next_; }
  std::uint64_t lost() const { return lost_; }  // numbers given up in this session

 private:
  ExtendedSequence PopAt(unsigned distance);

  // RFC 3550 A.1: MAX_DROPOUT and MAX_MISORDER.
  static constexpr std::uint16_t kDropoutMax = 3000;
  static constexpr std::uint16_t kMisorderMax = 100;

  ExtendedSequence next_ = 0;
  std::uint64_t held_ = 0;
  Time gap_since_{};
  std::uint64_t lost_ = 0;
  std::chrono::microseconds wait_{};
  std::uint32_t packets_max_ = 1;
  bool started_ = false;
  std::optional<std::uint16_t> doubtful_next_;
  std::array<Time, kReorderPacketsLimit> arrivals_{};  // of held packets, by number modulo its size
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_REORDER_WINDOW_H_
