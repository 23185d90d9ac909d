#include "harness/schedule/fibres.h"

#include <cxxabi.h>
#include <fmt/format.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
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

// Who was left last, for who is entered: the extent of the thread's stack is only known by leaving it.
thread_local Context* left = nullptr;

void Switch(Context& from, Context& to, bool returns) {
  left = &from;
  void* const exceptions = abi::__cxa_get_globals();
  std::memcpy(from.exceptions.data(), exceptions, from.exceptions.size());
  std::memcpy(exceptions, to.exceptions.data(), to.exceptions.size());
  BeforeSwitch(from.sanitized, to.sanitized, returns);
  if (!returns) setcontext(&to.machine);
  swapcontext(&from.machine, &to.machine);
  AfterSwitch(from.sanitized, left->sanitized);
}

constexpr std::uint64_t kNever = ~std::uint64_t{0};

}  // namespace

struct Fibres::Fibre {
  enum class State : std::uint8_t { kAwake, kAsleep, kEnded };

  std::function<void()> body;  // none: it is the thread, on its own stack
  std::optional<Stack> stack;
  State state = State::kAwake;
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
  Schedule* schedule;
  const std::uint64_t steps_max;
  std::uint32_t visitor = kNobody;  // the thread, where it is one of them

  Played run{};
  std::vector<std::uint32_t> runnable{};  // and awake
  std::uint32_t current = kNobody;
  std::uint32_t plain = 0;  // choices since the last handover
  std::uint64_t writes = 0;
  Context thread{};

  static inline thread_local Player* playing = nullptr;

  void Prepare();
  static void PrepareContext(Context& context, std::byte* bottom);
  Played Play();
  void Visit(Schedule& by);
  enum class Why : std::uint8_t { kGoesOn, kGivesWay, kWaits };

  void Pass(Why why);
  void Sleep();
  void Wake(std::uint32_t fibre);
  bool Choose(Why why);
  bool EndRun(Ending ending);
  void GoOnFrom(Fibre& from, bool chosen);
  void Record(std::uint32_t chosen, const Point& point);
  bool AllAreIdle() const;
  [[noreturn]] void End(Fibre& self);
  static void Enter();
};

// Who goes on is `current` then. False: nobody, and why is said.
bool Fibres::Player::Choose(Why why) {
  const bool waits = why == Why::kWaits;
  if (run.steps == steps_max) return EndRun(Ending::kStepLimit);
  if (runnable.empty() || (waits && AllAreIdle())) return EndRun(Ending::kDeadlock);
  const Point point{runnable, current, waits, why == Why::kGivesWay};
  const std::uint32_t chosen = schedule->Choose(point);
  FRAMEFENCE_CHECK(point.IsRunnable(chosen));
  Record(chosen, point);
  ++run.steps;
  current = chosen;
  return true;
}

// A thread that visits is somewhere within a call, and could not be told.
bool Fibres::Player::EndRun(Ending ending) {
  run.ending = ending;
  if (visitor != kNobody) CheckFailed(__FILE__, __LINE__, run.Ended().c_str());
  return false;
}

void Fibres::Player::Record(std::uint32_t chosen, const Point& point) {
  std::uint64_t seen = Mix64(chosen ^ std::uint64_t{point.waits} << 32);
  for (const std::uint32_t fibre : runnable) seen = Mix64(seen ^ fibre);
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
      runnable, [this](std::uint32_t fibre) { return fibres[fibre]->idle_at == writes; });
}

// The scheduling point of the fibre that runs.
void Fibres::Player::Pass(Why why) {
  Fibre& from = *fibres[current];
  if (why == Why::kWaits) {
    if (from.waited_at == writes) from.idle_at = writes;
    from.waited_at = writes;
  }
  GoOnFrom(from, Choose(why));
}

void Fibres::Player::GoOnFrom(Fibre& from, bool chosen) {
  if (!chosen) {
    Switch(from.context, thread, false);
  } else if (fibres[current].get() != &from) {
    Switch(from.context, fibres[current]->context, true);
  }
}

void Fibres::Player::Sleep() {
  Fibre& from = *fibres[current];
  from.state = Fibre::State::kAsleep;
  std::erase(runnable, current);
  GoOnFrom(from, Choose(Why::kGoesOn));
}

void Fibres::Player::Wake(std::uint32_t fibre) {
  if (fibres[fibre]->state != Fibre::State::kAsleep) return;
  fibres[fibre]->state = Fibre::State::kAwake;
  runnable.insert(std::ranges::upper_bound(runnable, fibre), fibre);
  ++writes;
}

// Whoever enters a fibre for the first time comes here.
void Fibres::Player::Enter() {
  Player& player = *playing;
  Fibre& self = *player.fibres[player.current];
  AfterSwitch(self.context.sanitized, left->sanitized);
  try {
    self.body();
  } catch (...) {
    if (player.visitor != kNobody) throw;
    player.run.thrown = std::current_exception();
  }
  player.End(self);
}

