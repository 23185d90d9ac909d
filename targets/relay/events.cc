#include "targets/relay/events.h"

#include <array>

namespace relay {

std::string_view ToString(EventKind kind) {
  static constexpr std::array<std::string_view, kEventKindCount> kNames{
      "publisher-started", "publisher-stopped", "gop-began", "gop-lost",         "still-completed",
      "viewer-opened",     "viewer-ended",      "went-live", "queue-overflowed", "degraded"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace relay
