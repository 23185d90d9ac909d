#include "harness/cli/options.h"

#include <fmt/core.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

#include "harness/cli/engine.h"
#include "harness/report/words.h"

namespace framefence::cli {
namespace {

std::string NumberText(double number) {
  return number == std::floor(number) ? report::Count(static_cast<std::uint64_t>(number))
                                      : fmt::format("{:g}", number);
}

}  // namespace

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

CLI::Option* AddNames(CLI::App& command, const std::string& name, std::vector<std::string>& values,
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
  target = DefaultTarget();
  command
      .add_option("--target", target,
                  "the system under test (see: " + ThisProgram().name + " list targets)")
      ->type_name("NAME")
      ->capture_default_str();
}

void AddFootage(CLI::App& command, std::vector<std::string>& footage) {
  std::string usual;
  for (const std::string_view folder : ThisProgram().footage)
    usual += (usual.empty() ? "" : " or ") + std::string(folder) + "/";
  command
      .add_option("--footage", footage,
                  "footage to play: an .h264 file (Annex B) or a folder of them; may be repeated "
                  "(default: " +
                      (usual.empty() ? "none" : usual + " in the checkout") + ")")
      ->type_name("PATH")
      ->allow_extra_args(false);
}

void AddRecordings(CLI::App& command, Common& common) {
  command
      .add_option(
          "--error-pattern", common.error_pattern,
          "recorded losses, which `weather model=recorded` plays: ITU-T G.192, or text of 0 "
          "and 1")
      ->type_name("FILE");
  command
      .add_option("--delivery-trace", common.delivery_trace,
                  "recorded capacity, which `path set=trace` plays: Mahimahi's, a time in "
                  "milliseconds a line")
      ->type_name("FILE");
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
  if (ThisProgram().leaks != nullptr)
    AddNames(
        command, "leak", common.leaks,
        "plant this leak, by id (see: " + ThisProgram().name + " list leaks); may be repeated");
  AddFootage(command, common.footage);
  AddRecordings(command, common);
}

namespace {

Command AddHunt(CLI::App& app) {
  const auto given = std::make_shared<HuntOptions>();
  HuntOptions& options = *given;
  CLI::App* hunt = app.add_subcommand("hunt", "the main job: search, prove, report");
  AddCommon(*hunt, options.common);
  AddNames(*hunt, "engine", options.engines, KnownEngines() + "; several by commas")
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
  return {hunt, [given] { return Hunt(*given); }};
}

Command AddReplay(CLI::App& app) {
  const auto given = std::make_shared<ReplayOptions>();
  ReplayOptions& options = *given;
  CLI::App* replay = app.add_subcommand("replay", "replay cases, or a whole corpus");
  AddCommon(*replay, options.common);
  replay
      ->add_option("paths", options.paths,
                   "case files (binary, text or raw fuzzer input) or folders")
      ->type_name("PATH")
      ->required();
  replay
      ->add_option("--trace", options.trace,
                   "write every event to this file (one case only): a line each, or, to FILE.json, "
                   "as ui.perfetto.dev and chrome://tracing show it")
      ->type_name("FILE");
  return {replay, [given] { return Replay(*given); }};
}

Command AddMinimize(CLI::App& app) {
  const auto given = std::make_shared<MinimizeOptions>();
  MinimizeOptions& options = *given;
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
  Bound(minimize->add_option("--seconds", options.seconds, "give up after so long; 0: never")
            ->type_name("NUMBER")
            ->capture_default_str(),
        0, 1'000'000);
  return {minimize, [given] { return Minimize(*given); }};
}

Command AddShow(CLI::App& app) {
  const auto given = std::make_shared<ShowOptions>();
  CLI::App* show = app.add_subcommand("show", "the case as text");
  show->add_option("case", given->path, "case file")->type_name("FILE")->required();
  show->add_flag("--binary", given->binary, "write the binary form to standard output instead");
  return {show, [given] { return Show(*given); }};
}

Command AddList(CLI::App& app) {
  const auto what = std::make_shared<std::string>();
  CLI::App* list = app.add_subcommand("list", "what there is to choose from");
  list->add_option("what", *what, Listable("or"))->type_name("WHAT")->required();
  return {list, [what] { return List(*what); }};
}

}  // namespace

std::vector<Command> AddCommands(CLI::App& app) {
  std::vector<Command> commands = {AddHunt(app), AddReplay(app), AddShow(app), AddMinimize(app)};
  for (const AddCommand add : ThisProgram().commands) commands.push_back(add(app));
  commands.push_back(AddList(app));
  return commands;
}

}  // namespace framefence::cli
