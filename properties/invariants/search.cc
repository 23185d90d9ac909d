#include "properties/invariants/search.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <span>
#include <type_traits>
#include <unordered_set>

#include "properties/invariants/tiny_machine.h"

namespace framefence::proofs {
namespace {

using Kind = OperationKind;

// What happens in one go.
constexpr std::array kFrame = {Kind::kAdmit, Kind::kBeginFill, Kind::kWriteBytes, Kind::kCommit};
constexpr std::array kAppSession = {Kind::kGrantApp, Kind::kOpenViewer};
constexpr std::array kIntegrationSession = {Kind::kGrantIntegration, Kind::kOpenViewer};
constexpr std::array<Kind, kOperationKindCount> kSingly = {
    Kind::kBind,       Kind::kUnbind,         Kind::kRevokeAccount,
    Kind::kLink,       Kind::kUnlink,         Kind::kSuspend,
    Kind::kRestore,    Kind::kStartPublisher, Kind::kStartProbation,
    Kind::kLatchSsrc,  Kind::kStopPublisher,  Kind::kCheckPublisher,
    Kind::kAdmit,      Kind::kBeginFill,      Kind::kWriteBytes,
    Kind::kCommit,     Kind::kGrantApp,       Kind::kGrantIntegration,
    Kind::kOpenViewer, Kind::kCloseViewer,    Kind::kCheckViewer,
    Kind::kLendPacket, Kind::kLendStill,      Kind::kLendStillOfBinding};

struct Go {
  std::span<const Kind> kinds;
  Operation arguments;
};

std::vector<std::span<const Kind>> Gos(bool whole_frames) {
  std::vector<std::span<const Kind>> gos;
  for (const Kind& kind : kSingly) {
    const bool in_one_go = std::count(kFrame.begin(), kFrame.end(), kind) != 0 ||
                           std::count(kAppSession.begin(), kAppSession.end(), kind) != 0 ||
                           kind == Kind::kGrantIntegration;
    if (!whole_frames || !in_one_go) gos.push_back({&kind, 1});
  }
  if (whole_frames) gos.insert(gos.end(), {kFrame, kAppSession, kIntegrationSession});
  return gos;
}

template <class M>
struct Node {
  World<M> world;
  Arguments<M> handed_out;  // of the arguments only what was handed out
};

template <class M>
class Searcher {
 public:
  explicit Searcher(const SearchOptions& options)
      : options_(options), seen_(1024, Hash{this}, Equal{this}) {
    static_assert(std::has_unique_object_representations_v<Node<M>>, "nodes are compared as bytes");
    MakeGos();
  }

  SearchReport Run() {
    Add(Initial(), 0, {});
    std::size_t level_end = nodes_.size();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (i == level_end) {
        if (++report_.depth == options_.depth_max) return Finish(false);
        level_end = nodes_.size();
      }
      for (const Go& go : gos_) {
        if (Try(i, go)) return Finish(false);
      }
      if (nodes_.size() > options_.states_max) return Finish(false);
    }
    return Finish(true);
  }

 private:
  struct Origin {
    std::size_t parent;
    Go go;
  };
  struct Hash {
    const Searcher* searcher;
    std::size_t operator()(std::size_t node) const {
      const auto* bytes = reinterpret_cast<const char*>(&searcher->nodes_[node]);
      return std::hash<std::string_view>()({bytes, sizeof(Node<M>)});
    }
  };
  struct Equal {
    const Searcher* searcher;
    bool operator()(std::size_t a, std::size_t b) const {
      return std::memcmp(&searcher->nodes_[a], &searcher->nodes_[b], sizeof(Node<M>)) == 0;
    }
  };

  // Each camera has an address for its first binding and one for its second.
  static Node<M> Initial() {
    Node<M> node;
    for (std::size_t source = 0; source < M::Source::kValues; ++source) {
      node.world.spec.senders.Write(
          typename M::Source(source),
          {typename M::Camera(source % 2), typename M::Count(1 + source / 2)});
    }
    return node;
  }

  // Every go with every combination of the arguments that its operations read.
  void MakeGos() {
    for (const auto kinds : Gos(options_.whole_frames)) {
      std::vector<Operation> all = {Operation{}};
      for (const Kind kind : kinds) Vary(kind, all);
      for (const Operation& arguments : all) gos_.push_back({kinds, arguments});
    }
  }
  template <class Word>
  static void Vary(std::uint32_t Operation::*argument, std::vector<Operation>& all,
                   std::uint32_t from = 0) {
    const std::size_t count = all.size();
    for (std::uint32_t value = from + 1; value < Word::kValues; ++value) {
      for (std::size_t i = 0; i < count; ++i) {
        all.push_back(all[i]);
        all.back().*argument = value;
      }
    }
    for (std::size_t i = 0; i < count; ++i) all[i].*argument = from;
  }
  static void Vary(Kind kind, std::vector<Operation>& all);

