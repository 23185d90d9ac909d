// A list with room for `size_max` values in itself: for what a packet can hold much of, and the
// relay takes so much of and no more.
#ifndef FRAMEFENCE_TARGETS_RELAY_FIXED_LIST_H_
#define FRAMEFENCE_TARGETS_RELAY_FIXED_LIST_H_

#include <array>
#include <cstddef>

namespace relay {

template <class Value, std::size_t size_max>
class FixedList {
 public:
  // False: it is full, and as it was.
  bool Add(const Value& value) {
    if (size_ == size_max) return false;
    values_[size_++] = value;
    return true;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Value& operator[](std::size_t index) const { return values_[index]; }
  const Value* begin() const { return values_.data(); }
  const Value* end() const { return values_.data() + size_; }

 private:
  std::array<Value, size_max> values_;
  std::size_t size_ = 0;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_FIXED_LIST_H_
