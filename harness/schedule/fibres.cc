#include "harness/schedule/fibres.h"

#include <cxxabi.h>
#include <fmt/format.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "harness/base/check.h"
#include "harness/schedule/sanitizers.h"
#include "harness/schedule/stack.h"

namespace framefence::schedule {
namespace {

// What is one thread's and must be each fibre's: the exceptions that it has caught, and how many it
// unwinds for: a pointer and a count. (Itanium C++ ABI, "Exception Handling", 2.2.2.)
using ExceptionState = std::array<std::byte, 2 * sizeof(void*)>;

// Where a fibre, or the thread itself, goes on.
struct Context {
  ucontext_t machine;
  SanitizedStack sanitized;
  ExceptionState exceptions{};
};

void Switch(Context& from, Context& to, bool returns) {
  void* const exceptions = abi::__cxa_get_globals();
  std::memcpy(from.exceptions.data(), exceptions, from.exceptions.size());
  std::memcpy(exceptions, to.exceptions.data(), to.exceptions.size());
  BeforeSwitch(from.sanitized, to.sanitized, returns);
  if (!returns) setcontext(&to.machine);
  swapcontext(&from.machine, &to.machine);
  AfterSwitch(from.sanitized, nullptr);
}

constexpr std::uint64_t kNever = ~std::uint64_t{0};

}  // namespace

struct Fibres::Fibre {
  std::function<void()> body;
  Stack stack;
  Context context;
  // How many writes there had been when it last waited; and when it last waited twice with none
  // between.
  std::uint64_t waited_at = kNever;
  std::uint64_t idle_at = kNever;
};

// One run. A fibre that comes to a scheduling point chooses itself who goes on, and goes there without
// a detour.
struct Fibres::Player {
  std::vector<std::unique_ptr<Fibre>>& fibres;
  Schedule& schedule;
  const std::uint64_t steps_max;

  Played run{};
  std::vector<std::uint32_t> alive{};
  std::uint32_t current = kNobody;
  std::uint32_t plain = 0;  // choices since the last handover
  std::uint64_t writes = 0;
  Context thread{};

  static inline thread_local Player* playing = nullptr;

  Played Play();
  void Pass(bool waits);
  bool Choose(bool waits);
  void Record(std::uint32_t chosen, const Point& point);
  bool AllAreIdle() const;
  [[noreturn]] void End(Fibre& self);
  static void Enter();
};

// Who goes on is `current` then. False: nobody, and why is said.
bool Fibres::Player::Choose(bool waits) {
  if (run.steps == steps_max) {
    run.ending = Ending::kStepLimit;
    return false;
  }
  if (waits && AllAreIdle()) {
    run.ending = Ending::kDeadlock;
    return false;
  }
  const Point point{alive, current, waits};
  const std::uint32_t chosen = schedule.Choose(point);
  FRAMEFENCE_CHECK(point.IsAlive(chosen));
  Record(chosen, point);
  ++run.steps;
  current = chosen;
  return true;
}

void Fibres::Player::Record(std::uint32_t chosen, const Point& point) {
  std::uint64_t seen = Mix64(chosen ^ std::uint64_t{point.waits} << 32);
  for (const std::uint32_t fibre : alive) seen = Mix64(seen ^ fibre);
  run.trace = Mix64(run.trace ^ seen);
  if (chosen == PlainChoice(point)) {
    ++plain;
    return;
  }
  run.handovers.push_back({plain, static_cast<std::uint8_t>(chosen)});
  plain = 0;
}

bool Fibres::Player::AllAreIdle() const {
  return std::ranges::all_of(
      alive, [this](std::uint32_t fibre) { return fibres[fibre]->idle_at == writes; });
}

// The scheduling point of the fibre that runs.
void Fibres::Player::Pass(bool waits) {
  Fibre& from = *fibres[current];
  if (waits) {
    if (from.waited_at == writes) from.idle_at = writes;
    from.waited_at = writes;
  }
  if (!Choose(waits)) {
    Switch(from.context, thread, false);
  } else if (fibres[current].get() != &from) {
    Switch(from.context, fibres[current]->context, true);
  }
}

// Whoever enters a fibre for the first time comes here.
void Fibres::Player::Enter() {
  Player& player = *playing;
  Fibre& self = *player.fibres[player.current];
  // The first of all is entered by the thread.
  AfterSwitch(self.context.sanitized, player.run.steps == 1 ? &player.thread.sanitized : nullptr);
  try {
    self.body();
  } catch (...) {
    player.run.thrown = std::current_exception();
  }
  player.End(self);
}

void Fibres::Player::End(Fibre& self) {
  std::erase(alive, current);
  ++writes;  // others may look at what it did last
  if (run.thrown) run.ending = Ending::kThrew;
  const bool goes_on = !run.thrown && !alive.empty() && Choose(false);
  Switch(self.context, goes_on ? fibres[current]->context : thread, false);
  CheckFailed(__FILE__, __LINE__, "an ended fibre was entered again");
}

Played Fibres::Player::Play() {
  for (std::uint32_t fibre = 0; fibre < fibres.size(); ++fibre) {
    alive.push_back(fibre);
    Context& context = fibres[fibre]->context;
    std::byte* const bottom = fibres[fibre]->stack.bottom();
    FRAMEFENCE_CHECK(getcontext(&context.machine) == 0);
    context.machine.uc_stack.ss_sp = bottom;
    context.machine.uc_stack.ss_size = Stack::kBytes;
    context.machine.uc_link = nullptr;  // End() says where to go
    makecontext(&context.machine, &Player::Enter, 0);
    context.sanitized = SanitizeStack(bottom, Stack::kBytes);
  }
  thread.sanitized = SanitizeThread();
  playing = this;
  if (Choose(false)) Switch(thread, fibres[current]->context, true);
  playing = nullptr;
  for (const auto& fibre : fibres) ForgetStack(fibre->context.sanitized);
  run.unfinished = std::move(alive);
  return std::move(run);
}

Fibres::Fibres() = default;
Fibres::~Fibres() = default;

void Fibres::Add(std::function<void()> body) {
  FRAMEFENCE_CHECK(fibres_.size() < kFibresMax && !played_);
  fibres_.push_back(std::make_unique<Fibre>());
  fibres_.back()->body = std::move(body);
}

Played Fibres::Play(Schedule& schedule, std::uint64_t steps_max) {
  FRAMEFENCE_CHECK(!fibres_.empty() && Player::playing == nullptr && !played_);
  played_ = true;
  return Player{fibres_, schedule, steps_max}.Play();
}

void Fibres::Yield() {
  if (Player::playing != nullptr) Player::playing->Pass(false);
}
void Fibres::Wait() {
  if (Player::playing != nullptr) Player::playing->Pass(true);
}
void Fibres::Wrote() {
  if (Player::playing != nullptr) ++Player::playing->writes;
}

std::string Played::Ended() const {
  constexpr std::array<std::string_view, 4> kWords = {"all ended", "deadlock", "too many steps",
                                                      "an exception"};
  return fmt::format("{} after {} steps{}{}", kWords[static_cast<std::size_t>(ending)], steps,
                     unfinished.empty() ? "" : ", unfinished: ", fmt::join(unfinished, " "));
}

std::string Played::Describe() const {
  return fmt::format("{}; schedule: replay {}", Ended(), ScheduleToText(handovers));
}

}  // namespace framefence::schedule
