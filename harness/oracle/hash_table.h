// A map from 64 well-mixed bits to a number, emptied in no time.
#ifndef FRAMEFENCE_HARNESS_ORACLE_HASH_TABLE_H_
#define FRAMEFENCE_HARNESS_ORACLE_HASH_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace framefence::oracle {

// Open addressing with linear probing. Allocates only when it holds more keys than ever before.
class HashTable {
 public:
  static constexpr std::uint32_t kNone = ~0U;

  // What `key` stands for, or kNone.
  std::uint32_t Find(std::uint64_t key) const {
    for (std::size_t i = key & mask_;; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.generation != generation_) return kNone;
      if (slot.key == key) return slot.value;
    }
  }

  // Of a key that is there already the value is replaced.
  void Set(std::uint64_t key, std::uint32_t value) {
    if (2 * (size_ + 1) > slots_.size()) Grow();
    std::size_t i = key & mask_;
    while (slots_[i].generation == generation_ && slots_[i].key != key) i = (i + 1) & mask_;
    if (slots_[i].generation != generation_) ++size_;
    slots_[i] = {.key = key, .value = value, .generation = generation_};
  }

  void Clear() {
    size_ = 0;
    if (++generation_ != 0) return;
    slots_.assign(slots_.size(), {});  // once in 2^32 times
    generation_ = 1;
  }

  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t value = 0;
    std::uint32_t generation = 0;  // empty unless it is the table's
  };

  void Grow() {
    std::vector<Slot> old(2 * slots_.size());
    std::swap(old, slots_);
    mask_ = slots_.size() - 1;
    size_ = 0;
    for (const Slot& slot : old) {
      if (slot.generation == generation_) Set(slot.key, slot.value);
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::size_t mask_ = 63;
  std::size_t size_ = 0;
  std::uint32_t generation_ = 1;
};

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_HASH_TABLE_H_
