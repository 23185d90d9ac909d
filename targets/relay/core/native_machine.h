// The machine that ships: words are integers of fixed width with a type of their own, tables are
// arrays.
//
// A machine policy supplies
//   Bool and the word types below, each with ==, !=, <, <=; Next() and IsLast() where it counts;
//   Since() where it is a time; Table<Record, Key...> with Has(key...), Read(key...) and
//   Write(key..., record).
// Other machines run the same source: see properties/proofs.
#ifndef FRAMEFENCE_TARGETS_RELAY_CORE_NATIVE_MACHINE_H_
#define FRAMEFENCE_TARGETS_RELAY_CORE_NATIVE_MACHINE_H_

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "targets/relay/core/large_vector.h"

namespace relay::core {

template <class Tag, class Representation>
struct Word {
  Representation value = 0;

  constexpr Word() = default;
  constexpr explicit Word(Representation number) : value(number) {}
  friend constexpr auto operator<=>(const Word&, const Word&) = default;

  constexpr bool IsLast() const { return value == std::numeric_limits<Representation>::max(); }
  // REQUIRES: !IsLast().
  constexpr Word Next() const { return Word(static_cast<Representation>(value + 1)); }
  // REQUIRES: earlier <= *this.
  constexpr Word Since(Word earlier) const {
    return Word(static_cast<Representation>(value - earlier.value));
  }
};

struct NativeMachine {
  using Bool = bool;
  using Account = Word<struct AccountTag, std::uint32_t>;
  using Camera = Word<struct CameraTag, std::uint32_t>;
  using Name = Word<struct NameTag, std::uint32_t>;
  using Integration = Word<struct IntegrationTag, std::uint32_t>;
  using Viewer = Word<struct ViewerTag, std::uint32_t>;
  using Port = Word<struct PortTag, std::uint32_t>;
  using Slot = Word<struct SlotTag, std::uint32_t>;
  using Epoch = Word<struct EpochTag, std::uint32_t>;
  using Generation = Word<struct GenerationTag, std::uint32_t>;
  using Ticket = Word<struct TicketTag, std::uint64_t>;
  using Time = Word<struct TimeTag, std::uint64_t>;      // microseconds on the relay's clock
  using Length = Word<struct LengthTag, std::uint32_t>;  // bytes
  using Source = Word<struct SourceTag, std::uint64_t>;  // a transport address
  using Ssrc = Word<struct SsrcTag, std::uint32_t>;      // RFC 3550 section 3

  template <class Key>
  using SizeOf = std::size_t;

  template <class Record, class... Keys>
  class Table {
   public:
    // Makes all records new. Allocates only to grow beyond any size before.
    void Reset(SizeOf<Keys>... sizes) {
      sizes_ = {sizes...};
      std::size_t count = 1;
      for (const std::size_t size : sizes_) count *= size;
      records_.assign(count, Cell{});
    }
    bool Has(Keys... keys) const {
      std::size_t i = 0;
      return ((keys.value < sizes_[i++]) && ...);
    }
    // REQUIRES (both): Has(keys...).
    const Record& Read(Keys... keys) const { return records_[IndexOf(keys...)].record; }
    void Write(Keys... keys, const Record& record) { records_[IndexOf(keys...)].record = record; }

    // Says that the record will be read soon. Any keys; nothing comes of it but time saved.
    void Prefetch(Keys... keys) const {
      if (Has(keys...)) __builtin_prefetch(&records_[IndexOf(keys...)]);
    }

   private:
    // None lies across two cache lines: with more records than the caches hold, each read is a miss.
    struct alignas(std::min(std::bit_ceil(sizeof(Record)), kCacheLineBytes)) Cell {
      Record record;
    };

    std::size_t IndexOf(Keys... keys) const {
      std::size_t index = 0, i = 0;
      ((index = index * sizes_[i++] + keys.value), ...);
      return index;
    }
    std::array<std::size_t, sizeof...(Keys)> sizes_{};
    LargeVector<Cell> records_;
  };
};

}  // namespace relay::core

#endif  // FRAMEFENCE_TARGETS_RELAY_CORE_NATIVE_MACHINE_H_
