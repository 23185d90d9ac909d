// framefence: can one home's picture ever reach another home's screen?
#include <CLI/CLI.hpp>

#include "harness/cli/commands.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/program.h"

namespace {

using namespace framefence::cli;

void AddCommon(CLI::App& command, Common& common) {
  command
      .add_option("--target", common.target, "the system under test (see: framefence list targets)")
      ->capture_default_str();
  command
      .add_option("--leak", common.leaks,
                  "plant this leak, by id (see: framefence list leaks); may be repeated")
      ->delimiter(',');
  command.add_option("--footage", common.footage,
                     "footage to play: .h264 files (Annex B) or folders of them");
}

void AddHunt(CLI::App& app, HuntOptions& options) {
  CLI::App* hunt = app.add_subcommand("hunt", "the main job: search, prove, report");
  AddCommon(*hunt, options.common);
  hunt->add_option("--engine", options.engines,
                   "all, swarm, properties, libfuzzer, afl, proof; several by commas")
      ->delimiter(',')
      ->capture_default_str();
  hunt->add_option("--seconds", options.seconds, "how long to search, over all engines")
      ->check(CLI::Range(0.1, 1e7))
      ->capture_default_str();
  hunt->add_option("--cases", options.cases,
                   "stop the swarm after this many cases instead (0: by time)");
  hunt->add_option("--seed", options.seed, "of everything drawn")->capture_default_str();
  hunt->add_option("--jobs", options.jobs, "threads and processes (0: one for each processor)")
      ->check(CLI::Range(0, 1024));
  hunt->add_option("--out", options.out, "where all that is found goes")->capture_default_str();
  hunt->add_option("--json", options.json, "write the report here too");
  hunt->add_flag("--blind", options.blind,
                 "with the oracle off: only crashes and sanitizers count (to compare)");
}

void AddReplay(CLI::App& app, ReplayOptions& options) {
  CLI::App* replay = app.add_subcommand("replay", "replay cases, or a whole corpus");
  AddCommon(*replay, options.common);
  replay
      ->add_option("paths", options.paths,
                   "case files (binary, text or raw fuzzer input) or folders")
      ->required();
  replay->add_option("--trace", options.trace, "write every event to this file (one case only)");
}

void AddMinimize(CLI::App& app, MinimizeOptions& options) {
  CLI::App* minimize = app.add_subcommand("minimize", "the smallest case with the same verdict");
  AddCommon(*minimize, options.common);
  minimize->add_option("case", options.path, "case file")->required();
  minimize->add_option("--out", options.out,
                       "write it here (.txt: as text); otherwise it is printed as text");
  minimize->add_option("--executions", options.executions_max, "give up after this many runs")
      ->capture_default_str();
}

void AddProve(CLI::App& app, ProveOptions& options) {
  CLI::App* prove =
      app.add_subcommand("prove", "the proof of the decision core, condition by condition");
  AddCommon(*prove, options.common);
  prove->add_option("--out", options.out, "where what is refuted is shown, as a case that replays")
      ->capture_default_str();
  prove->add_option("--json", options.json, "write the conditions here");
  prove->add_flag("--cvc5", options.cvc5, "ask cvc5 too, as a second witness");
}

void AddIncident(CLI::App& app, IncidentOptions& options) {
  CLI::App* incident =
      app.add_subcommand("incident", "the story this project began with, end to end");
  incident->add_option("--homes", options.homes, "accounts that linked the integration")
      ->check(CLI::Range(8, 20000))
      ->capture_default_str();
  incident->add_option("--seed", options.seed, "of everything drawn")->capture_default_str();
  incident->add_option("--out", options.out, "where the pictures and the case go")
      ->capture_default_str();
  incident->add_option("--footage", options.footage,
                       "footage to play: .h264 files (Annex B) or folders of them");
}

void AddScoreboard(CLI::App& app, ScoreboardOptions& options) {
  CLI::App* scoreboard =
      app.add_subcommand("scoreboard", "every engine on every leak and every twin");
  scoreboard->add_option("--target", options.target, "the system under test")
      ->capture_default_str();
  scoreboard->add_option("--leaks", options.leaks, "only these, by id")->delimiter(',');
  scoreboard->add_option("--engines", options.engines, "only these")->delimiter(',');
  scoreboard->add_option("--trials", options.trials, "seeds for each pair")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  scoreboard->add_option("--seconds", options.seconds, "for each trial")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  scoreboard->add_option("--json", options.json, "write the table here");
}

int Run(int argc, char** argv) {
  CLI::App app("framefence: can one home's picture ever reach another home's screen?");
  app.set_version_flag("--version", VersionText());
  app.require_subcommand(1);
  app.footer(
      "exit status: 0 pass, 1 isolation violated, 2 wrong usage or unreadable input, 3 liveness, 4 "
      "crash, 5 inconclusive");

  HuntOptions hunt;
  AddHunt(app, hunt);
  ReplayOptions replay;
  AddReplay(app, replay);
  std::string show_path;
  bool show_binary = false;
  CLI::App* show = app.add_subcommand("show", "the case as text");
  show->add_option("case", show_path, "case file")->required();
  show->add_flag("--binary", show_binary, "write the binary form to standard output instead");
  MinimizeOptions minimize;
  AddMinimize(app, minimize);
  ProveOptions prove;
  AddProve(app, prove);
  IncidentOptions incident;
  AddIncident(app, incident);
  ScoreboardOptions scoreboard;
  AddScoreboard(app, scoreboard);
  std::string what;
  CLI::App* list = app.add_subcommand("list", "what there is to choose from");
  list->add_option("what", what, "targets, leaks, properties, engines, steps or dictionary")
      ->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitPass : kExitUsage;
  }
  if (app.got_subcommand("hunt")) return Hunt(hunt);
  if (app.got_subcommand("replay")) return Replay(replay);
  if (app.got_subcommand("show")) return Show(show_path, show_binary);
  if (app.got_subcommand("minimize")) return Minimize(minimize);
  if (app.got_subcommand("prove")) return Prove(prove);
  if (app.got_subcommand("incident")) return Incident(incident);
  if (app.got_subcommand("scoreboard")) return Scoreboard(scoreboard);
  return List(what);
}

}  // namespace

int main(int argc, char** argv) {
  RememberCommandLine(argc, argv);
  CatchInterrupts();
  return Run(argc, argv);
}
