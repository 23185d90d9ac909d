#include "targets/fuzz/session_signals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "targets/fuzz/session_fuzzer_for_tests.h"

// Where libFuzzer finds the counters: the linker names the ends of their section.
extern "C" std::uint8_t __start___libfuzzer_extra_counters[];
extern "C" std::uint8_t __stop___libfuzzer_extra_counters[];

namespace fuzz {
namespace {

// As libFuzzer does it for each case.
void Clear() {
  std::fill(__start___libfuzzer_extra_counters, __stop___libfuzzer_extra_counters, 0);
}
std::vector<std::uint8_t> Signals() {
  return {__start___libfuzzer_extra_counters, __stop___libfuzzer_extra_counters};
}

std::vector<std::uint8_t> SignalsOf(const std::string& steps) {
  Clear();
  FuzzOne(steps);
  return Signals();
}

// Seen to fail with answers counted whatever came before, and with a case that begins after what the
// one before it ended with.
TEST(SessionSignals, TellTheOrderOfOperations) {
  StartFuzzer("");
  const std::string unlink = "unlink account=0 integration=0\n", revoke = "revoke account=0\n";
  const auto signals = SignalsOf(unlink + revoke);
  EXPECT_NE(SignalsOf(revoke + unlink), signals);
  EXPECT_EQ(SignalsOf(unlink + revoke), signals);
}

// Seen to fail with stills and packets counted as one.
TEST(SessionSignals, TellStillsFromPackets) {
  const auto signals_of = [](framefence::contract::DeliveryKind kind) {
    Clear();
    SessionSignals().OnEvent(
        {.kind = framefence::sim::TraceKind::kDelivery, .b = static_cast<std::uint64_t>(kind)});
    return Signals();
  };
  EXPECT_NE(signals_of(framefence::contract::DeliveryKind::kRtp),
            signals_of(framefence::contract::DeliveryKind::kStill));
}

}  // namespace
}  // namespace fuzz
