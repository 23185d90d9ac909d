#include "harness/sim/trace.h"

#include <fmt/core.h>

#include <array>

namespace framefence::sim {
namespace {

struct KindText {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array<KindText, kTraceKindCount> kTexts = {{
    {"step", "the case's step of this index begins"},
    {"request", "the harness asks the system for an operation"},
    {"ack", "the system answers the request of this number"},
    {"published", "a camera sends an access unit"},
    {"lost", "a link lost a packet, from a camera or to a viewer"},
    {"ingress",
     "a camera's datagram, or a piece of its byte stream, reaches the system: of this frame, or "
     "the first and the last of several"},
    {"delivery",
     "the system hands bytes to the network, for the viewer session that this request number "
     "opened"},
    {"arrival", "a packet reaches a viewer"},
    {"frame", "a viewer has a complete access unit"},
    {"feedback", "RTCP reaches a camera from the system, or the system from a viewer"},
    {"stall", "a viewer's channel is full, or has room again"},
    {"note", "what the system tells of itself, and of which camera or viewer"},
    {"violation",
     "the oracle objects to the delivery or the frame before it, and says which frame its bytes "
     "are of"},
    {"healed", "no link loses or delays anything more; frames are due to so many viewer sessions"},
    {"handover", "another of the system's threads goes on than by the plain schedule"},
}};

const KindText& TextOf(TraceKind kind) { return kTexts[static_cast<std::size_t>(kind)]; }

using Fields = std::vector<TraceField>;

std::string Number(std::uint64_t number) { return std::to_string(number); }
std::string Hash(std::uint64_t hash) { return fmt::format("{:016x}", hash); }
template <class Enum>
std::string Word(std::uint64_t value) {
  return std::string(ToString(static_cast<Enum>(value)));
}

void AddSubject(const contract::Request& request, Fields& fields) {
  using contract::Operation;
  const auto add = [&fields](std::string_view name, std::uint64_t value) {
    fields.push_back({name, Number(value)});
  };
  switch (request.operation) {
    case Operation::kBind:
    case Operation::kUnbind:
    case Operation::kStartPublisher:
      return add("camera", request.camera.value);
    case Operation::kStopPublisher:
      return add("publisher", request.publisher.value);
    case Operation::kOpenViewer:
    case Operation::kPresentToken:
    case Operation::kCloseViewer:
    case Operation::kReportLoss:
      return add("viewer", request.viewer.value);
    case Operation::kIssueToken:
      return add("token", request.token);
    case Operation::kRevokeAccount:
      return add("account", request.account.value);
    case Operation::kLink:
    case Operation::kUnlink:
      add("account", request.account.value);
      return add("integration", request.integration.value);
    case Operation::kSuspend:
    case Operation::kRestore:
      return add("integration", request.integration.value);
    case Operation::kUpgrade:
      return;
  }
}

void AddArguments(const contract::Request& request, Fields& fields) {
  using contract::Operation;
  const Operation operation = request.operation;
  if (operation == Operation::kPresentToken) fields.push_back({"token", Number(request.token)});
  if (operation == Operation::kReportLoss)
    fields.push_back({"fraction_lost", Number(request.fraction_lost)});
  const bool opens = operation == Operation::kOpenViewer || operation == Operation::kIssueToken;
  if (!opens && operation != Operation::kBind) return;
  fields.push_back({"account", Number(request.account.value)});
  fields.push_back({"name", Number(request.name.value)});
  if (!opens) return;
  const bool app = request.path == contract::AccessPath::kApp;
  fields.push_back({"path", app ? "app" : "integration"});
}

Fields FieldsOfRequest(const TraceEvent& event) {
  Fields fields = {{"number", Number(event.a)}, {"operation", Word<contract::Operation>(event.b)}};
  if (event.request == nullptr) return fields;
  AddSubject(*event.request, fields);
  AddArguments(*event.request, fields);
  return fields;
}

Fields FieldsOfIngress(const TraceEvent& event) {
  const auto [first, last] = event.frames;
  return {{"camera", Number(event.a)},
          {"port", Number(event.b)},
          {"frame",
           first == last ? Number(first.value) : fmt::format("{}-{}", first.value, last.value)},
          {"hash", Hash(event.c)}};
}

Fields FieldsOfViolation(const TraceEvent& event) {
  Fields fields = {{"viewer", Number(event.a)},
                   {"class", Word<oracle::ViolationClass>(event.b)},
                   {"property", Word<oracle::Property>(event.c)}};
  if (event.violation == nullptr || !event.violation->origin) return fields;
  const oracle::Origin& origin = *event.violation->origin;
  fields.push_back({"camera", Number(origin.camera.value)});
  fields.push_back({"epoch", Number(origin.epoch.value)});
  fields.push_back({"frame", Number(origin.frame.value)});
  if (origin.owner) fields.push_back({"owner", Number(origin.owner->value)});
  return fields;
}

// "camera" or "viewer", whose link or RTCP it is.
std::string_view WhoseEnd(const TraceEvent& event) { return event.b == 0 ? "camera" : "viewer"; }

}  // namespace

std::string_view ToString(TraceKind kind) { return TextOf(kind).name; }
std::string_view MeaningOf(TraceKind kind) { return TextOf(kind).meaning; }

std::vector<TraceField> FieldsOf(const TraceEvent& event) {
  switch (event.kind) {
    case TraceKind::kStep:
      return {{"index", Number(event.a)}};
    case TraceKind::kRequest:
      return FieldsOfRequest(event);
    case TraceKind::kAck:
      return {{"number", Number(event.a)},
              {"status", Word<contract::Status>(event.b)},
              {"port", Number(event.c)}};
    case TraceKind::kPublished:
      return {{"camera", Number(event.a)}, {"frame", Number(event.b)}, {"bytes", Number(event.c)}};
    case TraceKind::kLost:
      return {{WhoseEnd(event), Number(event.a)}, {"bytes", Number(event.c)}};
    case TraceKind::kIngress:
      return FieldsOfIngress(event);
    case TraceKind::kDelivery:
      return {{"viewer", Number(event.a)},
              {"session", Number(event.b >> 1)},
              {"kind", IsStill(event) ? "still" : "rtp"},
              {"hash", Hash(event.c)}};
    case TraceKind::kArrival:
    case TraceKind::kFrame:
      return {{"viewer", Number(event.a)}, {"bytes", Number(event.b)}, {"hash", Hash(event.c)}};
    case TraceKind::kFeedback:
      return {{WhoseEnd(event), Number(event.a)}, {"hash", Hash(event.c)}};
    case TraceKind::kStall:
      return {{"viewer", Number(event.a)}, {"channel", event.b != 0 ? "full" : "has-room"}};
    case TraceKind::kNote:
      return {{"note", std::string(event.text)}, {"subject", Number(event.b)}};
    case TraceKind::kViolation:
      return FieldsOfViolation(event);
    case TraceKind::kHealed:
      return {{"sessions", Number(event.a)}};
    case TraceKind::kHandover:
      return {{"after", Number(event.a)}, {"to", Number(event.b)}};
  }
  return {};
}

std::string ToLine(const TraceEvent& event) {
  std::string line = fmt::format(
      "{:12.6f} s  {:9} ", static_cast<double>(Microseconds(event.at)) / 1e6, ToString(event.kind));
  for (const TraceField& field : FieldsOf(event)) {
    const char* quote = field.value.find(' ') == std::string::npos ? "" : "\"";
    line += fmt::format(" {}={}{}{}", field.key, quote, field.value, quote);
  }
  return line;
}

std::string TraceLegend() {
  std::string legend = "# virtual time, event, details; hashes are XXH3 (64 bits) of the bytes\n";
  for (const KindText& text : kTexts)
    legend += fmt::format("#   {:9}  {}\n", text.name, text.meaning);
  return legend;
}

}  // namespace framefence::sim
