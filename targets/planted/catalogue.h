// The leak catalogue: how frames have crossed between homes in real systems, as mechanisms planted
// in the reference relay.
#ifndef FRAMEFENCE_TARGETS_PLANTED_CATALOGUE_H_
#define FRAMEFENCE_TARGETS_PLANTED_CATALOGUE_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "targets/planted/leak.h"

namespace leaks {

// Systems that leaks are planted in, as programs list them. Where a relay leaks, so do those that
// consist of relays.
inline constexpr std::array<std::string_view, 2> kRelays = {"relay", "relay-workers"};
inline constexpr std::array<std::string_view, 1> kWorkersAlone = {"relay-workers"};

struct Entry {
  Leak leak;
  std::string_view id;         // "A3"; of a twin "A3-twin"
  std::string_view mechanism;  // what the code does
  std::string_view trigger;    // what makes it show
  std::string_view breaks;     // the property; of a twin empty: it is correct
  std::string_view evidence;   // a public report of the mechanism, often in another product
  std::string_view witness;    // the case in corpora/witnesses that shows it, without ".case"
  std::span<const std::string_view> targets = kRelays;  // that have it

  // That it is looked for in, where nobody says which.
  constexpr std::string_view target() const { return targets.front(); }
  constexpr bool IsIn(std::string_view target) const {
    return std::find(targets.begin(), targets.end(), target) != targets.end();
  }
  constexpr bool is_twin() const { return breaks.empty(); }
  constexpr std::uint64_t mask() const { return std::uint64_t{1} << static_cast<unsigned>(leak); }
};

// Each leak is followed by its near twin.
std::span<const Entry> Catalogue();

// Null when there is none of that id; upper and lower case are the same.
const Entry* FindLeak(std::string_view id);

// "A3, A3-twin, B5, ...", for messages.
std::string KnownIds();

}  // namespace leaks

#endif  // FRAMEFENCE_TARGETS_PLANTED_CATALOGUE_H_
