#include "harness/sim/homes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace framefence::sim {
namespace {

class Planner {
 public:
  explicit Planner(const cases::Case& played)
      : case_(played), options_(cases::Effective(played.options)) {
    plan_.options = options_;
    plan_.options.provisioned = 0;
    plan_.deployment = cases::ToDeployment(options_);
    plan_.deployment.schedule = {};
    plan_.variation.observer = AccountId(options_.observer % options_.accounts);
    place_of_.resize(options_.viewers);
    issued_for_.fill(plan_.variation.observer);
  }

  HomesPlan Run() {
    FindHomesOfCameras();
    if (options_.provisioned != 0)
      ForEachProvision(plan_.deployment, [this](const Action& action) { Add(action); });
    std::uint64_t index = 0;
    for (const cases::Step& step : case_.steps) Add(Decode(step, options_), index++);
    plan_.deployment.viewers = std::max<std::uint32_t>(1, Count(plan_.variation.own_viewers));
    plan_.variation.own_viewers.resize(plan_.deployment.viewers);
    return std::move(plan_);
  }

 private:
  static std::uint32_t Count(const std::vector<bool>& of) {
    return static_cast<std::uint32_t>(of.size());
  }

  AccountId observer() const { return plan_.variation.observer; }
  bool IsObservers(CameraId camera) const { return home_[camera.value] == observer(); }

  void FindHomesOfCameras() {
    home_.resize(options_.cameras);
    if (options_.provisioned != 0) {
      for (std::uint32_t i = 0; i < options_.cameras; ++i)
        home_[i] = AccountId(i % options_.accounts);
    }
    for (const cases::Step& step : case_.steps) {
      const Action action = Decode(step, options_);
      if (action.kind != ActionKind::kBind || home_[action.camera.value]) continue;
      home_[action.camera.value] = action.account;
    }
    for (std::uint32_t i = 0; i < options_.cameras; ++i)
      plan_.variation.own_cameras.push_back(IsObservers(CameraId(i)));
  }

  // The place that is this account's of those that the case calls by this number.
  ViewerId PlaceOf(ViewerId called, AccountId account) {
    std::vector<std::pair<AccountId, ViewerId>>& places = place_of_[called.value];
    auto found = std::ranges::find(places, account, &std::pair<AccountId, ViewerId>::first);
    std::pair<AccountId, ViewerId> place;
    if (found != places.end()) {
      place = *found;
      places.erase(found);
    } else {
      place = {account, ViewerId(Count(plan_.variation.own_viewers))};
      plan_.variation.own_viewers.push_back(account == observer());
      plan_.variation.called.push_back(called);
    }
    places.push_back(place);  // who was there last is last
    return place.second;
  }

  // Of whoever was there last.
  ViewerId PlaceOf(ViewerId called) {
    const auto& places = place_of_[called.value];
    return PlaceOf(called, places.empty() ? observer() : places.back().first);
  }

  // Half of the tokens are the observer's, so that none is another home's when it is presented again.
  static std::uint32_t TokenOf(std::uint32_t called, bool of_others) {
    constexpr std::uint32_t kHalf = contract::kTokensMax / 2;
    return called % kHalf + (of_others ? kHalf : 0);
  }

  bool IsOthers(ViewerId place) const { return !plan_.variation.own_viewers[place.value]; }

  void Add(Action action, std::optional<std::uint64_t> index = std::nullopt) {
    if (action.kind == ActionKind::kHandOver) return;
    const bool of_others = Assign(action);
    plan_.steps.push_back({action, index, of_others});
  }

  // Gives the action to one home; whether that is another than the observer's.
  bool Assign(Action& action) {
    switch (action.kind) {
      case ActionKind::kBind:
        return AssignBind(action);
      case ActionKind::kUnbind:
      case ActionKind::kPublish:
      case ActionKind::kUnpublish:
      case ActionKind::kFrame:
        return !IsObservers(action.camera);
      case ActionKind::kOpen:
        action.viewer = PlaceOf(action.viewer, action.account);
        return IsOthers(action.viewer);
      case ActionKind::kPresent:
        action.viewer = PlaceOf(action.viewer, issued_for_[action.token]);
        action.token = TokenOf(action.token, IsOthers(action.viewer));
        return IsOthers(action.viewer);
      case ActionKind::kIssue:
        issued_for_[action.token] = action.account;
        action.token = TokenOf(action.token, action.account != observer());
        return action.account != observer();
      case ActionKind::kClose:
      case ActionKind::kReport:
      case ActionKind::kStall:
        action.viewer = PlaceOf(action.viewer);
        return IsOthers(action.viewer);
      case ActionKind::kRevoke:
      case ActionKind::kLink:
      case ActionKind::kUnlink:
        return action.account != observer();
      case ActionKind::kWeather:
      case ActionKind::kDrop:
      case ActionKind::kPath:
        return AssignLinks(action);
      case ActionKind::kReaddress:
        return !action.all && !IsObservers(action.camera);
      case ActionKind::kNone:
      case ActionKind::kSuspend:
      case ActionKind::kRestore:
      case ActionKind::kUpgrade:
      case ActionKind::kAdvance:
      case ActionKind::kReconnect:
      case ActionKind::kHandOver:
        return false;
    }
    return false;
  }

  bool AssignBind(Action& action) {
    const bool is_observers = IsObservers(action.camera);
    if (is_observers && action.account != observer()) {
      action.kind = ActionKind::kUnbind;
    } else if (!is_observers && action.account == observer()) {
      action.account = *home_[action.camera.value];
    }
    return !is_observers;
  }

  bool AssignLinks(Action& action) {
    if (action.links == LinkScope::kUplink) return !IsObservers(action.camera);
    if (action.links != LinkScope::kDownlink) return false;
    action.viewer = PlaceOf(action.viewer);
    return IsOthers(action.viewer);
  }

  const cases::Case& case_;
  const cases::WorldOptions options_;
  HomesPlan plan_;
  std::vector<std::optional<AccountId>> home_;                         // by camera
  std::vector<std::vector<std::pair<AccountId, ViewerId>>> place_of_;  // by the case's place
  std::array<AccountId, contract::kTokensMax> issued_for_;             // by token
};

}  // namespace

HomesPlan PlanHomes(const cases::Case& played) { return Planner(played).Run(); }

}  // namespace framefence::sim
