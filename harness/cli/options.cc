#include "harness/cli/options.h"

#include <fmt/core.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "harness/report/words.h"

namespace framefence::cli {
namespace {

std::string NumberText(double number) {
  return number == std::floor(number) ? report::Count(static_cast<std::uint64_t>(number))
                                      : fmt::format("{:g}", number);
}

// A number within bounds, which `option` says in its help too.
void Bound(CLI::Option* option, double least, double most) {
  const std::string bounds = NumberText(least) + " to " + NumberText(most);
  option->description(option->get_description() + " (" + bounds + ")");
  option->check(CLI::Validator(
      [=](std::string& text) {
        char* end = nullptr;
        const double number = std::strtod(text.c_str(), &end);
        const bool is_number = end != text.c_str() && *end == '\0';
        return is_number && number >= least && number <= most
                   ? std::string()
                   : "'" + text + "' is not a number from " + bounds;
      },
      ""));
}

// A count or a seed: a sign, or what is too large, would be wrapped around.
CLI::Option* Unsigned(CLI::Option* option) {
  return option->capture_default_str()->check(CLI::Validator(
      [](std::string& text) {
        if (text.starts_with('-')) return "'" + text + "' is negative";
        errno = 0;
        std::strtoull(text.c_str(), nullptr, 0);
        return errno == ERANGE ? "'" + text + "' is too large" : std::string();
      },
      ""));
}

// One value a flag, or several by commas, and the flag as often as wanted. The plural does as well,
// and adds to it.
CLI::Option* AddList(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                     const std::string& help) {
  CLI::Option* option = command.add_option("--" + name, values, help);
  CLI::Option* plural = command.add_option_function<std::vector<std::string>>(
      "--" + name + "s", [option, &values](const std::vector<std::string>& more) {
        if (option->count() == 0) values.clear();  // the default
        values.insert(values.end(), more.begin(), more.end());
      });
  plural->group("");  // not in the help
  for (CLI::Option* spelling : {option, plural})
    spelling->delimiter(',')->allow_extra_args(false)->type_name("NAME");
  return option;
}

void AddTarget(CLI::App& command, std::string& target) {
  command.add_option("--target", target, "the system under test (see: framefence list targets)")
      ->type_name("NAME")
      ->capture_default_str();
}

void AddFootage(CLI::App& command, std::vector<std::string>& footage) {
  command
      .add_option("--footage", footage,
                  "footage to play: an .h264 file (Annex B) or a folder of them; may be repeated "
                  "(default: footage/ or corpora/footage/ in the checkout)")
      ->type_name("PATH")
      ->allow_extra_args(false);
}

void AddSeed(CLI::App& command, std::uint64_t& seed) {
  Unsigned(command.add_option("--seed", seed, "of everything drawn"))->type_name("NUMBER");
}

void AddOut(CLI::App& command, std::string& out, const std::string& help) {
  command.add_option("--out", out, help)->type_name("FOLDER")->capture_default_str();
}

void AddJson(CLI::App& command, std::string& json, const std::string& help) {
  command.add_option("--json", json, help)->type_name("FILE");
}

void AddCommon(CLI::App& command, Common& common) {
  AddTarget(command, common.target);
  AddList(command, "leak", common.leaks,
          "plant this leak, by id (see: framefence list leaks); may be repeated");
  AddFootage(command, common.footage);
}

void AddHunt(CLI::App& app, HuntOptions& options) {
  CLI::App* hunt = app.add_subcommand("hunt", "the main job: search, prove, report");
  AddCommon(*hunt, options.common);
  AddList(*hunt, "engine", options.engines,
          "all, proof, swarm, properties, libfuzzer, afl; several by commas")
      ->default_str("all");
  Bound(hunt->add_option("--seconds", options.seconds, "how long to search, over all engines")
            ->type_name("SECONDS")
            ->capture_default_str(),
        0.1, 1e7);
  Unsigned(hunt->add_option("--cases", options.cases,
                            "stop the swarm after this many cases instead (0: by time)"))
      ->type_name("NUMBER");
  AddSeed(*hunt, options.seed);
  Bound(hunt->add_option("--jobs", options.jobs, "threads and processes; 0: one for each processor")
            ->type_name("NUMBER")
            ->capture_default_str(),
        0, 1024);
  AddOut(*hunt, options.out, "where all that is found goes");
  AddJson(*hunt, options.json, "write the report here too");
  hunt->add_flag("--first", options.first, "stop at the first finding");
  hunt->add_flag("--blind", options.blind,
                 "with the oracle off: only crashes and sanitizers count (to compare)");
}

void AddReplay(CLI::App& app, ReplayOptions& options) {
  CLI::App* replay = app.add_subcommand("replay", "replay cases, or a whole corpus");
  AddCommon(*replay, options.common);
  replay
      ->add_option("paths", options.paths,
                   "case files (binary, text or raw fuzzer input) or folders")
      ->type_name("PATH")
      ->required();
  replay->add_option("--trace", options.trace, "write every event to this file (one case only)")
      ->type_name("FILE");
}

void AddMinimize(CLI::App& app, MinimizeOptions& options) {
  CLI::App* minimize = app.add_subcommand("minimize", "the smallest case with the same verdict");
  AddCommon(*minimize, options.common);
  minimize->add_option("case", options.path, "case file")->type_name("FILE")->required();
  minimize
      ->add_option("--out", options.out,
                   "write it here (.txt: as text); otherwise it is printed as text")
      ->type_name("FILE");
  Unsigned(
      minimize->add_option("--executions", options.executions_max, "give up after this many runs"))
      ->type_name("NUMBER");
}

void AddShow(CLI::App& app, Options& options) {
  CLI::App* show = app.add_subcommand("show", "the case as text");
  show->add_option("case", options.show_path, "case file")->type_name("FILE")->required();
  show->add_flag("--binary", options.show_binary,
                 "write the binary form to standard output instead");
}

void AddProve(CLI::App& app, ProveOptions& options) {
  CLI::App* prove =
      app.add_subcommand("prove", "the proof of the decision core, condition by condition");
  AddCommon(*prove, options.common);
  AddOut(*prove, options.out, "where the report goes; what is refuted, as a case that replays");
  AddJson(*prove, options.json, "write the report here too");
  prove->add_flag("--cvc5", options.cvc5, "ask cvc5 too, as a second witness");
}

void AddIncident(CLI::App& app, IncidentOptions& options) {
  CLI::App* incident =
      app.add_subcommand("incident", "the story this project began with, end to end");
  Bound(incident->add_option("--homes", options.homes, "accounts that linked the integration")
            ->type_name("NUMBER")
            ->capture_default_str(),
        8, 20'000);
  AddSeed(*incident, options.seed);
  AddOut(*incident, options.out, "where the pictures and the case go");
  AddFootage(*incident, options.footage);
}

void AddScoreboard(CLI::App& app, ScoreboardOptions& options) {
  CLI::App* scoreboard =
      app.add_subcommand("scoreboard", "every engine on every leak and every twin");
  AddTarget(*scoreboard, options.target);
  AddList(*scoreboard, "leak", options.leaks,
          "only this one, by id (see: framefence list leaks); may be repeated");
  AddList(*scoreboard, "engine", options.engines, "only this one; may be repeated")
      ->default_str("all");
  Bound(scoreboard->add_option("--trials", options.trials, "seeds for each pair")
            ->type_name("NUMBER")
            ->capture_default_str(),
        1, 1000);
  Bound(scoreboard->add_option("--seconds", options.seconds, "for each trial")
            ->type_name("SECONDS")
            ->capture_default_str(),
        0.1, 1e6);
  AddJson(*scoreboard, options.json, "write the table here");
}

}  // namespace

void AddCommands(CLI::App& app, Options& options) {
  AddHunt(app, options.hunt);
  AddReplay(app, options.replay);
  AddShow(app, options);
  AddMinimize(app, options.minimize);
  AddProve(app, options.prove);
  AddIncident(app, options.incident);
  AddScoreboard(app, options.scoreboard);
  app.add_subcommand("list", "what there is to choose from")
      ->add_option("what", options.list, "targets, leaks, properties, engines, steps or dictionary")
      ->type_name("WHAT")
      ->required();
}

}  // namespace framefence::cli
