#include "properties/proofs/proof.h"

#include <z3++.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "properties/proofs/cvc5.h"
#include "properties/proofs/operation_proof.h"
#include "properties/proofs/stopwatch.h"

namespace framefence::proofs {
namespace {

// One operation's proof with the solver context of its own, so that operations are proved side by
// side.
struct Part {
  std::unique_ptr<z3::context> context = std::make_unique<z3::context>();
  std::unique_ptr<OperationProof> proof;
};

class Prover {
 public:
  explicit Prover(const Options& options) : options_(options), kinds_(KindsOf(options)) {
    parts_.resize(kinds_.size());
    kept_.set();
    for (const Conjunct conjunct : options.without) kept_.reset(static_cast<std::size_t>(conjunct));
    ForEachPart([&](Part& part) {
      const auto index = static_cast<std::size_t>(&part - parts_.data());
      part.proof =
          std::make_unique<OperationProof>(kinds_[index], options_.condition_milliseconds_max);
    });
    for (const Part& part : parts_) total_ += part.proof->goals().size();
  }

  ~Prover() {
    ForEachPart([](Part& part) { part.proof.reset(); });
  }

  Report Run() {
    Report report;
    while (DropWhatIsNotKept(report)) {
    }
    ForEachPart([&](Part& part) {
      for (Goal& goal : part.proof->goals()) {
        if (!goal.conjunct) SettleIfNeeded(part, goal);
      }
    });
    if (options_.ask_cvc5) ForEachPart([&](Part& part) { AskSecondWitness(part); });
    for (const Part& part : parts_) {
      for (const Goal& goal : part.proof->goals()) {
        if (Counts(goal)) report.conditions.push_back(goal.condition);
      }
    }
    return report;
  }

  // REQUIRES: Run() was called, and all holds.
  std::vector<Conjunct> FindRedundant() {
    std::vector<Conjunct> redundant;
    const Conjuncts all = kept_;
    std::vector<std::vector<Goal>> settled;
    for (const Part& part : parts_) settled.push_back(part.proof->goals());
    for (std::size_t i = 0; i < kConjunctCount; ++i) {
      if (!all[i]) continue;
      kept_ = all;
      kept_.reset(i);
      if (AllFollows()) redundant.push_back(static_cast<Conjunct>(i));
      for (std::size_t part = 0; part < parts_.size(); ++part)
        parts_[part].proof->goals() = settled[part];
    }
    kept_ = all;
    return redundant;
  }

 private:
  // None: the initial state.
  static std::vector<std::optional<OperationKind>> KindsOf(const Options& options) {
    std::vector<std::optional<OperationKind>> kinds = {std::nullopt};
    if (!options.operations.empty()) {
      kinds.insert(kinds.end(), options.operations.begin(), options.operations.end());
      return kinds;
    }
    for (std::size_t i = 0; i < kOperationKindCount; ++i)
      kinds.push_back(static_cast<OperationKind>(i));
    return kinds;
  }

  // Calls do_part(part) for each, in several threads, each in the part's context.
  template <class DoPart>
  void ForEachPart(const DoPart& do_part) {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t i = next++; i < parts_.size(); i = next++) {
        const ContextScope scope(*parts_[i].context);
        do_part(parts_[i]);
      }
    };
    std::vector<std::thread> threads(std::max(1U, std::thread::hardware_concurrency()));
    for (std::thread& thread : threads) thread = std::thread(work);
    for (std::thread& thread : threads) thread.join();
  }

  // Whether every condition follows from what is kept.
  bool AllFollows() {
    std::atomic<bool> refuted{false};
    ForEachPart([&](Part& part) {
      for (Goal& goal : part.proof->goals()) {
        if (refuted) return;
        SettleIfNeeded(part, goal);
        if (Counts(goal) && goal.condition.result != Verdict::kProved) refuted = true;
      }
    });
    return !refuted;
  }

