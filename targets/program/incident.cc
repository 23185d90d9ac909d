// framefence incident: December 2019, from simulation. A cache update, strangers' stills on a few
// displays, the integration cut off, the fix, the integration restored.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "harness/base/files.h"
#include "harness/cases/text.h"
#include "harness/cli/case_files.h"
#include "harness/cli/finding.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/options.h"
#include "harness/report/findings.h"
#include "harness/report/progress.h"
#include "harness/report/words.h"
#include "targets/planted/catalogue.h"
#include "targets/planted/planting.h"
#include "targets/program/commands.h"
#include "targets/program/fleet.h"
#include "targets/program/rarity.h"

namespace framefence::cli {
namespace {

struct IncidentOptions {
  std::uint32_t homes = 1044;
  std::uint64_t seed = 2019;
  std::string out = "findings/incident";
  std::vector<std::string> footage;
};

namespace fs = std::filesystem;

constexpr auto kPhase = std::chrono::minutes(5);
// Cases of rolling worlds are slow to play: enough runs to become small, not to become minimal at
// any price.
constexpr std::uint64_t kMinimizeExecutionsMax = 4'000;

std::uint64_t TheUpdate() { return leaks::FindLeak("A3")->mask() | leaks::FindLeak("B5")->mask(); }

Result<cases::Case> WitnessOnFilm(const leaks::Entry& leak) {
  return LoadCase(InCheckout(fs::path("corpora/witnesses") /
                             (std::string(leak.witness) + "-on-film.case.txt")));
}

void PrintCount(const char* title, const FleetCount& count) {
  fmt::print("\n{}\n", title);
  fmt::print("  {:.1f} camera-hours, {} deliveries to displays ({} stills), {} to phones\n",
             count.camera_hours, report::Count(count.integration_deliveries),
             report::Count(count.stills), report::Count(count.app_deliveries));
  fmt::print("  homes shown a stranger's picture: {}\n", count.homes_affected.size());
  fmt::print("  stills of strangers: {} whole, {} partly corrupted\n", count.whole_foreign,
             count.partly_foreign);
  fmt::print("  leaks through the vendor's own app: {}\n", count.app_leaks);
  if (count.own_corrupted != 0)
    fmt::print("  stills corrupted by older pictures of their own camera: {}\n",
               count.own_corrupted);
  std::fflush(stdout);
}

class Story {
 public:
  explicit Story(const IncidentOptions& options, const contract::Target& target,
                 std::span<const media::Footage> clips)
      : options_(options), target_(target), clips_(clips) {}

  ExitStatus Tell() {
    Before();
    After();
    if (Interrupted()) return kExitInconclusive;
    if (leaks_.empty()) {
      fmt::print("\nno leak in this run; try another --seed\n");
      return kExitInconclusive;
    }
    if (const auto written = WriteCaseAndPictures(); !written) return UsageError(written.error());
    MeasureRarityOfTheUpdate();
    if (Interrupted()) return kExitInconclusive;
    const bool as_expected = clean_ && quiet_;
    fmt::print(
        "\n{}\n",
        as_expected
            ? "before the update, while suspended, and after the fix: nothing leaked"
            : "NOT as it should be: something leaked outside the update, or while suspended");
    return as_expected ? kExitPass : kExitViolation;
  }

 private:
  FleetOptions FleetOf(bool still_fallback) const {
    return {.homes = options_.homes,
            .poor_homes = std::max(2U, options_.homes / 100),
            .seed = options_.seed,
            .still_fallback = still_fallback};
  }

  FleetCount Play(Fleet& fleet, const char* phase) {
    const auto seconds = static_cast<double>(std::chrono::seconds(kPhase).count());
    double done = 0;
    const FleetCount count = fleet.Run(kPhase, [&] {
      progress_.Show({phase, static_cast<std::uint64_t>(++done), "virtual s", done / seconds});
      return !Interrupted();
    });
    progress_.Erase();
    return count;
  }

  void Expect(const FleetCount& count) {
    clean_ =
        clean_ && count.homes_affected.empty() && count.app_leaks == 0 && count.own_corrupted == 0;
  }

