#include "properties/stateful/suite.h"

#include <rapidcheck.h>
#include <rapidcheck/state.h>

#include <array>
#include <memory>
#include <sstream>
#include <utility>

#include "harness/cases/text.h"
#include "harness/sim/divergence.h"

namespace framefence::stateful {
namespace {

constexpr int kSizeMax = 120;  // of a sequence, in steps

constexpr Rule kIsolation[] = {IsolationHolds};
constexpr Rule kAnswers[] = {IsolationHolds, AnswersAreTheModels};
constexpr Rule kSilence[] = {IsolationHolds, TheUnentitledReceiveNothing};
constexpr Rule kFrames[] = {IsolationHolds, EveryFrameIsServed};
constexpr Rule kStills[] = {IsolationHolds, StillsAreServed};

constexpr std::array kProperties = {
    Property{"NoSequenceOfOperationsDeliversAForeignByte", {.network = 3}, kIsolation},
    Property{"AnEntitledViewerOnACleanNetworkSeesEveryFrame",
             {.network = 1, .reports = 2, .displays = 1},
             kFrames},
    Property{"RevokedViewersReceiveNothing", {.network = 1, .ends = 4}, kSilence},
    Property{"ADisplayUnderLossIsNeverLongWithoutAStill",
             {.network = 1, .directory = 1, .reports = 12, .displays = 4},
             kStills},
    Property{"AcknowledgementsAreWhatTheModelSays",
             {.network = 1, .directory = 12, .ends = 4},
             kAnswers},
};

// What a step is run against.
struct Bench {
  Rig& rig;
  std::span<const Rule> rules;
  std::string objection;
};

using Command = rc::state::Command<Model, Bench>;
using CommandPointer = std::shared_ptr<const Command>;

// One step of a case. It has no precondition: every step means something in every world.
class StepCommand final : public Command {
 public:
  explicit StepCommand(const cases::Step& step) : step_(step) {}

  void apply(Model& model) const override { model.Apply(sim::Decode(step_, model.options())); }

  void run(const Model& before, Bench& bench) const override {
    bench.rig.Play(step_);
    if (bench.rules.empty()) return;
    const Model after = nextState(before);
    for (const Rule& rule : bench.rules) {
      const auto objection = rule({before, after, bench.rig});
      if (!objection) continue;
      bench.objection = *objection;
      RC_FAIL(*objection);
    }
  }

  void show(std::ostream& out) const override { out << cases::WriteStep(step_); }

 private:
  cases::Step step_;
};

rc::Shrinkable<CommandPointer> Shrinking(const cases::Step& step) {
  return rc::shrinkable::map(
      rc::shrinkable::shrinkRecur(
          step, [](const cases::Step& from) { return rc::seq::fromContainer(Simpler(from)); }),
      [](const cases::Step& each) -> CommandPointer {
        return std::make_shared<StepCommand>(each);
      });
}

rc::Gen<CommandPointer> StepOf(const Climate& climate, const contract::Capabilities& capabilities,
                               const Model& model) {
  return [=](const rc::Random& random, int) {
    Prng prng(rc::Random(random).next());
    return Shrinking(DrawStep(prng, climate, capabilities, model));
  };
}

rc::Gen<cases::WorldOptions> Options() {
  return [](const rc::Random& random, int) {
    Prng prng(rc::Random(random).next());
    return rc::shrinkable::just(DrawOptions(prng));
  };
}

class Silent final : public rc::detail::TestListener {
 public:
  void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
  void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
  void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

}  // namespace

std::span<const Property> Properties() { return kProperties; }

Suite::Suite(contract::SystemUnderTest& system, const Promises& promises, bool blind)
    : rig_(system), promises_(promises), blind_(blind) {}

// One sequence. A failure is thrown, as RapidCheck has it.
void Suite::CheckOnce(const Property& property) {
  const cases::WorldOptions options = *Options();
  if (failure_ && Clock::now() > shrink_until_) return;  // nothing smaller is looked for any more
  ++cases_;
  rig_.Begin(options);
  Bench bench{rig_, blind_ ? std::span<const Rule>() : property.rules, {}};
  try {
    rc::state::check(Model(options, promises_), bench, [&](const Model& model) {
      return StepOf(property.climate, rig_.capabilities(), model);
    });
  } catch (const rc::detail::CaseResult&) {
    failure_ = {.sentence = property.sentence,
                .what = bench.objection,
                .shrunk = rig_.played(),
                .report = {}};
    throw;
  }
  if (cases_ % sim::kReplayOneIn == 0 && !diverged_) PlayAgain();
}

// By the same system: what is left over from earlier cases, and the order of the heap, are others now.
void Suite::PlayAgain() {
  const std::uint64_t trace = rig_.world().trace_hash();
  const cases::Case played = rig_.played();
  const sim::ShuffledHeap heap(cases_);
  rig_.Begin(played.options);
  for (const cases::Step& step : played.steps) rig_.Play(step);
  if (rig_.world().trace_hash() == trace) return;
  diverged_ = {.sentence = "TheSameCaseGivesTheSameTrace",
               .what = "played twice it gave two traces; its replay shows where they part",
               .shrunk = played,
               .report = {}};
}

std::optional<Counterexample> Suite::Check(const Property& property, std::uint64_t seed, int cases,
                                           bool quiet, Clock::time_point shrink_until) {
  shrink_until_ = shrink_until;
  failure_.reset();
  const auto testable = rc::detail::toProperty([&] { CheckOnce(property); });
  const std::string sentence(property.sentence);
  const rc::detail::TestMetadata metadata{sentence, sentence};
  const rc::detail::TestParams params{.seed = seed, .maxSuccess = cases, .maxSize = kSizeMax};
  Silent silent;
  const auto result = quiet ? rc::detail::checkProperty(testable, metadata, params, silent)
                            : rc::detail::checkProperty(testable, metadata, params);
  if (result.is<rc::detail::SuccessResult>()) return std::exchange(diverged_, std::nullopt);
  std::ostringstream report;
  rc::detail::printResultMessage(result, report);
  if (!failure_)
    failure_ = {
        .sentence = property.sentence, .what = "RapidCheck gave up", .shrunk = {}, .report = {}};
  failure_->report = report.str();
  return failure_;
}

}  // namespace framefence::stateful
