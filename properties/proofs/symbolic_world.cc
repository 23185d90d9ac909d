#include "properties/proofs/symbolic_world.h"

#include <optional>

namespace framefence::proofs {
namespace {

using M = SymbolicMachine;
using Core = relay::core::DecisionCore<M>;

// Makes each member of `fields` a symbol of its own.
template <class... Words>
void MakeSymbols(const std::string& prefix, std::initializer_list<const char*> names,
                 std::tuple<Words&...> fields) {
  FRAMEFENCE_CHECK(names.size() == sizeof...(Words));
  auto name = names.begin();
  std::apply([&](Words&... word) { ((word = Symbol<Words>(prefix + *name++)), ...); }, fields);
}

void Limit(Core::State& state) {
  const auto accounts = Symbol<M::Account>("deployment.accounts");
  const auto names = Symbol<M::Name>("deployment.names");
  const auto integrations = Symbol<M::Integration>("deployment.integrations");
  state.accounts.Limit(accounts);
  state.cameras.Limit(Symbol<M::Camera>("deployment.cameras"));
  state.aliases.Limit(accounts, names);
  state.resolutions.Limit(accounts, names);
  state.integrations.Limit(integrations);
  state.links.Limit(accounts, integrations);
  state.ports.Limit(Symbol<M::Port>("deployment.ports"));
  state.slots.Limit(Symbol<M::Slot>("deployment.slots"));
  state.viewers.Limit(Symbol<M::Viewer>("deployment.viewers"));
}

// Any admission that a core can give: what Admit() answers in a state made for it.
relay::core::Admission<M> AnyAdmission(const std::string& prefix, z3::expr& condition) {
  const auto camera = Symbol<M::Camera>(prefix + "admission.camera");
  relay::core::CameraRecord<M> bound;
  bound.binding_epoch = Symbol<M::Epoch>(prefix + "admission.binding_epoch");
  relay::core::PortRecord<M> port;
  port.leased = M::Bool(true);
  port.camera = camera;
  port.binding_epoch = bound.binding_epoch;
  port.ssrc_known = M::Bool(true);
  Core core;
  core.state().ports.Write(M::Port(), port);
  core.state().cameras.Write(camera, bound);
  core.state().next_ticket = Symbol<M::Ticket>(prefix + "admission.ticket");
  const auto now = Symbol<M::Time>(prefix + "admission.arrived_at");
  std::optional<relay::core::AdmissionAnswer<M>> answer;
  std::optional<relay::core::Admission<M>> given;
  PathExplorer explorer({});
  explorer.Explore([&] { answer = Core(core).Admit(M::Port(), M::Source(), M::Ssrc(), now); },
                   [&](const z3::expr& path, const z3::expr&) {
                     if (answer->status != relay::Status::kOk) return;
                     given = answer->admission;
                     condition = condition && path;
                   });
  return *given;
}

}  // namespace

SymbolicWorld AnyWorld() {
  SymbolicWorld world;
  auto& state = world.core.state();
  state.accounts = {"accounts", {"access_epoch"}};
  state.cameras = {"cameras", {"bound", "owner", "name", "binding_epoch"}};
  state.aliases = {"aliases", {"camera"}};
  state.resolutions = {"resolutions", {"filled", "account", "camera", "binding_epoch"}};
  state.integrations = {"integrations", {"suspended", "epoch", "restored_ticket"}};
  state.links = {"links", {"active", "epoch"}};
  state.ports = {"ports", {"leased", "camera", "binding_epoch", "source", "ssrc_known", "ssrc"}};
  state.slots = {"slots", {"filled", "camera", "binding_epoch", "ticket", "arrived_at", "length"}};
  state.viewers = {
      "viewers",
      {"open", "generation", "account", "camera", "binding_epoch", "access_epoch",
       "via_integration", "integration", "integration_epoch", "link_epoch", "expires_at"}};
  state.next_ticket = Symbol<M::Ticket>("next_ticket");
  state.still_age_max = Symbol<M::Time>("still_age_max");
  Limit(state);

  auto& spec = world.spec;
  spec.bindings = {"true.cameras", {"bound", "owner", "name", "moves"}};
  spec.households = {"true.accounts", {"sign_outs"}};
  spec.doors = {"true.integrations", {"suspended", "suspensions", "restored_at"}};
  spec.ties = {"true.links", {"linked", "unlinks"}};
  spec.senders = {"true.senders", {"camera", "binding"}};
  spec.uplinks = {"true.ports", {"camera", "ssrc_known"}};
  spec.contents = {"true.slots", {"camera", "binding", "order", "arrived_at", "written", "fills"}};
  spec.places = {"true.viewers",
                 {"open", "sessions", "account", "camera", "binding", "sign_outs",
                  "via_integration", "integration", "suspensions", "unlinks", "expires_at"}};
  spec.admissions = Symbol<M::Count>("admissions");
  spec.still_age_max = Symbol<M::Time>("true.still_age_max");
  return world;
}

SymbolicWorld InitialWorld(const SymbolicWorld& any) {
  SymbolicWorld world;
  Limit(world.core.state());
  world.core.state().still_age_max = any.core.state().still_age_max;
  world.spec.still_age_max = any.core.state().still_age_max;
  world.spec.senders = any.spec.senders;
  return world;
}

z3::expr Deployment(const SymbolicWorld& world) {
  // An alias that was never written names camera 0.
  return world.core.state().cameras.Has(M::Camera()).term();
}

AnyArguments MakeAnyArguments(const std::string& prefix) {
  AnyArguments any{SymbolicArguments(), Context().bool_val(true)};
  auto& values = any.values;
  MakeSymbols(prefix,
              {"camera", "account", "name", "integration", "port", "source", "ssrc", "slot",
               "length", "viewer", "generation", "now", "expires_at"},
              values.Fields());
  MakeSymbols(prefix + "grant.",
              {"account", "camera", "binding_epoch", "access_epoch", "via_integration",
               "integration", "integration_epoch", "link_epoch", "expires_at"},
              values.grant.token.Fields());
  MakeSymbols(prefix + "true.grant.",
              {"account", "camera", "binding", "sign_outs", "via_integration", "integration",
               "suspensions", "unlinks", "expires_at"},
              values.grant.promised.Fields());
  auto& session = values.session;
  MakeSymbols(prefix + "session.", {"viewer", "generation", "number"},
              std::tie(session.viewer, session.generation, session.number));
  auto& admission = values.admission;
  admission.admission = AnyAdmission(prefix, any.condition);
  MakeSymbols(prefix + "true.admission.", {"camera", "binding", "order", "arrived_at"},
              std::tie(admission.camera, admission.binding, admission.order, admission.arrived_at));
  // Of an empty core without limits: BeginFill() has one path.
  values.filling.answer =
      Core().BeginFill(admission.admission, Symbol<M::Slot>(prefix + "filling.slot"));
  values.filling.number = Symbol<M::Count>(prefix + "filling.number");
  return any;
}

}  // namespace framefence::proofs