void Fibres::Player::End(Fibre& self) {
  self.state = Fibre::State::kEnded;
  std::erase(runnable, current);
  ++writes;  // others may look at what it did last
  if (run.thrown) run.ending = Ending::kThrew;
  const bool all_ended = std::ranges::all_of(
      fibres, [](const auto& fibre) { return fibre->state == Fibre::State::kEnded; });
  const bool goes_on = !run.thrown && !all_ended && Choose(Why::kGoesOn);
  Switch(self.context, goes_on ? fibres[current]->context : thread, false);
  CheckFailed(__FILE__, __LINE__, "an ended fibre was entered again");
}

void Fibres::Player::Prepare() {
  for (const auto& fibre : fibres) {
    runnable.push_back(static_cast<std::uint32_t>(runnable.size()));
    PrepareContext(fibre->context, fibre->stack->bottom());
  }
}

void Fibres::Player::PrepareContext(Context& context, std::byte* bottom) {
  FRAMEFENCE_CHECK(getcontext(&context.machine) == 0);
  context.machine.uc_stack.ss_sp = bottom;
  context.machine.uc_stack.ss_size = Stack::kBytes;
  context.machine.uc_link = nullptr;  // End() says where to go
  makecontext(&context.machine, &Player::Enter, 0);
  context.sanitized = SanitizeStack(bottom, Stack::kBytes);
}

Played Fibres::Player::Play() {
  Prepare();
  thread.sanitized = SanitizeThread();
  playing = this;
  if (Choose(Why::kGoesOn)) Switch(thread, fibres[current]->context, true);
  playing = nullptr;
  for (std::uint32_t fibre = 0; fibre < fibres.size(); ++fibre) {
    ForgetStack(fibres[fibre]->context.sanitized);
    if (fibres[fibre]->state != Fibre::State::kEnded) run.unfinished.push_back(fibre);
  }
  return std::move(run);
}

void Fibres::Player::Visit(Schedule& by) {
  run = {};
  schedule = &by;
  plain = 0;
  ++writes;  // whatever the thread did since it left
  current = visitor;
  fibres[visitor]->context.sanitized = SanitizeThread();
  playing = this;
}

Fibres::Fibres() = default;

Fibres::~Fibres() {
  if (visited_ == nullptr) return;
  FRAMEFENCE_CHECK(visited_->runnable.size() == 1);
  for (const auto& fibre : fibres_) {
    if (fibre->stack) ForgetStack(fibre->context.sanitized);
  }
}

void Fibres::Add(std::function<void()> body) {
  FRAMEFENCE_CHECK(fibres_.size() < kFibresMax && !played_);
  fibres_.push_back(std::make_unique<Fibre>());
  fibres_.back()->body = std::move(body);
  fibres_.back()->stack.emplace();
}

Played Fibres::Play(Schedule& schedule, std::uint64_t steps_max) {
  FRAMEFENCE_CHECK(!fibres_.empty() && Player::playing == nullptr && !played_);
  played_ = true;
  return Player{fibres_, &schedule, steps_max}.Play();
}

void Fibres::Enter(Schedule& schedule) {
  FRAMEFENCE_CHECK(!fibres_.empty() && Player::playing == nullptr);
  if (visited_ == nullptr) {
    FRAMEFENCE_CHECK(!played_);
    played_ = true;
    visited_ = std::make_unique<Player>(Player{fibres_, &schedule, kStepsMax});
    visited_->Prepare();
    visited_->visitor = static_cast<std::uint32_t>(fibres_.size());
    visited_->runnable.push_back(visited_->visitor);
    fibres_.push_back(std::make_unique<Fibre>());
  }
  visited_->Visit(schedule);
}

void Fibres::Leave() {
  FRAMEFENCE_CHECK(Player::playing == visited_.get() && Player::playing != nullptr);
  Player::playing = nullptr;
}

void Fibres::Sleep() {
  if (Player::playing != nullptr) Player::playing->Sleep();
}
void Fibres::Wake(std::uint32_t fibre) {
  if (Player::playing != nullptr) Player::playing->Wake(fibre);
}
bool Fibres::IsAlone() {
  return Player::playing == nullptr || Player::playing->runnable.size() <= 1;
}

void Fibres::Yield() {
  if (Player::playing != nullptr) Player::playing->Pass(Player::Why::kGoesOn);
}
void Fibres::GiveWay() {
  if (Player::playing != nullptr) Player::playing->Pass(Player::Why::kGivesWay);
}
void Fibres::Wait() {
  if (Player::playing != nullptr) Player::playing->Pass(Player::Why::kWaits);
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
