// Fuzzes the relay with cases: the bytes are steps, the oracle judges every byte delivered.
//
// The environment chooses leaks and blindness (session_environment.h). Worlds too large to play in
// milliseconds are refused rather than cut down, and what is cut short is the case's end alone: a
// file that the fuzzer leaves behind means the same to `framefence replay`.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "harness/cases/case.h"
#include "harness/cases/text.h"
#include "harness/sim/case_player.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/fuzz/session_environment.h"
#include "targets/planted/planting.h"

namespace {

namespace cases = framefence::cases;

constexpr std::uint32_t kPopulationMax = 32;
constexpr std::uint32_t kFrameBytesMax = 16 * 1024;
constexpr std::uint64_t kEventsMax = 4096;

struct Session {
  Session() { world.LimitEvents(kEventsMax); }

  fuzz::SessionEnvironment environment;
  adapters::RelayAdapter relay;
  framefence::sim::World world{relay};
  framefence::sim::CasePlayer player{world};
  cases::Case played;
};

Session& TheSession() {
  static Session session;
  return session;
}

bool IsSmall(const cases::WorldOptions& world) {
  return std::max({world.accounts, world.cameras, world.names, world.integrations, world.viewers,
                   world.publishers}) <= kPopulationMax &&
         world.frame_bytes_max <= kFrameBytesMax;
}

[[noreturn]] void Report(const Session& session) {
  std::fprintf(stderr,
               "%s\n\n%s\nreplay: framefence replay CASE%s\nwith CASE: a file of the text above, "
               "or what the fuzzer wrote\n",
               Describe(session.player.violations().front()).c_str(),
               cases::WriteText(session.played).c_str(),
               session.environment.leaks.replay_flags.c_str());
  std::abort();
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
  if (!IsSmall(session.played.options)) return -1;
  session.player.Play(session.played, /*stop_at_violation=*/!session.environment.blind);
  if (!session.environment.blind && !session.player.violations().empty()) Report(session);
  return 0;
}
