#include "harness/report/json.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cases/text.h"
#include "harness/report/words.h"

namespace framefence::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

std::string Dump(const Json& json) {
  return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

Json ToJson(const std::optional<AccountId>& account) {
  return account ? Json(account->value) : Json(nullptr);
}

Json ToJson(const std::optional<oracle::Entitled>& entitled) {
  if (!entitled) return nullptr;
  return {{"camera", entitled->camera.value}, {"epoch", entitled->epoch.value}};
}

Json ToJson(const std::optional<oracle::Origin>& origin) {
  if (!origin) return nullptr;
  return {{"camera", origin->camera.value},
          {"epoch", origin->epoch.value},
          {"frame", origin->frame.value},
          {"owner", ToJson(origin->owner)}};
}

Json ToJson(const std::optional<oracle::Parting>& parting) {
  if (!parting) return nullptr;
  return {{"change", parting->change},
          {"last_alike", parting->last_alike},
          {"first_run", parting->first_run},
          {"second_run", parting->second_run},
          {"difference", parting->difference}};
}

Json ToJson(const oracle::Violation& violation) {
  return {{"class", oracle::ToString(violation.violation_class)},
          {"property", oracle::ToString(violation.property)},
          {"observation", oracle::ToString(violation.observation)},
          {"at_us", Microseconds(violation.at)},
          {"viewer", violation.viewer.value},
          {"account", ToJson(violation.account)},
          {"entitled", ToJson(violation.entitled)},
          {"origin", ToJson(violation.origin)},
          {"offset", violation.offset},
          {"length", violation.length},
          {"whole_frame", violation.whole_frame},
          {"divergence", ToJson(violation.parting)},
          {"sentence", oracle::Describe(violation)}};
}

Json ToJson(const std::optional<sim::MarkCounts>& marks) {
  if (!marks) return nullptr;
  Json json = Json::object();
  for (int i = 0; i < sim::kMarkCount; ++i)
    json[std::string(sim::NameOf(static_cast<sim::Mark>(i)))] =
        (*marks)[static_cast<std::size_t>(i)];
  return json;
}

Json ToJson(const Finding& finding) {
  Json json = {{"id", finding.id},
               {"verdict", sim::ToString(finding.verdict)},
               {"sentence", Sentence(finding)},
               {"engine", finding.engine},
               {"seconds", finding.seconds},
               {"executions", finding.executions},
               {"found", {{"steps", finding.found.steps.size()}}},
               {"minimized",
                {{"steps", finding.minimized.steps.size()},
                 {"is_minimal", finding.is_minimal},
                 {"carried_over", finding.carried_over},
                 {"executions", finding.minimize_executions},
                 {"trace_hash", Hash(finding.trace_hash)},
                 {"text", cases::WriteText(finding.minimized)}}},
               {"reproduce", finding.reproduce},
               {"picture", nullptr},
               {"violations", Json::array()}};
  if (!finding.picture_png.empty())
    json["picture"] = {{"file", "picture.png"}, {"caption", finding.picture_caption}};
  for (const oracle::Violation& violation : finding.violations)
    json["violations"].push_back(ToJson(violation));
  return json;
}

Json Cvc5ToJson(const EngineRun& run) {
  const SecondOpinion cvc5 = CountCvc5(run);
  if (cvc5.asked == 0) return nullptr;
  return {{"asked", cvc5.asked}, {"agree", cvc5.agree}};
}

Json ProofToJson(const EngineRun& run) {
  if (run.conditions.empty()) return nullptr;
  const ConditionCounts counts = CountConditions(run);
  Json conditions = Json::array();
  for (const ProofCondition& condition : run.conditions) {
    conditions.push_back(
        {{"name", condition.name},
         {"result", condition.result},
         {"milliseconds", condition.milliseconds},
         {"counterexample", condition.counterexample},
         {"property", condition.property ? Json(ToString(*condition.property)) : Json(nullptr)},
         {"cvc5", condition.cvc5.empty() ? Json(nullptr) : Json(condition.cvc5)}});
  }
  return {{"proved", counts.proved},
          {"refuted", counts.refuted},
          {"unknown", counts.unknown},
          {"conditions", std::move(conditions)},
          {"cvc5", Cvc5ToJson(run)}};
}

Json ToJson(const EngineRun& run, std::size_t findings) {
  return {{"name", run.name},
          {"ran", run.ran},
          {"failed", run.failed},
          {"status", run.status},
          {"seconds", run.seconds},
          {"cases", run.cases},
          {"steps", run.steps},
          {"violating_cases", run.violating_cases},
          {"two_runs", run.two_runs},
          {"findings", findings},
          {"proof", ProofToJson(run)},
          {"notes", Json(run.notes)},
          {"nondeterministic_cases", run.nondeterministic_cases},
          {"marks", ToJson(run.marks)}};
}

Json TraceToJson(const Campaign& campaign) {
  if (campaign.trace_hash_cases == 0) return nullptr;
  return {{"hash", Hash(campaign.trace_hash)}, {"cases", campaign.trace_hash_cases}};
}

Json FootageToJson(const Campaign& campaign) {
  if (campaign.footage_clips == 0) return nullptr;
  return {{"clips", campaign.footage_clips}, {"hash", Hash(campaign.footage_hash)}};
}

}  // namespace

std::string ReportJson(const Campaign& campaign) {
  Json json = {{"format", kFormat},
               {"verdict", sim::ToString(VerdictOf(campaign))},
               {"reason", Reason(campaign)},
               {"target", campaign.target},
               {"version", campaign.version},
               {"command_line", campaign.command_line},
               {"leaks", Json(campaign.leaks)},
               {"seed", std::to_string(campaign.seed)},
               {"jobs", campaign.jobs},
               {"seconds", campaign.seconds},
               {"interrupted", campaign.interrupted},
               {"trace", TraceToJson(campaign)},
               {"footage", FootageToJson(campaign)},
               {"properties_judged", Json(campaign.properties_judged)},
               {"engines", Json::array()},
               {"findings", Json::array()}};
  for (const EngineRun& run : campaign.engines)
    json["engines"].push_back(ToJson(run, CountFindings(campaign, run.name)));
  for (const Finding& finding : campaign.findings) json["findings"].push_back(ToJson(finding));
  return Dump(json);
}

std::string VerdictJson(const Finding& finding) {
  Json json = {{"format", kFormat}};
  json.update(ToJson(finding));
  return Dump(json);
}

std::vector<std::string> FindingIds(std::string_view report_json) {
  const Json json = Json::parse(report_json, nullptr, /*allow_exceptions=*/false);
  std::vector<std::string> ids;
  if (!json.is_object() || json.value("format", Json()) != kFormat) return ids;
  for (const Json& finding : json.value("findings", Json::array())) {
    if (!finding.is_object()) continue;
    if (const auto id = finding.find("id"); id != finding.end() && id->is_string())
      ids.push_back(id->get<std::string>());
  }
  return ids;
}

}  // namespace framefence::report
