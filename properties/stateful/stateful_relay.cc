// The suite on the reference relay. In the planted build FRAMEFENCE_LEAK="A3,B5" plants leaks.
#include <chrono>
#include <cstdio>

#include "properties/stateful/runner.h"
#include "targets/adapters/relay_adapter.h"
#include "targets/planted/leak_environment.h"
#include "targets/planted/planting.h"
#include "targets/relay/options.h"

int main(int argc, char** argv) {
  const auto chosen = leaks::ReadLeakEnvironment();
  if (!chosen) {
    std::fprintf(stderr, "stateful_relay: %s\n", chosen.error().message.c_str());
    return 2;
  }
  leaks::Plant(chosen->mask);
  const relay::Options options;
  const framefence::stateful::Promises promises{
      .degrades_above = options.degrade_at,
      .recovers_below = options.recover_at,
      .still_interval =
          std::chrono::duration_cast<framefence::VirtualDuration>(options.still_interval)};
  adapters::RelayAdapter system;
  return framefence::stateful::RunProgram(argc, argv, system, promises, chosen->replay_flags);
}
