#include "harness/cli/finding.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>
#include <filesystem>

#include "harness/cli/case_guard.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/program.h"

namespace framefence::cli {
namespace {

// A campaign finds much in a minute; none of it is worth minutes of minimising.
constexpr std::uint64_t kMinimizeExecutionsMax = 20'000;

// Keeps the bytes of the first picture that the oracle objects to.
class PictureCatcher {
 public:
  explicit PictureCatcher(sim::World& world) : world_(world) {
    world_.on_delivery = [this](const contract::Delivery& delivery) {
      if (!IsNews()) return;
      if (delivery.kind == contract::DeliveryKind::kStill) Keep(delivery.bytes);
      leaking_ = delivery.viewer;
    };
    world_.on_access_unit = [this](ViewerId viewer, const media::ReceivedAccessUnit& unit) {
      if ((IsNews() || leaking_ == viewer) && unit.idr) Keep(unit.annex_b);
    };
  }
  ~PictureCatcher() {
    world_.on_delivery = nullptr;
    world_.on_access_unit = nullptr;
  }
  PictureCatcher(const PictureCatcher&) = delete;
  PictureCatcher& operator=(const PictureCatcher&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  bool IsNews() {
    const std::uint64_t before =
        std::exchange(violations_, world_.oracle().statistics().violations);
    return violations_ > before;
  }
  void Keep(std::span<const std::byte> bytes) {
    if (bytes_.empty()) bytes_.assign(bytes.begin(), bytes.end());
  }

  sim::World& world_;
  std::uint64_t violations_ = 0;
  std::optional<ViewerId> leaking_;
  std::vector<std::byte> bytes_;
};

std::string IdOf(const oracle::Violation& violation, std::uint64_t trace_hash) {
  return fmt::format("{}-{}-{}-{:08x}", ToString(violation.violation_class),
                     ToString(violation.property), ToString(violation.observation),
                     static_cast<std::uint32_t>(trace_hash >> 32));
}

// A crash is the engine's to show: it may take the sanitizers that its program was built with.
report::Finding CrashOf(const RawFinding& raw, const std::string& engine,
                        const CampaignPlan& plan) {
  report::Finding finding;
  const std::vector<std::byte> bytes = cases::EncodeCase(raw.found);
  finding.id = fmt::format("crash-{}-{:08x}", engine,
                           static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size())));
  finding.verdict = sim::Verdict::kCrash;
  finding.engine = engine;
  finding.found = finding.minimized = raw.found;
  finding.crash_log = raw.crash_log;
  finding.reproduce = raw.crashed_program + " " +
                      (std::filesystem::path(plan.out) / finding.id / "case.bin").string();
  finding.seconds = raw.seconds;
  finding.executions = raw.executions;
  return finding;
}

}  // namespace

std::optional<LeakedPicture> PictureOf(TestBed& bed, const cases::Case& leaking) {
  const auto picture_of = ThisProgram().picture_of;
  if (picture_of == nullptr) return std::nullopt;
  cases::Case filmed = leaking;
  filmed.options.footage = 1;
  const PictureCatcher catcher(bed.world());
  const CaseOutcome outcome = bed.Run(filmed, /*stop_at_violation=*/false);
  if (outcome.violations.empty() || catcher.bytes().empty()) return std::nullopt;
  auto png = picture_of(catcher.bytes());
  if (!png) return std::nullopt;
  // What is short, a parameter set for instance, cannot be told from any other camera's.
  const auto told =
      std::find_if(outcome.violations.begin(), outcome.violations.end(),
                   [](const oracle::Violation& violation) { return violation.origin.has_value(); });
  return LeakedPicture{
      std::move(*png),
      Describe(told != outcome.violations.end() ? *told : outcome.violations.front())};
}

FindingBook::FindingBook(const contract::Target& target, std::span<const media::Footage> clips,
                         const sim::Recordings& recordings, const CampaignPlan& plan,
                         report::Campaign& campaign)
    : plan_(plan), campaign_(campaign), bed_(target, clips, recordings) {}

const report::Finding* FindingBook::Add(const RawFinding& raw, const std::string& engine) {
  if (!raw.crashed_program.empty()) {
    campaign_.findings.push_back(CrashOf(raw, engine, plan_));
    return &campaign_.findings.back();
  }
  const CaseOutcome found = bed_.Run(raw.found);
  if (found.violations.empty()) return AddCarriedOver(raw, engine);
  if (!known_.insert(sim::SignatureOf(found.violations.front())).second) return nullptr;
  CaseGuard guard((std::filesystem::path(plan_.out) / "crash-minimize").string(),
                  CommandOf("replay", {}) + CommonFlags(plan_.common));
  guard.Enter(raw.found);
  const auto minimized =
      bed_.Minimize(raw.found, {.executions_max = kMinimizeExecutionsMax},
                    [](const cases::MinimizeProgress&) { return !Interrupted(); });
  CaseOutcome outcome = bed_.Run(minimized.smallest, /*stop_at_violation=*/false);
  guard.Leave();
  if (outcome.violations.empty()) {  // something in the system outlives a case
    known_.erase(sim::SignatureOf(found.violations.front()));
    RawFinding once = raw;
    if (once.violations.empty()) once.violations = found.violations;
    return AddCarriedOver(once, engine);
  }
  report::Finding finding;
  finding.id = IdOf(outcome.violations.front(), outcome.trace_hash);
  finding.verdict = outcome.verdict;
  finding.engine = engine;
  finding.found = raw.found;
  finding.minimized = minimized.smallest;
  finding.is_minimal = minimized.is_minimal;
  finding.violations = std::move(outcome.violations);
  finding.trace_hash = outcome.trace_hash;
  const std::filesystem::path file = std::filesystem::path(plan_.out) / finding.id / "case.txt";
  finding.reproduce = CommandOf("replay", {file.string()}) + CommonFlags(plan_.common);
  finding.seconds = raw.seconds;
  finding.executions = raw.executions;
  finding.minimize_executions = minimized.executions;
  if (auto picture = PictureOf(bed_, minimized.smallest)) {
    finding.picture_png = std::move(picture->png);
    finding.picture_caption = "the same case with real footage: " + picture->caption;
  }
  campaign_.findings.push_back(std::move(finding));
  return &campaign_.findings.back();
}

// The engine saw it, alone it does not happen: dropped it would be a leak that nobody hears of.
const report::Finding* FindingBook::AddCarriedOver(const RawFinding& raw,
                                                   const std::string& engine) {
  if (raw.violations.empty()) return nullptr;
  if (!known_.insert(sim::SignatureOf(raw.violations.front())).second) return nullptr;
  const std::vector<std::byte> bytes = cases::EncodeCase(raw.found);
  report::Finding finding;
  finding.id = IdOf(raw.violations.front(), XXH3_64bits(bytes.data(), bytes.size()));
  finding.engine = engine;
  finding.found = finding.minimized = raw.found;
  finding.carried_over = true;
  finding.violations = raw.violations;
  finding.reproduce = CommandOf("hunt", {}) + raw.repeat + CommonFlags(plan_.common);
  finding.seconds = raw.seconds;
  finding.executions = raw.executions;
  campaign_.findings.push_back(std::move(finding));
  return &campaign_.findings.back();
}

}  // namespace framefence::cli
