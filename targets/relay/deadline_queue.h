// Timers: at most one for each of n items, soonest first.
#ifndef FRAMEFENCE_TARGETS_RELAY_DEADLINE_QUEUE_H_
#define FRAMEFENCE_TARGETS_RELAY_DEADLINE_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "targets/relay/core/large_vector.h"
#include "targets/relay/types.h"

namespace relay {

// A heap whose nodes have four children, and the place of each item in it: whatever the order in
// which deadlines come, each call is O(log n); Set() is O(1) for an item that has none, where no
// deadline is later. Of equal deadlines any may be the first. Allocates in Reset() only, to grow.
class DeadlineQueue {
 public:
  // Items are 0..count - 1; none has a deadline.
  void Reset(std::uint32_t count) {
    places_.assign(count, kNone);
    heap_.clear();
    heap_.reserve(count);
  }

  // Gives the item a deadline, in place of any that it has.
  void Set(std::uint32_t item, Time deadline) {
    if (!Has(item)) {
      heap_.push_back({});
      MoveUp(static_cast<std::uint32_t>(heap_.size() - 1), {deadline, item});
    } else {
      Move(places_[item], {deadline, item});
    }
  }

  bool Has(std::uint32_t item) const { return places_[item] != kNone; }

  void Clear(std::uint32_t item) {
    if (!Has(item)) return;
    const std::uint32_t place = std::exchange(places_[item], kNone);
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place < heap_.size()) Move(place, last);
  }

  std::optional<Time> next() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.front().deadline;
  }

  // Takes out an item whose deadline is the soonest and not after `now`.
  std::optional<std::uint32_t> PopDue(Time now) {
    if (heap_.empty() || now < heap_.front().deadline) return std::nullopt;
    const std::uint32_t item = heap_.front().item;
    Clear(item);
    return item;
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr std::size_t kChildren = 4;

  struct Entry {
    Time deadline{};
    std::uint32_t item = 0;
  };

  void Put(std::size_t place, const Entry& entry) {
    heap_[place] = entry;
    places_[entry.item] = static_cast<std::uint32_t>(place);
  }

  // Puts the entry where the place's own was, or where it belongs from there.
  void Move(std::size_t place, const Entry& entry) {
    if (entry.deadline < heap_[place].deadline) {
      MoveUp(place, entry);
    } else {
      MoveDown(place, entry);
    }
  }

  void MoveUp(std::size_t place, const Entry& entry) {
    while (place != 0) {
      const std::size_t parent = (place - 1) / kChildren;
      if (!(entry.deadline < heap_[parent].deadline)) break;
      Put(place, heap_[parent]);
      place = parent;
    }
    Put(place, entry);
  }

  void MoveDown(std::size_t place, const Entry& entry) {
    for (;;) {
      const std::size_t first = place * kChildren + 1;
      const std::size_t end = std::min(first + kChildren, heap_.size());
      std::size_t soonest = place;
      const Entry* found = &entry;
      for (std::size_t child = first; child < end; ++child) {
        if (!(heap_[child].deadline < found->deadline)) continue;
        soonest = child;
        found = &heap_[child];
      }
      if (soonest == place) break;
      Put(place, heap_[soonest]);
      place = soonest;
    }
    Put(place, entry);
  }

  core::LargeVector<Entry> heap_;
  core::LargeVector<std::uint32_t> places_;  // by item, in heap_; kNone: it has no deadline
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_DEADLINE_QUEUE_H_
