#include "harness/cases/mutate.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "harness/base/check.h"
#include "harness/cases/case.h"

namespace framefence::cases {
namespace {

// A number below 2^bits_max, each count of significant bits as likely as another.
std::uint32_t SmallNumber(Prng& prng, unsigned bits_max) {
  const unsigned bits = prng.Below(bits_max + 1);
  return bits == 0 ? 0 : 1U << (bits - 1) | (prng.Next32() & ((1U << (bits - 1)) - 1));
}

std::uint32_t RandomValue(const Field& field, Prng& prng) {
  if (field.kind == Kind::kEnum) return prng.Below(static_cast<std::uint32_t>(field.values.size()));
  return field.bias + SmallNumber(prng, field.bits);
}

// A buffer of whole steps that knows where its parts lie.
class StepBuffer {
 public:
  StepBuffer(std::span<std::byte> room, std::size_t size) : room_(room) {
    const CaseLayout layout = LayoutOf(room.first(size));
    options_ = layout.options;
    body_ = layout.body;
    end_ = layout.end;
  }

  std::size_t bytes() const { return end_; }
  std::uint32_t steps() const { return static_cast<std::uint32_t>((end_ - body_) / kStepBytes); }
  std::uint32_t steps_free() const {
    return static_cast<std::uint32_t>((room_.size() - end_) / kStepBytes);
  }
  std::uint32_t options() const {
    return static_cast<std::uint32_t>((body_ - options_) / kStepBytes);
  }

  Step Load(std::uint32_t index) const { return LoadStep(At(index)); }
  void Store(std::uint32_t index, const Step& step) { StoreStep(step, At(index)); }

  // Makes room for `count` steps before step `index`. REQUIRES: count <= steps_free().
  void Open(std::uint32_t index, std::uint32_t count) {
    std::memmove(At(index + count), At(index), end_ - body_ - index * kStepBytes);
    end_ += count * kStepBytes;
  }
  void Remove(std::uint32_t index, std::uint32_t count) {
    std::memmove(At(index), At(index + count), end_ - body_ - (index + count) * kStepBytes);
    end_ -= count * kStepBytes;
  }
  void Copy(std::uint32_t to, std::uint32_t from, std::uint32_t count) {
    std::memmove(At(to), At(from), count * kStepBytes);
  }

  // REQUIRES: a step is free.
  void AddOption(std::uint8_t id, std::uint32_t value) {
    Open(0, 1);
    Store(0, {.op = Op::kOption, .actor = id, .argument = value});
    body_ += kStepBytes;
  }
  void RemoveOption(std::uint32_t index) {
    std::byte* const at = room_.data() + options_ + index * kStepBytes;
    std::memmove(at, at + kStepBytes, end_ - options_ - (index + 1) * kStepBytes);
    body_ -= kStepBytes;
    end_ -= kStepBytes;
  }

 private:
  std::byte* At(std::uint32_t index) const { return room_.data() + body_ + index * kStepBytes; }

