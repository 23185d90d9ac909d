// framefence: can one home's picture ever reach another home's screen? The program of this checkout,
// for the systems that it binds.
#include <array>

#include "harness/cli/program.h"
#include "harness/media/av/picture.h"
#include "harness/report/words.h"
#include "targets/adapters/targets.h"
#include "targets/planted/planting.h"
#include "targets/program/commands.h"
#include "targets/program/engines.h"
#include "targets/program/leak_choice.h"

namespace framefence::cli {
namespace {

constexpr std::array<EngineInfo, 5> kEngines = {{
    {"proof",
     "Z3 on the shipping source of the decision core, for any number of accounts, cameras and "
     "sessions",
     0, false, RunProof},
    kSwarmEngine,
    {"properties", "RapidCheck: random command sequences against a dumb model", 0.15, false,
     RunProperties},
    {"libfuzzer", "coverage-guided, fuzz_session under ASan and UBSan", 0.3, false, RunLibFuzzer},
    {"afl", "coverage-guided, the same fuzz_session under AFL++", 0.15, false, RunAfl},
}};

constexpr std::array<AddCommand, 4> kCommands = {AddProve, AddIncident, AddRarity, AddScoreboard};

constexpr std::array<std::string_view, report::kPropertyCount> kAlsoJudgedBy = {
    "RapidCheck, proof",
    "RapidCheck, proof",
    "RapidCheck, proof",
    "RapidCheck, proof",
    "proof",
    "",
    "",
    "RapidCheck in part",
    "",
    "proof"};

// Where ci/make-footage put it, else the committed samples.
constexpr std::array<std::string_view, 2> kFootage = {"footage", "corpora/footage"};

std::optional<std::vector<std::byte>> PictureOf(std::span<const std::byte> annex_b) {
  const auto still = media::DecodeStill(annex_b);
  if (!still) return std::nullopt;
  auto png = media::EncodePng(still->picture);
  if (!png) return std::nullopt;
  return std::move(*png);
}

}  // namespace
}  // namespace framefence::cli

int main(int argc, char** argv) {
  using namespace framefence::cli;
  const PlantedLeaks leaks{.build = leaks::IsPlantedBuild() ? "planted" : "clean",
                           .plant = PlantLeaks,
                           .list = ListLeaks};
  const Program program{.targets = adapters::Targets(),
                        .engines = kEngines,
                        .leaks = &leaks,
                        .commands = kCommands,
                        .also_judged_by = kAlsoJudgedBy,
                        .footage = kFootage,
                        .picture_of = PictureOf};
  return Main(argc, argv, program);
}
