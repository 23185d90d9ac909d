// A vector whose elements have memory of their own, which a smaller size does not cost them.
#ifndef FRAMEFENCE_HARNESS_ORACLE_REUSED_VECTOR_H_
#define FRAMEFENCE_HARNESS_ORACLE_REUSED_VECTOR_H_

#include <cstddef>
#include <vector>

namespace framefence::oracle {

// Elements beyond the end stay as they were until a larger size has them again: whoever resizes it
// empties each. Allocates only to grow beyond any size before.
template <class T>
class ReusedVector {
 public:
  void Resize(std::size_t size) {
    if (size > elements_.size()) elements_.resize(size);
    size_ = size;
  }

  std::size_t size() const { return size_; }
  T& operator[](std::size_t index) { return elements_[index]; }
  const T& operator[](std::size_t index) const { return elements_[index]; }
  T* begin() { return elements_.data(); }
  T* end() { return elements_.data() + size_; }
  const T* begin() const { return elements_.data(); }
  const T* end() const { return elements_.data() + size_; }

 private:
  std::vector<T> elements_;
  std::size_t size_ = 0;
};

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_REUSED_VECTOR_H_
