// The proof as an engine: the decision core, condition by condition.
#include <fmt/core.h>

#include <chrono>
#include <optional>

#include "harness/base/prng.h"
#include "harness/cases/mutate.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/test_bed.h"
#include "harness/report/words.h"
#include "properties/invariants/witness_case.h"
#include "properties/proofs/proof.h"
#include "targets/program/engines.h"

namespace framefence::cli {
namespace {

// Claims are named by their property, what supports them by something else.
std::optional<oracle::Property> PropertyCalled(std::string_view name) {
  for (int number = 1; number <= report::kPropertyCount; ++number) {
    const oracle::Property property = report::PropertyAt(number);
    if (oracle::ToString(property) == name) return property;
  }
  return std::nullopt;
}

report::ProofCondition ConditionOf(const proofs::Condition& proved) {
  report::ProofCondition condition;
  condition.name =
      fmt::format("{}: {}: {}", proved.operation, ToString(proved.obligation), proved.name);
  if (!proved.says.empty()) condition.name += ": " + proved.says;
  condition.result = ToString(proved.result);
  if (proved.cvc5 && *proved.cvc5 != proved.result) {
    condition.result = "unknown";
    condition.counterexample =
        fmt::format("Z3 says {}, cvc5 says {}\n", ToString(proved.result), ToString(*proved.cvc5));
  }
  if (proved.cvc5) condition.cvc5 = ToString(*proved.cvc5);
  condition.property = PropertyCalled(proved.name);
  condition.milliseconds = proved.milliseconds;
  for (const proofs::Assignment& line : proved.counterexample) {
    condition.counterexample += fmt::format("{} = {}\n", line.name, line.value);
  }
  return condition;
}

proofs::Report Prove(const EngineTask& task) {
  proofs::Options options;
  options.ask_cvc5 = task.ask_cvc5;
  if (task.progress != nullptr) {
    options.progress = [&task](std::size_t done, std::size_t total) {
      task.progress->Show(
          {"proof", done, "conditions", static_cast<double>(done) / static_cast<double>(total)});
    };
  }
  proofs::Report proof = proofs::Prove(options);
  if (task.progress != nullptr) task.progress->Erase();
  return proof;
}

// A case that shows on the whole target what the search's witness shows on its core, or none: the
// cases that the witness stands for first, then their neighbours.
class Demonstration {
 public:
  explicit Demonstration(const EngineTask& task)
      : task_(task), bed_(*task.target, task.clips, task.recordings) {}

  std::optional<cases::Case> Find(std::span<const proofs::Operation> witness) {
    const std::vector<cases::Case> direct = proofs::CasesOf(witness);
    for (const cases::Case& candidate : direct) {
      if (Violates(candidate)) return candidate;
    }
    for (const cases::Case& candidate : direct) parents_.push_back(cases::EncodeCase(candidate));
    Prng prng(task_.seed);
    for (int i = 0; i < kNeighboursMax && !Interrupted(); ++i) {
      if (auto neighbour = Neighbour(prng); neighbour && Violates(*neighbour)) return neighbour;
    }
    return std::nullopt;
  }
  std::uint64_t executions() const { return executions_; }

 private:
  static constexpr int kNeighboursMax = 20'000;
  static constexpr std::size_t kBytesMax = 2048;

  bool Violates(const cases::Case& candidate) {
    ++executions_;
    return !bed_.Run(candidate).violations.empty();
  }
  std::optional<cases::Case> Neighbour(Prng& prng) {
    std::vector<std::byte> bytes =
        parents_[prng.Below(static_cast<std::uint32_t>(parents_.size()))];
    std::size_t size = bytes.size();
    bytes.resize(std::max(kBytesMax, size));
    const std::uint64_t mutations = 1 + prng.Below(8);
    for (std::uint64_t i = 0; i < mutations; ++i) size = cases::Mutate(bytes, size, prng.Next());
    cases::Case neighbour;
    const auto status = cases::DecodeCase({bytes.data(), size}, neighbour);
    if (status != cases::DecodeStatus::kOk) return std::nullopt;
    return neighbour;
  }

  const EngineTask& task_;
  TestBed bed_;
  std::vector<std::vector<std::byte>> parents_;
  std::uint64_t executions_ = 0;
};

// What the search of a tiny deployment made of a refuted proof: in words, and as a case.
void Show(const EngineTask& task, const proofs::SearchReport& shown, EngineOutcome& outcome) {
  std::vector<std::string>& notes = outcome.run.notes;
  if (shown.witness.empty()) {
    notes.push_back(fmt::format(
        "not shown reachable: none of {} states of a tiny deployment "
        "{} breaks a property",
        shown.states, shown.complete ? "(all that there are)" : "(a search cut short)"));
    return;
  }
  notes.push_back(fmt::format("witness: {} ({}: {})", proofs::ToString(shown.witness),
                              shown.property, shown.says));
  const auto began = std::chrono::steady_clock::now();
  Demonstration demonstration(task);
  if (const auto found = demonstration.Find(shown.witness)) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    outcome.findings.push_back(
        {*found, outcome.run.seconds + took.count(), demonstration.executions()});
  } else {
    notes.push_back(
        fmt::format("not shown on the whole target: none of {} cases at and near the "
                    "witness violates",
                    demonstration.executions()));
  }
}

}  // namespace

EngineOutcome RunProof(const EngineTask& task) {
  const proofs::Report proof = Prove(task);
  EngineOutcome outcome;
  report::EngineRun& run = outcome.run;
  run.name = "proof";
  run.status = "ran";
  run.ran = true;
  run.seconds = proof.milliseconds / 1000;
  for (const proofs::Condition& condition : proof.conditions)
    run.conditions.push_back(ConditionOf(condition));
  for (const proofs::DroppedConjunct& dropped : proof.dropped) {
    run.notes.push_back(
        fmt::format("{} breaks the invariant: {}", dropped.operation, ToString(dropped.conjunct)));
  }
  if (proof.shown && !task.blind) Show(task, *proof.shown, outcome);
  return outcome;
}

}  // namespace framefence::cli