  std::span<std::byte> room_;
  std::size_t options_ = 0;
  std::size_t body_ = 0;
  std::size_t end_ = 0;
};

// Each mutation returns whether it applied: false when the case is too short for it or the buffer
// too full.

bool InsertStep(StepBuffer& steps, Prng& prng) {
  if (steps.steps_free() == 0) return false;
  const std::uint32_t at = prng.Below(steps.steps() + 1);
  steps.Open(at, 1);
  steps.Store(at, RandomStep(RandomOp(prng), prng));
  return true;
}

// How many steps a mutation of a run of them takes: mostly few.
std::uint32_t RunLength(std::uint32_t max, Prng& prng) {
  return std::min(max, 1 + prng.Below(1U << prng.Below(5)));
}

bool DeleteRun(StepBuffer& steps, Prng& prng) {
  if (steps.steps() < 2) return false;
  const std::uint32_t count = RunLength(steps.steps() - 1, prng);
  steps.Remove(prng.Below(steps.steps() - count + 1), count);
  return true;
}

bool DuplicateRun(StepBuffer& steps, Prng& prng) {
  const std::uint32_t max = std::min(steps.steps(), steps.steps_free());
  if (max == 0) return false;
  const std::uint32_t count = RunLength(max, prng);
  const std::uint32_t from = prng.Below(steps.steps() - count + 1);
  // To the run's own end or later, so that opening the gap does not move the run.
  const std::uint32_t to = from + count + prng.Below(steps.steps() - from - count + 1);
  steps.Open(to, count);
  steps.Copy(to, from, count);
  return true;
}

bool SwapSteps(StepBuffer& steps, Prng& prng) {
  if (steps.steps() < 2) return false;
  const std::uint32_t one = prng.Below(steps.steps());
  const std::uint32_t other = (one + 1 + prng.Below(steps.steps() - 1)) % steps.steps();
  const Step kept = steps.Load(one);
  steps.Store(one, steps.Load(other));
  steps.Store(other, kept);
  return true;
}

bool ReplaceStep(StepBuffer& steps, Prng& prng) {
  if (steps.steps() == 0) return false;
  steps.Store(prng.Below(steps.steps()), RandomStep(RandomOp(prng), prng));
  return true;
}

std::uint32_t ChangedValue(const Step& step, const Field& field, Prng& prng) {
  const std::uint32_t value = Read(step, field);
  switch (field.kind == Kind::kEnum ? 0 : prng.Below(5)) {
    case 1:
      return value + 1;
    case 2:
      return value == 0 ? value : value - 1;
    case 3:
      return field.value_max();
    case 4:
      return value / 2;
    default:
      return RandomValue(field, prng);
  }
}

bool ChangeField(StepBuffer& steps, Prng& prng) {
  if (steps.steps() == 0) return false;
  const std::uint32_t at = prng.Below(steps.steps());
  Step step = steps.Load(at);
  const OpInfo* info = FindOp(step.op);
  if (info == nullptr || info->fields.empty()) return false;
  const Field& field = info->fields[prng.Below(static_cast<std::uint32_t>(info->fields.size()))];
  if (!Exists(field, step)) return false;
  Write(step, field, ChangedValue(step, field, prng));
  steps.Store(at, step);
  return true;
}

// Makes two steps speak of the same account, camera, viewer place or integration: most of what can
// go wrong needs that.
bool AlignIds(StepBuffer& steps, Prng& prng) {
  if (steps.steps() < 2) return false;
  const std::uint32_t at = prng.Below(steps.steps());
  const Step from = steps.Load(prng.Below(steps.steps()));
  Step step = steps.Load(at);
  const OpInfo* to_info = FindOp(step.op);
  const OpInfo* from_info = FindOp(from.op);
  if (to_info == nullptr || from_info == nullptr) return false;
  bool changed = false;
  for (const Field& field : to_info->fields) {
    if (field.kind != Kind::kId || !Exists(field, step)) continue;
    for (const Field& source : from_info->fields) {
      if (source.name != field.name || !Exists(source, from)) continue;
      changed = changed || Read(step, field) != Read(from, source);
      Write(step, field, Read(from, source));
    }
  }
  if (changed) steps.Store(at, step);
  return changed;
}

bool ChangeOption(StepBuffer& steps, Prng& prng) {
  if (steps.options() != 0 && prng.Below(2) == 0) {
    steps.RemoveOption(prng.Below(steps.options()));
    return true;
  }
  // More would only repeat settings.
  if (steps.steps_free() == 0 || steps.options() >= AllOptions().size()) return false;
  const OptionInfo& info =
      AllOptions()[prng.Below(static_cast<std::uint32_t>(AllOptions().size()))];
  // Mostly near the default: large worlds are slow, and seldom show more. What is off by default has
  // nothing near it: cameras that send every millisecond are slower than any.
  const std::uint32_t usual = info.default_value();
  const bool any = usual == 0 || prng.Below(4) == 0;
  const std::uint32_t value = any ? SmallNumber(prng, 20) : usual / 2 + prng.Below(usual + 2);
  steps.AddOption(info.id, info.Clamp(value));
  return true;
}

using Mutation = bool (*)(StepBuffer&, Prng&);
// The more often it stands here, the likelier it is.
constexpr Mutation kMutations[] = {InsertStep,  InsertStep,  InsertStep,  DeleteRun,   DuplicateRun,
                                   SwapSteps,   ReplaceStep, ChangeField, ChangeField, ChangeField,
                                   ChangeField, AlignIds,    AlignIds,    ChangeOption};

constexpr std::uint32_t kWeightMax = 64;

}  // namespace

const OpInfo& RandomOp(Prng& prng) {
  // One slot for each unit of weight, so that a draw is a look-up.
  struct Slots {
    std::array<const OpInfo*, kWeightMax> ops{};
    std::uint32_t count = 0;
  };
  static const Slots slots = [] {
    Slots result;
    for (const OpInfo& info : AllOps()) {
      FRAMEFENCE_CHECK(result.count + info.weight <= kWeightMax);
      for (int i = 0; i < info.weight; ++i) result.ops[result.count++] = &info;
    }
    return result;
  }();
  return *slots.ops[prng.Below(slots.count)];
}

Step RandomStep(const OpInfo& info, Prng& prng) {
  // Flags first: which other fields exist, they say. One that does not would share its bits with one
  // that does.
  Step step{.op = info.op};
  for (const bool flags : {true, false}) {
    for (const Field& field : info.fields) {
      if ((field.place == Place::kFlags) == flags && Exists(field, step))
        Write(step, field, RandomValue(field, prng));
    }
  }
  return Canonical(step);
}

std::size_t Mutate(std::span<std::byte> buffer, std::size_t size, std::uint64_t seed) {
  FRAMEFENCE_CHECK(size <= buffer.size());
  if (buffer.size() < kStepBytes) return size;
  Prng prng(seed);
  StepBuffer steps(buffer, size);
  // One change mostly, sometimes several; a change that does not apply is drawn again, a bounded
  // number of times.
  std::uint32_t wanted = 1 + prng.Below(1U << prng.Below(4));
  for (int tries = 0; wanted != 0 && tries < 64; ++tries) {
    if (kMutations[prng.Below(std::size(kMutations))](steps, prng)) --wanted;
  }
  return steps.bytes();
}

std::size_t Crossover(std::span<const std::byte> first, std::span<const std::byte> second,
                      std::span<std::byte> out, std::uint64_t seed) {
  Prng prng(seed);
  const CaseLayout one = LayoutOf(first);
  const CaseLayout two = LayoutOf(second);
  std::size_t size = 0;
  const auto append = [&](std::span<const std::byte> from, std::size_t begin, std::size_t end) {
    const std::size_t room = (out.size() - size) / kStepBytes * kStepBytes;
    const std::size_t count = std::min(end - begin, room);
    if (count != 0) std::memcpy(out.data() + size, from.data() + begin, count);
    size += count;
  };
  // A place between two steps, or at either end.
  const auto cut = [&](std::size_t begin, std::size_t end) {
    const auto steps = static_cast<std::uint32_t>((end - begin) / kStepBytes);
    return begin + prng.Below(steps + 1) * kStepBytes;
  };
  const std::size_t one_left = cut(one.body, one.end);
  const std::size_t one_right = cut(one_left, one.end);
  const std::size_t two_left = cut(two.body, two.end);
  const std::size_t two_right = cut(two_left, two.end);
  append(first, 0, one_left);
  append(second, two_left, two_right);
  append(first, one_right, one.end);
  return size;
}

}  // namespace framefence::cases
