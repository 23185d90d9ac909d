// Networks by name, each with where its figures come from.
#ifndef FRAMEFENCE_HARNESS_NET_PRESETS_H_
#define FRAMEFENCE_HARNESS_NET_PRESETS_H_

#include <span>
#include <string_view>

#include "harness/net/link.h"
#include "harness/net/weather.h"

namespace framefence::net {

struct Preset {
  std::string_view name;    // never changes its meaning; nor does its place among the others
  std::string_view what;    // one line
  std::string_view source;  // of each figure; "own choice" where nobody measured or set it
  LinkOptions up;           // from the home
  LinkOptions down;         // to the home
  WeatherOptions weather;   // over all homes; clear unless the preset is about it
};

std::span<const Preset> Presets();
// Null: there is none of this name.
const Preset* FindPreset(std::string_view name);

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_PRESETS_H_
