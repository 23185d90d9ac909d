#include "harness/oracle/violation.h"

#include <fmt/core.h>

#include <array>

namespace framefence::oracle {
namespace {

std::string DescribeBytes(const Violation& violation) {
  if (violation.whole_frame) return "a whole picture";
  return fmt::format("{} bytes at offset {}", violation.length, violation.offset);
}

std::string DescribeOrigin(const std::optional<Origin>& origin) {
  if (!origin) return "that no camera published";
  const std::string owner =
      origin->owner ? fmt::format("account {}", origin->owner->value) : std::string("no account");
  return fmt::format("of camera {} (epoch {}, frame {}), which was {}'s", origin->camera.value,
                     origin->epoch.value, origin->frame.value, owner);
}

std::string DescribeViewer(const Violation& violation) {
  std::string text = fmt::format("viewer {}", violation.viewer.value);
  if (!violation.account) return text + ", in no session that it ever opened (Delivery::session),";
  text += fmt::format(" of account {}", violation.account->value);
  if (!violation.entitled) return text + ", entitled to nothing,";
  constexpr std::array<std::string_view, kEndCount> kEnds = {
      "",
      " which was refused,",
      " and closed since,",
      " and signed out of since,",
      " not linked to its integration then or since,",
      " by an integration suspended then or since,",
      " which was bound anew or unbound since,",
      " on a token that has expired,",
  };
  return text + fmt::format(", opened for camera {} (epoch {}),{}",
                            violation.entitled->camera.value, violation.entitled->epoch.value,
                            kEnds[static_cast<std::size_t>(violation.end)]);
}

std::string DescribeStarved(const Violation& violation) {
  return fmt::format(
      "{} ({}): at {:.6f} s {} had received nothing that was published since the network healed",
      ToString(violation.violation_class), ToString(violation.property),
      static_cast<double>(Microseconds(violation.at)) / 1e6, DescribeViewer(violation));
}

std::string DescribeParting(const Violation& violation, const Parting& parting) {
  return fmt::format("{} ({}): at {:.6f} s account {}'s home sees something else when {}: {}",
                     ToString(violation.violation_class), ToString(violation.property),
                     static_cast<double>(Microseconds(violation.at)) / 1e6,
                     violation.account ? violation.account->value : 0, parting.change,
                     parting.difference);
}

}  // namespace

std::string_view ToString(ViolationClass violation_class) {
  constexpr std::array<std::string_view, kViolationClassCount> kNames = {
      "cross-account", "cross-camera", "stale-epoch",  "after-revoke", "spliced",
      "stale-still",   "metadata",     "interference", "corrupted",    "starved"};
  return kNames[static_cast<std::size_t>(violation_class)];
}

std::string_view ToString(Property property) {
  constexpr std::array<std::string_view, 11> kNames = {"",        "ISO-001", "ISO-002", "ISO-003",
                                                       "ISO-004", "ISO-005", "ISO-006", "ISO-007",
                                                       "ISO-008", "ISO-009", "ISO-010"};
  return kNames[static_cast<std::size_t>(property)];
}

std::string_view ToString(Observation observation) {
  constexpr std::array<std::string_view, 5> kNames = {"packet", "still", "frame", "reply",
                                                      "feedback-packet"};
  return kNames[static_cast<std::size_t>(observation)];
}

std::string Describe(const Violation& violation) {
  if (violation.violation_class == ViolationClass::kStarved) return DescribeStarved(violation);
  if (violation.parting) return DescribeParting(violation, *violation.parting);
  return fmt::format("{} ({}): at {:.6f} s {} received in a {} {} {}",
                     ToString(violation.violation_class), ToString(violation.property),
                     static_cast<double>(Microseconds(violation.at)) / 1e6,
                     DescribeViewer(violation), ToString(violation.observation),
                     DescribeBytes(violation), DescribeOrigin(violation.origin));
}

}  // namespace framefence::oracle
