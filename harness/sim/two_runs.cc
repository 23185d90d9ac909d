#include "harness/sim/two_runs.h"

#include <string_view>

#include "harness/base/check.h"
#include "harness/base/prng.h"

namespace framefence::sim {
namespace {

using cases::SecondRun;
using oracle::Observation;
using oracle::Property;
using oracle::ViolationClass;

std::string_view ChangeOf(SecondRun second) {
  switch (second) {
    case SecondRun::kNone:
      return "the case as it is";
    case SecondRun::kContents:
      return "the other homes' cameras send other bytes";
    case SecondRun::kActivity:
      return "the other homes do nothing";
    case SecondRun::kThinned:
      return "the other homes do half of what they did";
  }
  return "";
}

bool IsLeftOut(const HomesStep& step, SecondRun second, std::uint32_t seed) {
  if (!step.of_others) return false;
  if (second == SecondRun::kActivity) return true;
  return second == SecondRun::kThinned && step.index &&
         (Mix64(*step.index ^ (std::uint64_t{seed} << 32)) & 1U) != 0;
}

Observation ObservationOf(Transcript::EventKind kind) {
  switch (kind) {
    case Transcript::EventKind::kReply:
      return Observation::kReply;
    case Transcript::EventKind::kPacket:
      return Observation::kRtp;
    case Transcript::EventKind::kStill:
      return Observation::kStill;
    case Transcript::EventKind::kFeedback:
      return Observation::kFeedbackPacket;
  }
  return Observation::kReply;
}

// What the world is told while a run lasts.
class WhileVaried {
 public:
  WhileVaried(World& world, const Variation& variation, Transcript& transcript) : world_(world) {
    transcript.Begin(variation);
    world_.Vary(&variation, &transcript);
  }
  ~WhileVaried() { world_.Vary(nullptr, nullptr); }
  WhileVaried(const WhileVaried&) = delete;
  WhileVaried& operator=(const WhileVaried&) = delete;

 private:
  World& world_;
};

}  // namespace

TwoRunsStatistics& TwoRunsStatistics::operator+=(const TwoRunsStatistics& more) {
  cases += more.cases;
  alike += more.alike;
  for (std::size_t i = 0; i < declassified.size(); ++i) declassified[i] += more.declassified[i];
  return *this;
}

void TwoRuns::Play(const cases::Case& played, bool stop_at_violation) {
  const auto second = static_cast<SecondRun>(played.options.two_runs);
  FRAMEFENCE_CHECK(second != SecondRun::kNone);
  violations_.clear();
  trace_hash_ = 0;
  exhausted_ = false;
  const HomesPlan plan = PlanHomes(played);
  if (!Run(plan, plan.variation, SecondRun::kNone, first_, {}, stop_at_violation)) return;
  Variation variation = plan.variation;
  variation.alters_payloads = variation.alters_metadata = second == SecondRun::kContents;
  if (!Run(plan, variation, second, second_, first_.end(), stop_at_violation)) return;
  Judge(plan, second);
}

bool TwoRuns::Run(const HomesPlan& plan, const Variation& variation, SecondRun without,
                  Transcript& transcript, VirtualTime until, bool stop_at_violation) {
  const WhileVaried varied(world_, variation, transcript);
  const auto is_over = [&] {
    return world_.exhausted() || (stop_at_violation && !world_.oracle().violations().empty());
  };
  world_.Begin(plan.options, plan.deployment);
  world_.Remark(variation.alters_payloads ? ChangeOf(SecondRun::kContents) : ChangeOf(without));
  for (const HomesStep& step : plan.steps) {
    if (IsLeftOut(step, without, plan.options.seed)) continue;
    if (step.index) {
      world_.ApplyStep(*step.index, step.action);
    } else {
      world_.Apply(step.action);
    }
    if (is_over()) break;
  }
  if (!is_over()) world_.Finish();
  // What others have under way must not be what makes time go on.
  if (world_.now() < until)
    world_.Apply({.kind = ActionKind::kAdvance, .duration = until - world_.now()});
  transcript.End(world_.now());
  const auto violations = world_.oracle().violations();
  violations_.assign(violations.begin(), violations.end());
  exhausted_ = world_.exhausted();
  trace_hash_ = Mix64(trace_hash_) + world_.trace_hash();
  return violations_.empty() && !exhausted_;
}

void TwoRuns::Judge(const HomesPlan& plan, SecondRun second) {
  const Comparison comparison = Compare(first_, second_);
  ++statistics_.cases;
  statistics_.alike += comparison.alike;
  for (std::size_t i = 0; i < comparison.declassified.size(); ++i)
    statistics_.declassified[i] += comparison.declassified[i] != 0 ? 1 : 0;
  if (!comparison.parting) return;
  const Comparison::Parting& parting = *comparison.parting;
  const Transcript::Event& event = parting.event();
  const auto line = [](const Transcript& transcript, const Transcript::Event* seen) {
    return seen != nullptr ? ToLine(transcript, *seen) : std::string("nothing more");
  };
  oracle::Violation violation{
      .observation = ObservationOf(event.kind), .at = event.at, .account = plan.variation.observer};
  if (event.party.kind == Transcript::PartyKind::kViewer) violation.viewer = ViewerId(event.called);
  violation.parting = oracle::Parting{
      .change = std::string(ChangeOf(second)),
      .last_alike = parting.last_alike != nullptr ? ToLine(first_, *parting.last_alike) : "",
      .first_run = line(first_, parting.first),
      .second_run = line(second_, parting.second),
      .difference = DescribeDifference(first_, second_, parting)};
  bool metadata = parting.only_metadata;
  if (second == SecondRun::kContents) {
    Variation payloads = plan.variation;
    payloads.alters_payloads = true;
    metadata = Run(plan, payloads, second, second_, first_.end(), false) &&
               !Compare(first_, second_).parting;
  }
  violation.violation_class = metadata ? ViolationClass::kMetadata : ViolationClass::kInterference;
  violation.property = metadata ? Property::kIso009 : Property::kIso007;
  violations_ = {violation};
}

}  // namespace framefence::sim