  void Before() {
    leaks::Plant(0);
    const auto system = target_.make();
    Fleet fleet(*system, FleetOf(false));
    const FleetCount count = Play(fleet, "before the update");
    PrintCount("1. Before 26 December 2019: no still fallback", count);
    Expect(count);
  }

  void After() {
    leaks::Plant(TheUpdate());
    const auto system = target_.make();
    Fleet fleet(*system, FleetOf(true));
    const FleetCount updated = Play(fleet, "after the update");
    PrintCount(
        "2. The cache update: under loss a display gets the last still (planted: A3, B5, which fit "
        "what is public)",
        updated);
    clean_ = clean_ && updated.app_leaks == 0;
    leaks_ = fleet.leaks();
    if (leaks_.empty() || Interrupted()) return;
    PrintFirst(leaks_.front());
    two_ = CaseOf(fleet);

    fleet.Suspend();
    const FleetCount suspended = Play(fleet, "suspended");
    PrintCount("3. The display's maker suspends the integration", suspended);
    quiet_ = suspended.integration_deliveries == 0;
    fmt::print("  deliveries to displays while suspended: {}\n", suspended.integration_deliveries);

    leaks::Plant(0);
    fleet.Restore();
    fleet.ReopenDisplays();
    const FleetCount restored = Play(fleet, "restored");
    PrintCount("4. Fixed, and restored", restored);
    Expect(restored);
  }

  static void PrintFirst(const FleetLeak& leak) {
    fmt::print(
        "  first detection: {:.1f} s after the update, the display of home {} was shown {} picture "
        "of home {}\n",
        static_cast<double>(Microseconds(leak.at)) / 1e6, leak.victim,
        leak.whole ? "a whole" : "part of a", leak.stranger);
  }

  // Whether a display is shown a still that is a stranger's in whole or in part.
  static bool ShowsAStranger(TestBed& bed, const cases::Case& played) {
    bool shown = false;
    bed.world().oracle().on_violation = [&](const oracle::Violation& violation) {
      shown = shown || IsStrangers(violation);
    };
    bed.Run(played, /*stop_at_violation=*/false);
    bed.world().oracle().on_violation = nullptr;
    return shown;
  }

  // What the two homes of a leak went through, where that alone leaks too.
  std::optional<cases::Case> CaseOf(const Fleet& fleet) {
    TestBed bed(target_, clips_);
    for (const FleetLeak& leak : fleet.leaks()) {
      cases::Case two = fleet.CaseOfTwo(leak.victim, leak.stranger);
      if (ShowsAStranger(bed, two)) return two;
    }
    return std::nullopt;
  }

  Outcome WriteCaseAndPictures() {
    leaks::Plant(TheUpdate());
    TestBed bed(target_, clips_);
    if (!two_) {
      fmt::print("\nno pair of homes leaks on its own: no case was cut out of the fleet\n");
    } else {
      progress_.Show({"minimising", 0, "runs", std::nullopt});
      const auto minimized = cases::Minimize(
          *two_, [&](const cases::Case& smaller) { return ShowsAStranger(bed, smaller); },
          {.executions_max = kMinimizeExecutionsMax},
          [&](const cases::MinimizeProgress& p) {
            progress_.Show({"minimising", p.executions, "runs", std::nullopt});
            return !Interrupted();
          });
      progress_.Erase();
      const fs::path file = fs::path(options_.out) / "case.txt";
      const std::string text = cases::WriteText(minimized.smallest);
      if (const auto written = WriteFileWhole(file, text); !written) return written;
      fmt::print(
          "\nTwo homes of the fleet, minimised to {} of {}, leak by themselves:\n\n{}\nreplay: "
          "{}\n",
          report::Count(minimized.smallest.steps.size(), "step"), report::Count(two_->steps.size()),
          text,
          CommandOf("replay", {file.string()}) +
              CommonFlags({.leaks = {"A3", "B5"}, .footage = options_.footage}));
    }
    if (clips_.empty()) {
      fmt::print("no footage: no pictures (ci/make-footage makes some)\n");
      return Unit{};
    }
    if (auto written = WritePicture(bed, "A3", "whole-stranger.png"); !written) return written;
    return WritePicture(bed, "B5", "part-of-a-stranger.png");
  }

