// One step of a case: 8 bytes, so that every byte string is a case, and inserting or deleting a
// step leaves all others aligned.
//
//   byte 0   op        what happens; an unknown one does nothing
//   byte 1   actor     an account or a viewer place, by op
//   byte 2   subject   a camera or an integration, by op
//   byte 3   flags
//   byte 4-7 argument  little-endian
//
// Which bits mean what, by op, is said once, in schema.h.
#ifndef FRAMEFENCE_HARNESS_CASES_STEP_H_
#define FRAMEFENCE_HARNESS_CASES_STEP_H_

#include <cstddef>
#include <cstdint>

namespace framefence::cases {

// Given once; never re-used or renumbered, so that a corpus stays what it was.
enum class Op : std::uint8_t {
  kNone = 0x00,
  kOption = 0x01,

  kBind = 0x10,
  kUnbind = 0x11,
  kPublish = 0x12,
  kUnpublish = 0x13,
  kFrame = 0x14,
  kOpen = 0x15,
  kClose = 0x16,
  kRevoke = 0x17,
  kLink = 0x18,
  kUnlink = 0x19,
  kSuspend = 0x1a,
  kRestore = 0x1b,
  kReport = 0x1c,
  kIssue = 0x1d,
  kPresent = 0x1e,
  kUpgrade = 0x1f,

  kAdvance = 0x20,
  kWeather = 0x21,
  kDrop = 0x22,
  kReconnect = 0x23,
  kStall = 0x24,
  kPath = 0x25,
  kReaddress = 0x26,
  kHandOver = 0x27,
};

struct Step {
  Op op = Op::kNone;
  std::uint8_t actor = 0;
  std::uint8_t subject = 0;
  std::uint8_t flags = 0;
  std::uint32_t argument = 0;
  friend constexpr bool operator==(const Step&, const Step&) = default;
};

inline constexpr std::size_t kStepBytes = 8;
static_assert(sizeof(Step) == kStepBytes);

// The wire form, whatever the machine's byte order. REQUIRES: `bytes` holds kStepBytes bytes.
constexpr Step LoadStep(const std::byte* bytes) {
  const auto at = [bytes](int i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  return {.op = static_cast<Op>(at(0)),
          .actor = static_cast<std::uint8_t>(at(1)),
          .subject = static_cast<std::uint8_t>(at(2)),
          .flags = static_cast<std::uint8_t>(at(3)),
          .argument = at(4) | at(5) << 8 | at(6) << 16 | at(7) << 24};
}

constexpr void StoreStep(const Step& step, std::byte* bytes) {
  bytes[0] = static_cast<std::byte>(step.op);
  bytes[1] = static_cast<std::byte>(step.actor);
  bytes[2] = static_cast<std::byte>(step.subject);
  bytes[3] = static_cast<std::byte>(step.flags);
  for (int i = 0; i < 4; ++i)
    bytes[4 + i] = static_cast<std::byte>(step.argument >> (8 * i) & 0xffU);
}

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_STEP_H_
