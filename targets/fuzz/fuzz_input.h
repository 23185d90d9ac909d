// Cuts a fuzzer's bytes into the parts of one input. What is asked for beyond the end is zero, or
// empty.
#ifndef FRAMEFENCE_TARGETS_FUZZ_FUZZ_INPUT_H_
#define FRAMEFENCE_TARGETS_FUZZ_FUZZ_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(std::as_bytes(std::span(data, size))) {}

  bool empty() const { return rest_.empty(); }
  std::span<const std::byte> rest() const { return rest_; }

  // Little-endian.
  template <class Number>
  Number Take() {
    Number number = 0;
    const auto bytes = TakeBytes(sizeof(Number));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      number = static_cast<Number>(
          number | static_cast<Number>(std::to_integer<Number>(bytes[i]) << (8 * i)));
    }
    return number;
  }

  std::span<const std::byte> TakeBytes(std::size_t size) {
    const auto taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  // Bytes with their number, 16 bits, before them: one packet of a sequence.
  std::span<const std::byte> TakePacket() {
    const auto size = Take<std::uint16_t>();
    return TakeBytes(size);
  }

 private:
  std::span<const std::byte> rest_;
};

// Whether `inner` lies within `outer`; an empty one lies anywhere.
inline bool IsWithin(std::span<const std::byte> inner, std::span<const std::byte> outer) {
  return inner.empty() || (inner.data() >= outer.data() &&
                           inner.data() + inner.size() <= outer.data() + outer.size());
}

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_FUZZ_INPUT_H_