  // Runs the go from the node. True: it, or the state that it leads to, is wrong.
  bool Try(std::size_t from, const Go& go) {
    Node<M> node = nodes_[from];
    bool changed = false;
    for (std::size_t i = 0; i < go.kinds.size(); ++i) {
      const Kind kind = go.kinds[i];
      const Arguments<M> arguments = ArgumentsOf(go.arguments, node);
      if (!IsPossible(kind, node)) break;
      Step<M> step(node.world, arguments);
      if (!step.Assumed(kind)) break;
      const Outcome<M> outcome = step.Take(kind);
      report_.answers.emplace(kind, outcome.status);
      // What an origin lends to an edge no case can show.
      const bool delivers = kind == Kind::kLendPacket || kind == Kind::kLendStill;
      const std::size_t judged = delivers || !options_.deliveries_only ? outcome.claim_count : 0;
      for (std::size_t claim = 0; claim < judged; ++claim) {
        if (outcome.claims[claim].holds) continue;
        report_.property = outcome.claims[claim].property;
        report_.says = outcome.claims[claim].says;
        report_.witness = WayTo(from);
        Append({go.kinds.first(i + 1), go.arguments}, report_.witness);
        return true;
      }
      if (outcome.status != relay::Status::kOk) break;
      Keep(outcome, node);
      changed = true;
    }
    return changed && Add(node, from, go);
  }

  // Nothing can be used before it was handed out.
  static bool IsPossible(Kind kind, const Node<M>& node) {
    const bool admitted = node.handed_out.admission.binding != typename M::Count();
    const bool filling = node.handed_out.filling.number != typename M::Count();
    switch (kind) {
      case Kind::kBeginFill:
        return admitted;
      case Kind::kWriteBytes:
        return filling;
      case Kind::kCommit:
        return admitted && filling;
      case Kind::kOpenViewer:
        return node.handed_out.grant.promised.binding != typename M::Count();
      default:
        return true;
    }
  }
  static Arguments<M> ArgumentsOf(const Operation& operation, const Node<M>& node);

  static void Keep(const Outcome<M>& outcome, Node<M>& node) {
    if (outcome.grant) node.handed_out.grant = *outcome.grant;
    if (outcome.session) node.handed_out.session = *outcome.session;
    if (outcome.admission) node.handed_out.admission = *outcome.admission;
    if (outcome.filling) node.handed_out.filling = *outcome.filling;
    // Of fillings it matters only whether one is the slot's latest: one latest and one superseded
    // state, not many.
    auto content = node.world.spec.contents.Read(typename M::Slot());
    auto& number = node.handed_out.filling.number;
    if (number == typename M::Count()) return;
    number = typename M::Count(number == content.fills ? 2 : 1);
    content.fills = typename M::Count(2);
    node.world.spec.contents.Write(typename M::Slot(), content);
  }

  // Adds the node unless it was there. True: the invariant is wrong in it.
  bool Add(const Node<M>& node, std::size_t parent, const Go& go) {
    nodes_.push_back(node);
    if (!seen_.insert(nodes_.size() - 1).second) {
      nodes_.pop_back();
      return false;
    }
    origins_.push_back({parent, go});
    if (!options_.check_invariant) return false;
    CheckInvariant(node);
    if (!report_.broken_conjunct) return false;
    report_.witness = WayTo(nodes_.size() - 1);
    return true;
  }
  void CheckInvariant(const Node<M>& node);

  std::vector<Operation> WayTo(std::size_t node) const {
    std::vector<Go> gos;
    for (; node != 0; node = origins_[node].parent) gos.push_back(origins_[node].go);
    std::reverse(gos.begin(), gos.end());
    std::vector<Operation> operations;
    for (const Go& go : gos) Append(go, operations);
    return operations;
  }
  static void Append(const Go& go, std::vector<Operation>& operations) {
    for (const Kind kind : go.kinds) {
      operations.push_back(go.arguments);
      operations.back().kind = kind;
    }
  }

  SearchReport Finish(bool complete) {
    report_.states = nodes_.size();
    report_.complete = complete;
    return std::move(report_);
  }

