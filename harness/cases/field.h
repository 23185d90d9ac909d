// A field of a step: which bits it is, and what they mean to people.
#ifndef FRAMEFENCE_HARNESS_CASES_FIELD_H_
#define FRAMEFENCE_HARNESS_CASES_FIELD_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "harness/cases/step.h"

namespace framefence::cases {

enum class Place : std::uint8_t { kActor, kSubject, kFlags, kArgument };

enum class Kind : std::uint8_t {
  kId,       // a number that names something; equal names mean the same thing throughout a case
  kNumber,   // a quantity
  kEnum,     // one of `values`; a number beyond them reads as the first
  kBoolean,  // written `no` or `yes`
};

// Some fields exist only beside certain flags: a weather step's camera only when it is about an
// uplink.
struct Condition {
  std::uint8_t mask = 0;
  std::uint8_t flags = 0;       // the field exists when (step.flags & mask) == flags
  std::string_view words = {};  // the same, for people
};

// A field's default is what zero bits say.
struct Field {
  std::string_view name;
  Place place = Place::kActor;
  std::uint8_t shift = 0;
  std::uint8_t bits = 0;
  Kind kind = Kind::kNumber;
  std::string_view doc;
  std::string_view unit = {};
  std::uint32_t bias = 0;                         // of kNumber: zero bits mean `bias`
  std::span<const std::string_view> values = {};  // of kEnum, given once, never renumbered
  Condition when = {};
  bool rare = false;  // a text leaves it out where it is the default

  constexpr std::uint32_t raw_max() const {
    if (kind == Kind::kEnum) return static_cast<std::uint32_t>(values.size()) - 1;
    return bits == 32 ? ~0U : (1U << bits) - 1;
  }
  constexpr std::uint32_t value_min() const { return bias; }
  constexpr std::uint32_t value_max() const { return raw_max() + bias; }
};

constexpr bool Exists(const Field& field, const Step& step) {
  return (step.flags & field.when.mask) == field.when.flags;
}

// REQUIRES: for a meaningful answer, a field of step.op that exists in it.
constexpr std::uint32_t Read(const Step& step, const Field& field) {
  const std::uint32_t words[] = {step.actor, step.subject, step.flags, step.argument};
  const std::uint32_t mask = field.bits == 32 ? ~0U : (1U << field.bits) - 1;
  const std::uint32_t raw = words[static_cast<int>(field.place)] >> field.shift & mask;
  return (raw <= field.raw_max() ? raw : 0) + field.bias;
}

// A value outside [value_min, value_max] is clamped into it.
constexpr void Write(Step& step, const Field& field, std::uint32_t value) {
  const std::uint32_t low = value < field.value_min() ? field.value_min() : value;
  const std::uint32_t raw = (low > field.value_max() ? field.value_max() : low) - field.bias;
  const std::uint32_t mask = (field.bits == 32 ? ~0U : (1U << field.bits) - 1) << field.shift;
  const auto put = [&](auto& word) {
    word =
        static_cast<std::remove_reference_t<decltype(word)>>((word & ~mask) | raw << field.shift);
  };
  switch (field.place) {
    case Place::kActor:
      return put(step.actor);
    case Place::kSubject:
      return put(step.subject);
    case Place::kFlags:
      return put(step.flags);
    case Place::kArgument:
      return put(step.argument);
  }
}

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_FIELD_H_
