// Timers: at most one for each of n items, soonest first.
#ifndef FRAMEFENCE_TARGETS_RELAY_DEADLINE_QUEUE_H_
#define FRAMEFENCE_TARGETS_RELAY_DEADLINE_QUEUE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "targets/relay/types.h"

namespace relay {

// A ring of links sorted by deadline, in one array. Set() looks for the place from the far end, so
// that it is O(1) where each deadline is one fixed wait from now, as nearly all here are. Allocates
// in Reset() only, to grow.
class DeadlineQueue {
 public:
  // Items are 0..count - 1; none has a deadline.
  void Reset(std::uint32_t count) {
    links_.assign(count + std::size_t{1}, Link{});
    head_ = count;
    links_[head_] = {head_, head_, Time{}};
  }

  // Gives the item a deadline, in place of any that it has.
  void Set(std::uint32_t item, Time deadline) {
    Clear(item);
    std::uint32_t before = links_[head_].previous;
    while (before != head_ && deadline < links_[before].deadline) before = links_[before].previous;
    const std::uint32_t after = links_[before].next;
    links_[item] = {before, after, deadline};
    links_[before].next = item;
    links_[after].previous = item;
  }

  bool Has(std::uint32_t item) const { return links_[item].next != kNone; }

  void Clear(std::uint32_t item) {
    Link& link = links_[item];
    if (link.next == kNone) return;
    links_[link.previous].next = link.next;
    links_[link.next].previous = link.previous;
    link.next = kNone;
  }

  std::optional<Time> next() const {
    const std::uint32_t first = links_[head_].next;
    if (first == head_) return std::nullopt;
    return links_[first].deadline;
  }

  // Takes out the soonest item whose deadline is not after `now`.
  std::optional<std::uint32_t> PopDue(Time now) {
    const std::uint32_t first = links_[head_].next;
    if (first == head_ || now < links_[first].deadline) return std::nullopt;
    Clear(first);
    return first;
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  struct Link {
    std::uint32_t previous = kNone;
    std::uint32_t next = kNone;  // kNone: not in the ring
    Time deadline{};
  };
  std::vector<Link> links_ = std::vector<Link>(1);  // so that Reset(0) never allocates
  std::uint32_t head_ = 0;                          // the link that is no item
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_DEADLINE_QUEUE_H_
