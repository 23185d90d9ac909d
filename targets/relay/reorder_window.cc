#include "targets/relay/reorder_window.h"

#include <algorithm>
#include <bit>

namespace relay {
namespace {

// The nearest number at or above `from` whose low 16 bits are `sequence_number`.
ExtendedSequence Above(ExtendedSequence from, std::uint16_t sequence_number) {
  return from + static_cast<std::uint16_t>(sequence_number - static_cast<std::uint16_t>(from));
}

}  // namespace

void ReorderWindow::Configure(std::uint32_t packets_max, std::chrono::microseconds wait) {
  packets_max_ = packets_max;
  wait_ = wait;
  next_ = 0;
  StartSession();
}

void ReorderWindow::StartSession() {
  next_ += kReorderPacketsLimit;  // above whatever was held
  held_ = 0;
  lost_ = 0;
  started_ = false;
  doubtful_next_.reset();
}

Place ReorderWindow::Locate(std::uint16_t sequence_number, ExtendedSequence& sequence) {
  if (!started_) {
    next_ = Above(next_, sequence_number);
    started_ = true;
  }
  const auto ahead =
      static_cast<std::uint16_t>(sequence_number - static_cast<std::uint16_t>(next_));
  const auto behind = static_cast<std::uint16_t>(-ahead);
  if (ahead >= kDropoutMax && behind > kMisorderMax && doubtful_next_ != sequence_number) {
    doubtful_next_ = static_cast<std::uint16_t>(sequence_number + 1);
    return Place::kDoubtful;
  }
  if (ahead >= kDropoutMax && behind <= kMisorderMax) return Place::kLate;
  doubtful_next_.reset();
  sequence = next_ + ahead;
  if (ahead < packets_max_ && (held_ >> ahead & 1U) != 0) return Place::kDuplicate;
  return Place::kNew;
}

Place ReorderWindow::LocateRepaired(std::uint16_t sequence_number,
                                    ExtendedSequence& sequence) const {
  constexpr std::uint16_t kHalf = 0x8000;
  if (!started_) return Place::kDoubtful;
  const auto ahead =
      static_cast<std::uint16_t>(sequence_number - static_cast<std::uint16_t>(next_));
  if (ahead >= packets_max_) return ahead < kHalf ? Place::kDoubtful : Place::kLate;
  sequence = next_ + ahead;
  return (held_ >> ahead & 1U) != 0 ? Place::kDuplicate : Place::kNew;
}

void ReorderWindow::Hold(ExtendedSequence sequence, Time now) {
  arrivals_[sequence % kReorderPacketsLimit] = now;
  if (held_ == 0) gap_since_ = now;
  held_ |= std::uint64_t{1} << (sequence - next_);
}

std::optional<ExtendedSequence> ReorderWindow::Release(Time now) {
  if (held_ == 0) return std::nullopt;
  const auto distance = static_cast<unsigned>(std::countr_zero(held_));
  if (distance > 0 && now < Later(gap_since_, wait_)) return std::nullopt;
  return PopAt(distance);
}

std::optional<ExtendedSequence> ReorderWindow::ReleaseBelow(ExtendedSequence floor) {
  if (floor <= next_) return std::nullopt;
  const auto distance = static_cast<unsigned>(std::countr_zero(held_));
  if (held_ != 0 && next_ + distance < floor) return PopAt(distance);
  const ExtendedSequence skipped = floor - next_;
  held_ = skipped < kReorderPacketsLimit ? held_ >> skipped : 0;
  lost_ += skipped;
  next_ = floor;
  return std::nullopt;
}

std::optional<Time> ReorderWindow::deadline() const {
  if (held_ == 0) return std::nullopt;
  return Later(gap_since_, wait_);
}

MissingPackets ReorderWindow::missing() const {
  if (held_ == 0) return {next_, 0};
  return {next_, ~held_ & (std::bit_floor(held_) - 1)};
}

ExtendedSequence ReorderWindow::PopAt(unsigned distance) {
  const ExtendedSequence sequence = next_ + distance;
  lost_ += distance;
  next_ = sequence + 1;
  held_ = held_ >> distance >> 1;
  // A gap is as old as the oldest packet that waits behind it.
  if (held_ != 0) {
    gap_since_ = Time(~std::uint64_t{0});
    for (std::uint64_t bits = held_; bits != 0; bits &= bits - 1) {
      const ExtendedSequence held = next_ + static_cast<unsigned>(std::countr_zero(bits));
      gap_since_ = std::min(gap_since_, arrivals_[held % kReorderPacketsLimit]);
    }
  }
  return sequence;
}

}  // namespace relay