  // A model is a witness of itself, and what is true in itself needs none.
  void AskSecondWitness(Part& part) const {
    std::vector<std::string> scripts;
    std::vector<Goal*> asked;
    for (Goal& goal : part.proof->goals()) {
      if (!Counts(goal) || OperationProof::WantsModel(goal) || goal.formula.is_true()) continue;
      scripts.push_back(part.proof->Script(goal));
      asked.push_back(&goal);
    }
    const std::vector<Answer> answers = AskCvc5(scripts, options_.condition_milliseconds_max);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      asked[i]->condition.cvc5 = answers[i] == Answer::kUnsatisfiable ? Verdict::kProved
                                 : answers[i] == Answer::kSatisfiable ? Verdict::kRefuted
                                                                      : Verdict::kUnknown;
    }
  }

  // Of a conjunct that was dropped nothing need be proved.
  bool Counts(const Goal& goal) const {
    return !goal.conjunct || kept_[static_cast<std::size_t>(*goal.conjunct)];
  }

  // One round: drops all conjuncts that do not follow from those kept so far. False: there was
  // none.
  bool DropWhatIsNotKept(Report& report) {
    ForEachPart([&](Part& part) {
      for (Goal& goal : part.proof->goals()) {
        if (!goal.conjunct) continue;
        SettleIfNeeded(part, goal);
      }
    });
    Conjuncts next = kept_;
    for (const Part& part : parts_) {
      for (const Goal& goal : part.proof->goals()) {
        if (!goal.conjunct || goal.condition.result != Verdict::kRefuted) continue;
        const auto index = static_cast<std::size_t>(*goal.conjunct);
        if (!next[index]) continue;
        next.reset(index);
        report.dropped.push_back({*goal.conjunct, goal.condition.operation});
      }
    }
    return std::exchange(kept_, next) != next;
  }

  // A proof stands as long as all that it rests on is kept; a model, whatever is given up.
  bool Stands(const Goal& goal) const {
    if (OperationProof::WantsModel(goal)) return goal.condition.result == Verdict::kProved;
    return (goal.used & ~kept_).none();
  }

  void SettleIfNeeded(Part& part, Goal& goal) {
    if (!Counts(goal) || (goal.settled && Stands(goal))) return;
    const bool first = !goal.settled;
    part.proof->Settle(goal, kept_);
    const std::lock_guard lock(progress_mutex_);
    if (first) ++done_;
    if (options_.progress) options_.progress(done_, total_);
  }

  const Options& options_;
  Conjuncts kept_;
  std::vector<std::optional<OperationKind>> kinds_;  // by part
  std::vector<Part> parts_;
  std::mutex progress_mutex_;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
};

}  // namespace

std::string_view ToString(Obligation obligation) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "initiation", "consecution", "claim", "permanence", "range", "coverage", "reachability"};
  return kNames[static_cast<std::size_t>(obligation)];
}

std::string_view ToString(Verdict verdict) {
  static constexpr std::array<std::string_view, 3> kNames = {"proved", "refuted", "unknown"};
  return kNames[static_cast<std::size_t>(verdict)];
}

bool Report::Holds() const {
  return std::all_of(conditions.begin(), conditions.end(), [](const Condition& condition) {
    return condition.result == Verdict::kProved &&
           condition.cvc5.value_or(Verdict::kProved) == Verdict::kProved;
  });
}

std::vector<Conjunct> FindRedundantConjuncts(const Options& options) {
  Prover prover(options);
  return prover.Run().Holds() ? prover.FindRedundant() : std::vector<Conjunct>();
}

Report Prove(const Options& options) {
  const Stopwatch stopwatch;
  Report report = Prover(options).Run();
  const bool refuted =
      std::any_of(report.conditions.begin(), report.conditions.end(),
                  [](const Condition& condition) { return condition.result == Verdict::kRefuted; });
  if (refuted) report.shown = Search({.deliveries_only = true});
  report.milliseconds = stopwatch.milliseconds();
  return report;
}

}  // namespace framefence::proofs