  const SearchOptions& options_;
  std::vector<Go> gos_;
  std::vector<Node<M>> nodes_;
  std::vector<Origin> origins_;
  std::unordered_set<std::size_t, Hash, Equal> seen_;
  SearchReport report_;
};

template <class M>
void Searcher<M>::Vary(Kind kind, std::vector<Operation>& all) {
  const auto camera = [&] { Vary<typename M::Camera>(&Operation::camera, all); };
  const auto account = [&] { Vary<typename M::Account>(&Operation::account, all); };
  const auto source = [&] { Vary<typename M::Source>(&Operation::source, all); };
  const auto generation = [&] { Vary<typename M::Generation>(&Operation::generation, all); };
  const auto now = [&] { Vary<typename M::Time>(&Operation::now, all); };
  const auto expires_at = [&] { Vary<typename M::Time>(&Operation::expires_at, all, 1); };
  const auto length = [&] { Vary<typename M::Length>(&Operation::length, all, 1); };
  switch (kind) {
    case Kind::kBind:
      return camera(), account();
    case Kind::kUnbind:
      return camera();
    case Kind::kRevokeAccount:
    case Kind::kLink:
    case Kind::kUnlink:
      return account();
    case Kind::kStartPublisher:
    case Kind::kStartProbation:
      return camera(), source();
    case Kind::kLatchSsrc:
    case Kind::kCheckPublisher:
      return source();
    case Kind::kAdmit:
      return source(), now();
    case Kind::kWriteBytes:
      return length();
    case Kind::kCommit: {
      const bool written = all.size() > 1 && all.back().length != 0;  // as much as was written
      return written ? void() : length();
    }
    case Kind::kGrantApp:
    case Kind::kGrantIntegration:
      return account(), expires_at();
    case Kind::kCloseViewer:
      return generation();
    case Kind::kCheckViewer:
    case Kind::kLendPacket:
    case Kind::kLendStill:
      return generation(), now();
    case Kind::kLendStillOfBinding:
      return camera(), now();
    default:
      return;  // no choice; and a session is opened at time 0
  }
}

template <class M>
Arguments<M> Searcher<M>::ArgumentsOf(const Operation& operation, const Node<M>& node) {
  Arguments<M> arguments = node.handed_out;
  SetArguments(operation, arguments);
  return arguments;
}

template <class M>
void Searcher<M>::CheckInvariant(const Node<M>& node) {
  const Invariant<M> invariant(node.world);
  const auto emit = [&](Conjunct conjunct, bool holds) {
    if (!holds && !report_.broken_conjunct) report_.broken_conjunct = conjunct;
  };
  const typename M::Integration integration{};
  const typename M::Slot slot{};
  const typename M::Name name{};
  invariant.ForAll(emit);
  for (std::size_t i = 0; i < M::Camera::kValues; ++i)
    invariant.ForCamera(typename M::Camera(i), emit);
  for (std::size_t i = 0; i < M::Account::kValues; ++i) {
    const typename M::Account account(i);
    invariant.ForAlias(account, name, emit);
    invariant.ForResolution(account, name, emit);
    invariant.ForLink(account, integration, emit);
  }
  invariant.ForIntegration(integration, emit);
  invariant.ForPort(typename M::Port(), emit);
  invariant.ForSlot(slot, emit);
  invariant.ForSlotAndIntegration(slot, integration, emit);
  invariant.ForViewer(typename M::Viewer(), emit);
  const Arguments<M>& handed_out = node.handed_out;
  if (IsPossible(Kind::kOpenViewer, node)) invariant.ForGrant(handed_out.grant, emit);
  invariant.ForSession(handed_out.session, emit);
  if (!IsPossible(Kind::kBeginFill, node)) return;
  invariant.ForAdmission(handed_out.admission, emit);
  invariant.ForAdmissionAndIntegration(handed_out.admission, integration, emit);
  invariant.ForSlotAndAdmission(slot, handed_out.admission, emit);
  if (IsPossible(Kind::kWriteBytes, node)) invariant.ForFilling(handed_out.filling, emit);
}

}  // namespace

std::string ToString(std::span<const Operation> operations) {
  static constexpr std::array<std::string_view, 13> kNames = {
      "camera", "account", "name",   "integration", "port", "source",    "SSRC",
      "slot",   "length",  "viewer", "generation",  "now",  "expires_at"};
  std::string text;
  for (const Operation& operation : operations) {
    std::string list;
    const auto values = operation.Values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] == 0) continue;
      list += (list.empty() ? "" : ", ") + std::string(kNames[i]) + " " + std::to_string(values[i]);
    }
    if (!text.empty()) text += ", ";
    text += ToString(operation.kind);
    text += "(" + list + ")";
  }
  return text;
}

SearchReport Search(const SearchOptions& options) {
  return options.counter_bits == 1 ? Searcher<TinyMachine<1>>(options).Run()
                                   : Searcher<TinyMachine<2>>(options).Run();
}

}  // namespace framefence::proofs
