// A machine small enough to try everything: two of each thing at most, counters of kCounterBits
// bits, so that wrap-around is around the corner. Worlds over it are plain bytes.
#ifndef FRAMEFENCE_PROPERTIES_INVARIANTS_TINY_MACHINE_H_
#define FRAMEFENCE_PROPERTIES_INVARIANTS_TINY_MACHINE_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace framefence::proofs {

// A word with the values 0 to kCount - 1.
template <class Tag, unsigned kCount>
struct TinyWord {
  static constexpr std::size_t kValues = kCount;
  std::uint8_t value = 0;

  constexpr TinyWord() = default;
  constexpr explicit TinyWord(std::size_t number) : value(static_cast<std::uint8_t>(number)) {}
  friend constexpr auto operator<=>(const TinyWord&, const TinyWord&) = default;

  constexpr bool IsLast() const { return value + 1U == kCount; }
  // Wraps, as the words that ship do.
  constexpr TinyWord Next() const { return TinyWord((value + 1U) % kCount); }
  constexpr TinyWord Since(TinyWord earlier) const {
    return TinyWord((value + kCount - earlier.value) % kCount);
  }
};

template <unsigned kCounterBits>
struct TinyMachine {
  static constexpr unsigned kCounter = 1U << kCounterBits;

  using Bool = bool;
  using Account = TinyWord<struct AccountTag, 2>;
  using Camera = TinyWord<struct CameraTag, 2>;
  using Name = TinyWord<struct NameTag, 1>;
  using Integration = TinyWord<struct IntegrationTag, 1>;
  using Viewer = TinyWord<struct ViewerTag, 1>;
  using Port = TinyWord<struct PortTag, 1>;
  using Slot = TinyWord<struct SlotTag, 1>;
  using Epoch = TinyWord<struct EpochTag, kCounter>;
  using Generation = TinyWord<struct GenerationTag, kCounter>;
  using Ticket = TinyWord<struct TicketTag, kCounter>;
  using Time = TinyWord<struct TimeTag, 3>;
  using Length = TinyWord<struct LengthTag, 3>;
  using Source = TinyWord<struct SourceTag, 4>;
  using Ssrc = TinyWord<struct SsrcTag, 1>;
  using Count = TinyWord<struct CountTag, 256>;  // no search goes as far

  template <class Record, class... Keys>
  class Table {
   public:
    bool Has(Keys... keys) const { return ((keys.value < Keys::kValues) && ...); }
    // REQUIRES (both): Has(keys...).
    const Record& Read(Keys... keys) const { return records_[IndexOf(keys...)]; }
    void Write(Keys... keys, const Record& record) { records_[IndexOf(keys...)] = record; }

   private:
    static std::size_t IndexOf(Keys... keys) {
      std::size_t index = 0;
      ((index = index * Keys::kValues + keys.value), ...);
      return index;
    }
    std::array<Record, (Keys::kValues * ...)> records_{};
  };
};

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_INVARIANTS_TINY_MACHINE_H_