  // In a town and not in the fleet: one of a thousand homes leaks somewhere too often to be rare.
  void MeasureRarityOfTheUpdate() {
    leaks::Plant(TheUpdate());
    fmt::print("\nHow rare is it? In a town of few homes whose networks all lose the same:\n");
    struct Network {
      const char* name;
      std::uint32_t
          replications;  // of splitting, where plain sampling does not reach in so little time
    };
    for (const Network& network :
         {Network{"bad-dsl", 6}, Network{"rfc8868-lossy", 6}, Network{"incident-2020", 0}}) {
      const RarityPlan plan{.network = net::FindPreset(network.name),
                            .camera_hours = 40,
                            .replications = network.replications,
                            .effort = 60,
                            .seed = options_.seed};
      const Rarity rarity = MeasureRarity(target_, plan, progress_);
      if (Interrupted()) return;
      fmt::print("\n{}\n{}", TownText(plan), RarityText(rarity, plan));
      std::fflush(stdout);
    }
    fmt::print("\nsurer: {} --help\n", CommandOf("rarity", {}));
  }

  // The leak's witness, played with real footage: what was on the screen.
  Outcome WritePicture(TestBed& bed, const char* id, const char* name) {
    const leaks::Entry* leak = leaks::FindLeak(id);
    leaks::Plant(leak->mask());
    const auto witness = WitnessOnFilm(*leak);
    if (!witness) return witness.error();
    const auto picture = PictureOf(bed, *witness);
    if (!picture)
      return Error{std::string("the witness of ") + id + " leaks no picture with this footage"};
    const fs::path file = fs::path(options_.out) / name;
    fmt::print("{}: {} on real footage: {}\n", file.string(), id, picture->caption);
    return WriteFileWhole(file, picture->png);
  }

  const IncidentOptions& options_;
  const contract::Target& target_;
  std::span<const media::Footage> clips_;
  report::Progress progress_;
  std::vector<FleetLeak> leaks_;
  std::optional<cases::Case> two_;
  bool clean_ = true;  // nothing leaked where nothing should
  bool quiet_ = true;  // nothing was delivered while suspended
};

ExitStatus Incident(const IncidentOptions& options) {
  // The story needs the update's leaks: the planted program tells it.
  if (const auto chosen = ChooseLeaks({"A3", "B5"}, "relay"); !chosen)
    return UsageError(chosen.error());
  if (const auto writable = report::CheckWritable(options.out); !writable)
    return UsageError(writable.error());
  const auto target = ChooseTarget("relay");
  if (!target) return UsageError(target.error());
  const auto clips = LoadFootage(options.footage);
  if (!clips) return UsageError(clips.error());
  for (const char* id :
       {"A3", "B5"}) {  // needed at the end, asked for before the minutes until then
    if (clips->empty()) break;
    if (const auto witness = WitnessOnFilm(*leaks::FindLeak(id)); !witness)
      return UsageError(witness.error());
  }
  fmt::print("{} homes linked the integration; {} of them on extremely poor networks; seed {}\n",
             options.homes, std::max(2U, options.homes / 100), options.seed);
  return Story(options, **target, *clips).Tell();
}

}  // namespace

Command AddIncident(CLI::App& app) {
  const auto given = std::make_shared<IncidentOptions>();
  IncidentOptions& options = *given;
  CLI::App* incident =
      app.add_subcommand("incident", "the story this project began with, end to end");
  Bound(incident->add_option("--homes", options.homes, "accounts that linked the integration")
            ->type_name("NUMBER")
            ->capture_default_str(),
        8, 20'000);
  AddSeed(*incident, options.seed);
  AddOut(*incident, options.out, "where the pictures and the case go");
  AddFootage(*incident, options.footage);
  return {incident, [given] { return Incident(*given); }};
}

}  // namespace framefence::cli
