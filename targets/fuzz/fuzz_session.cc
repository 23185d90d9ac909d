// Fuzzes the relay with cases: the bytes are steps, the oracle judges every byte delivered.
//
// The environment chooses leaks and blindness (session_environment.h). Worlds too large to play
// quickly are refused rather than cut down, and what is cut short is the case's end alone: a file
// that the fuzzer leaves behind means the same to `framefence replay`.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "harness/cases/case.h"
#include "harness/contract/target.h"
#include "harness/sim/case_player.h"
#include "harness/sim/divergence.h"
#include "harness/sim/hash_of.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/fuzz/session_environment.h"
#include "targets/fuzz/session_limits.h"
#include "targets/fuzz/session_signals.h"
#include "targets/planted/planting.h"

namespace {

namespace cases = framefence::cases;
namespace sim = framefence::sim;

struct Session {
  Session() { world.UseTrace(&signals); }
  [[noreturn]] void Report(const std::string& what) const { environment.Report(what, played); }

  fuzz::SessionEnvironment environment;
  fuzz::SessionSignals signals;
  adapters::RelayAdapter relay;
  sim::World world{relay};
  sim::CasePlayer player{world};
  sim::Replayer replayer{framefence::contract::Make<adapters::RelayAdapter>, {}};
  cases::Case played;
};

Session& TheSession() {
  static Session session;
  return session;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  auto environment = fuzz::ReadSessionEnvironment();
  if (!environment) {
    std::fprintf(stderr, "fuzz_session: %s\n", environment.error().message.c_str());
    std::exit(2);
  }
  leaks::Plant(environment->leaks.mask);
  TheSession().environment = *environment;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session& session = TheSession();
  const auto bytes = std::as_bytes(std::span(data, size));
  if (cases::DecodeCase(bytes, session.played) != cases::DecodeStatus::kOk) return -1;
  if (!fuzz::IsSmall(session.played.options)) return -1;
  const bool judged = !session.environment.blind;
  session.world.LimitEvents(fuzz::EventsMax(session.played));
  session.player.Play(session.played, /*stop_at_violation=*/judged);
  const auto violations = session.player.violations();
  if (judged && !violations.empty()) session.Report(Describe(violations.front()));
  // Which inputs are played twice hangs on the input, so that each has one coverage.
  if (sim::HashOf(bytes) % sim::kReplayOneIn != 0) return 0;
  if (const auto divergence = session.replayer.Replay(session.player, session.played, judged))
    session.Report("nondeterminism: " + Describe(*divergence));
  return 0;
}
