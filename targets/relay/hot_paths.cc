// Fixed work on the relay's hot paths, for callgrind to count (ci/instructions). Each path is first
// seen to give the right answer, then called kCalls times between two requests to callgrind, the
// second of which names what the count is of. Exit status 1: a wrong answer.
//
// The gate was seen to fail: 8 instructions more in FanOut::SendPacket are 4.5 % of a viewer's share.
#include <valgrind/callgrind.h>

#include <cstring>
#include <vector>

#include "targets/relay/bench_deployment.h"
#include "targets/relay/deadline_queue.h"
#include "targets/relay/token.h"

namespace relay::bench {
namespace {

constexpr std::uint32_t kCalls = 1024;  // as in ci/instructions

// The name is a macro's argument for callgrind: a literal.
#define COUNT(name, work)                                 \
  do {                                                    \
    CALLGRIND_ZERO_STATS;                                 \
    for (std::uint32_t call = 0; call < kCalls; ++call) { \
      work;                                               \
    }                                                     \
    CALLGRIND_DUMP_STATS_AT(name);                        \
  } while (false)

// What moving a payload once takes: the measure of the others.
bool CountMemcpy() {
  const Bytes from(kPayloadBytes, std::byte{1});
  Bytes to(kPayloadBytes);
  COUNT("memcpy-payload", std::memcpy(to.data(), from.data(), from.size()); Use(to.data()));
  return to == from;
}

// A packet's way through the relay, to no viewer, to 1 and to 10.
bool CountPackets() {
  Deployment to_none(0), to_1(1), to_10(10);
  if (!to_none.ok() || !to_1.ok() || !to_10.ok()) return false;
  for (Deployment* deployment : {&to_none, &to_1, &to_10}) deployment->SendTo(Sink::kDrop);
  COUNT("packet-to-0", to_none.Send());
  COUNT("packet-to-1", to_1.Send());
  COUNT("packet-to-10", to_10.Send());
  return true;
}

// A core with one camera, one viewer session by the integration's door, which has more to check,
// and one slot that it may be lent.
struct LentSlot {
  Core core;
  Core::State& state = core.state();
  Machine::Generation generation{};
  bool ok = false;

  LentSlot() {
    state.Reset({1, 1, 1, 1, 1, 1, 1});
    core.Bind(Camera(0), Account(0), Name(0));
    core.Link(Account(0), Integration(0));
    core.StartPublisher(Port(0), Camera(0), kSource, kSsrc);
    const auto admitted = core.Admit(Port(0), kSource, kSsrc, kNow);
    const auto filling = core.BeginFill(admitted.admission, Slot(0));
    core.Commit(filling.filling, admitted.admission, Length(kPayloadBytes));
    const auto granted = core.GrantIntegration(Account(0), Name(0), Integration(0),
                                               Later(kNow, std::chrono::seconds(1)));
    generation = core.OpenViewer(Viewer(0), granted.value, kNow).value;
    ok = core.LendPacket(Viewer(0), generation, Slot(0), kNow).status == Status::kOk &&
         core.LendStill(Viewer(0), generation, Slot(0), kNow).status == Status::kOk;
  }
};

// Calls of their own, with answers that are used: else what they do would be lifted out of the loop.
[[gnu::noinline]] void LendPacket(const LentSlot& held) {
  const auto lent = held.core.LendPacket(Viewer(0), held.generation, Slot(0), kNow);
  Use(&lent);
}
[[gnu::noinline]] void LendStill(const LentSlot& held) {
  const auto lent = held.core.LendStill(Viewer(0), held.generation, Slot(0), kNow);
  Use(&lent);
}

bool CountLending() {
  const LentSlot held;
  if (!held.ok) return false;
  COUNT("lend-packet", LendPacket(held));
  COUNT("lend-still", LendStill(held));
  return true;
}

bool CountSessions() {
  SinkTransport transport;
  Relay relay(transport);
  Options options;
  options.viewers = kCalls;
  relay.Reset(options);
  relay.Bind(Camera(0), Account(0), Name(0));
  const Token token = relay.IssueAppToken(Account(0), Name(0), kNow).value;
  std::vector<ViewerHandle> opened(kCalls);
  COUNT("open-viewer", opened[call] = relay.OpenViewer(token.text(), kNow).value);
  COUNT("close-viewer", relay.CloseViewer(opened[call], kNow));
  COUNT("verify-token", VerifyToken(token.text(), options.secret));
  return relay.counters().opens[Status::kOk] == kCalls &&
         relay.CloseViewer(opened.front(), kNow) == Status::kNoSession &&
         VerifyToken(token.text(), options.secret).status == Status::kOk;
}

// Each deadline sooner than all before, which no queue that looks for its place from one end can bear
// (a sorted list took 4,114 instructions).
bool CountTimers() {
  DeadlineQueue timers;
  timers.Reset(kCalls);
  COUNT("set-soonest-timer", timers.Set(call, Time(kCalls - call)));
  return timers.next() == Time(1) && timers.PopDue(Time(1)) == kCalls - 1;
}

}  // namespace
}  // namespace relay::bench

int main() {
  using namespace relay::bench;
  return CountMemcpy() && CountPackets() && CountLending() && CountSessions() && CountTimers() ? 0
                                                                                               : 1;
}
