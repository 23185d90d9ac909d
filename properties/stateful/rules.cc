#include "properties/stateful/rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "harness/oracle/violation.h"

namespace framefence::stateful {
namespace {

using contract::Status;

std::optional<std::string> Compare(const ExpectedAnswer& expected, const Answer& actual) {
  const std::string_view asked = contract::ToString(actual.operation);
  if (expected.operation != actual.operation) {
    return fmt::format("request {} is {}, where the model has {}", actual.number, asked,
                       contract::ToString(expected.operation));
  }
  if (!actual.status)
    return fmt::format("request {} ({}) is not answered within its step", actual.number, asked);
  const Belief granted = *actual.status == Status::kOk ? Belief::kYes : Belief::kNo;
  if (expected.granted == Belief::kUnknown || expected.granted == granted) return std::nullopt;
  return fmt::format("request {} ({}) is answered {}, where the model {} it", actual.number, asked,
                     contract::ToString(*actual.status),
                     expected.granted == Belief::kYes ? "grants" : "refuses");
}

// Of the frames that are due to the viewer, what is wrong.
std::optional<std::string> CompareFrames(ViewerId viewer, const ViewerSession& session,
                                         const Rig& rig) {
  const AccessUnits& received = rig.received(viewer).access_units;
  const std::size_t due = *session.frames_due;
  if (received.size() != due) {
    return fmt::format("viewer {} received {} frames of camera {} in this step, where {} are due",
                       viewer.value, received.size(), session.camera.value, due);
  }
  const AccessUnits& published = rig.published(session.camera);
  if (published.size() < due) {
    return fmt::format("camera {} published {} frames, where the model has {}",
                       session.camera.value, published.size(), due);
  }
  if (!std::equal(received.begin(), received.end(),
                  published.end() - static_cast<std::ptrdiff_t>(due))) {
    return fmt::format(
        "viewer {} received {} frames of camera {}, but not the bytes that were published",
        viewer.value, due, session.camera.value);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> IsolationHolds(const Observed& observed) {
  const auto violations = observed.rig.world().oracle().violations();
  if (violations.empty()) return std::nullopt;
  return oracle::Describe(violations.front());
}

std::optional<std::string> AnswersAreTheModels(const Observed& observed) {
  const auto& expected = observed.after.answers();
  const std::vector<Answer>& actual = observed.rig.answers();
  if (!expected) return std::nullopt;
  if (expected->size() != actual.size()) {
    return fmt::format("the step made {} requests, where the model has {}", actual.size(),
                       expected->size());
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (auto wrong = Compare((*expected)[i], actual[i])) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> TheUnentitledReceiveNothing(const Observed& observed) {
  for (std::uint32_t i = 0; i < observed.after.options().viewers; ++i) {
    const ViewerId viewer(i);
    if (observed.before.IsEntitled(viewer) != Belief::kNo ||
        observed.after.IsEntitled(viewer) != Belief::kNo)
      continue;
    if (const std::size_t deliveries = observed.rig.received(viewer).deliveries) {
      return fmt::format("viewer {} was sent {} packets or stills and is entitled to none", i,
                         deliveries);
    }
  }
  return std::nullopt;
}

std::optional<std::string> EveryFrameIsServed(const Observed& observed) {
  for (std::uint32_t i = 0; i < observed.after.options().viewers; ++i) {
    const auto& session = observed.after.session(ViewerId(i));
    if (!session || !session->frames_due) continue;
    if (auto wrong = CompareFrames(ViewerId(i), *session, observed.rig)) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> StillsAreServed(const Observed& observed) {
  const VirtualTime now = observed.after.now();
  const VirtualDuration interval = observed.after.promises().still_interval;
  for (std::uint32_t i = 0; i < observed.after.options().viewers; ++i) {
    const auto& session = observed.after.session(ViewerId(i));
    if (!session || !session->still_due_since || now - *session->still_due_since < interval)
      continue;
    const auto& last_still = observed.rig.received(ViewerId(i)).last_still;
    if (last_still && now - *last_still <= interval) continue;
    return fmt::format("viewer {}, under loss, has had no still of camera {} for longer than {} ms",
                       i, session->camera.value,
                       std::chrono::duration_cast<std::chrono::milliseconds>(interval).count());
  }
  return std::nullopt;
}

}  // namespace framefence::stateful
