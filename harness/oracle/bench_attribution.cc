// Prints how often the oracle takes bytes for somebody's whose they are not, beside what is computed.
// Usage: bench_attribution [PACKETS]    of 600 bytes, from each source; 20,000 by default
#include <fmt/core.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "harness/oracle/attribution_for_tests.h"

int main(int argc, char** argv) {
  using namespace framefence::oracle::testing;
  const long asked = argc > 1 ? std::atol(argv[1]) : 20'000;
  const auto packets = static_cast<std::size_t>(asked > 0 ? asked : 1);
  fmt::print("computed: {:.1e} of positions wrong\n\n",
             ComputedWrong(AttributionMeter::kCellsPublished));
  fmt::print(
      "| source | positions | wrong | at most (95 %) | bytes attributed | 8 check bits right, "
      "of 2^-8 | 16, of 2^-16 |\n| --- | --- | --- | --- | --- | --- | --- |\n");
  std::uint64_t wrong = 0;
  for (const Source& source : Sources()) {
    const Attribution measured = AttributionMeter(1).Measure(source, packets);
    const auto positions = static_cast<double>(measured.positions);
    const auto share_of_expected = [&](unsigned bits) {
      return static_cast<double>(measured.check_bits[bits]) / std::ldexp(positions, -int(bits));
    };
    fmt::print("| {} | {:.2e} | {} | {} | {:.2f} % | {:.3f} | {:.3f} |\n", source.name, positions,
               measured.wrong,
               measured.wrong == 0 ? fmt::format("{:.1e}", measured.WrongAtMost()) : "-",
               100.0 * static_cast<double>(measured.bytes_attributed) /
                   static_cast<double>(measured.bytes),
               share_of_expected(8), share_of_expected(16));
    std::fflush(stdout);
    wrong += measured.wrong;
  }
  return wrong == 0 ? 0 : 1;
}
