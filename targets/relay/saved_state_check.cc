// Whether operations lead to a saved state. What is checked, and why it is enough: saved_state.h.
#include <algorithm>

#include "targets/relay/reorder_window.h"
#include "targets/relay/saved_state.h"

namespace relay {
namespace {

// Packets and sessions on one port that count its numbers beyond it would take some 100,000 years.
constexpr ExtendedSequence kSequenceMax = ExtendedSequence{1} << 62;

class Checker {
 public:
  explicit Checker(const SavedState& state) : state_(state), header_(state.header()) {}

  bool IsConsistent() const {
    return All<SavedAccount>() && All<SavedCamera>() && All<SavedName>() &&
           All<SavedIntegration>() && All<SavedLink>() && All<SavedPort>() && All<SavedPlace>() &&
           All<SavedSession>() && NamesAreOfAllBoundCameras() && PortsAreOfAllPublishers() &&
           SessionsAreCounted();
  }

 private:
  template <class Record>
  bool All() const {
    const auto& table = state_.Table<Record>();
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (!Holds(table[i])) return false;
    }
    return true;
  }
  template <class Record, class Predicate>
  std::size_t CountIf(const Predicate& predicate) const {
    const auto& table = state_.Table<Record>();
    std::size_t count = 0;
    for (std::size_t i = 0; i < table.size(); ++i) count += predicate(table[i]) ? 1 : 0;
    return count;
  }
  // The record; where it was left out, a new deployment's, which is nobody's and refers to nothing.
  template <class Record, class Key>
  Record Read(Key key) const {
    return state_.Table<Record>().Find(key).value_or(Record());
  }

  bool Has(Account account) const { return account.value < header_.accounts; }
  bool Has(Camera camera) const { return camera.value < header_.cameras; }
  bool Has(Name name) const { return name.value < header_.names; }
  bool Has(Integration integration) const { return integration.value < header_.integrations; }
  bool Has(Port port) const { return port.value < header_.ports; }
  bool Has(Viewer viewer) const { return viewer.value < header_.viewers; }

  bool Holds(const SavedAccount& saved) const {
    return Has(saved.account) && (saved.access_epoch != Epoch() || saved.opened != 0);
  }

  bool Holds(const SavedCamera& saved) const {
    if (!Has(saved.camera) || saved.binding_epoch == Epoch()) return false;
    return (saved.bound || (saved.owner == Account() && saved.name == Name())) &&
           (saved.publishes || saved.port == Port());
  }

  bool Holds(const SavedName& saved) const {
    const SavedCamera camera = Read<SavedCamera>(saved.camera);
    return Has(saved.account) && Has(saved.name) && camera.bound && camera.owner == saved.account &&
           camera.name == saved.name;
  }
  // With each name leading to a camera that bears it, no two cameras share one.
  bool NamesAreOfAllBoundCameras() const {
    return state_.Table<SavedName>().size() ==
           CountIf<SavedCamera>([](const SavedCamera& camera) { return camera.bound; });
  }

  bool Holds(const SavedIntegration& saved) const {
    return Has(saved.integration) && saved.restored_ticket <= header_.next_ticket &&
           (!saved.suspended || saved.epoch != Epoch()) &&
           (saved.epoch != Epoch() || saved.restored_ticket != Ticket());
  }

  bool Holds(const SavedLink& saved) const {
    return Has(saved.account) && Has(saved.integration) && (saved.active || saved.epoch != Epoch());
  }

  bool Holds(const SavedPort& saved) const {
    if (!Has(saved.port) || saved.next > kSequenceMax) return false;
    if (!saved.leased) return saved.next > ReorderWindow::kFirst && IsUnused(saved);
    const SavedCamera camera = Read<SavedCamera>(saved.camera);
    const PacketBefore& before = saved.before;
    return camera.bound && camera.publishes && camera.port == saved.port &&
           camera.binding_epoch == saved.binding_epoch && saved.next >= ReorderWindow::kFirst &&
           saved.streams().IsWellFormed() && (saved.ssrc_known || saved.ssrc == Ssrc()) &&
           (saved.ssrc_known || !saved.started) &&
           (saved.retransmits || saved.retransmission == Ssrc()) &&
           (saved.repairs || saved.repair == Ssrc()) && saved.codec <= SavedCodec::kH265 &&
           (!saved.started || saved.codec != SavedCodec::kUnknown) &&
           (before.known ? saved.started && before.sequence < saved.next : IsUnused(saved.before));
  }
  static bool IsUnused(PacketBefore before) { return before.Fields() == PacketBefore().Fields(); }
  static bool IsUnused(SavedPort saved) {
    SavedPort unused{.port = saved.port, .next = saved.next};
    return saved.Fields() == unused.Fields();
  }
  // With each lease at its camera's port, no two ports are one camera's.
  bool PortsAreOfAllPublishers() const {
    return CountIf<SavedPort>([](const SavedPort& port) { return port.leased; }) ==
           CountIf<SavedCamera>([](const SavedCamera& camera) { return camera.publishes; });
  }

  bool Holds(const SavedPlace& saved) const {
    return Has(saved.viewer) && saved.generation != Generation();
  }

  bool Holds(const SavedSession& saved) const {
    const auto place = state_.Table<SavedPlace>().Find(saved.viewer);
    const bool has_mode = saved.mode <= SavedMode::kRecovering &&
                          (saved.mode == SavedMode::kAwaitingIdr || saved.grant.via_integration);
    const StreamPosition& stream = saved.stream;
    return place && place->generation == saved.generation && Holds(saved.grant) && has_mode &&
           (stream.sent ? stream.sent_at <= header_.saved_at : stream.sent_at == Time());
  }

  bool Holds(const Grant& grant) const {
    const SavedCamera camera = Read<SavedCamera>(grant.camera);
    const bool owned = camera.bound && camera.owner == grant.account;
    return Has(grant.account) && Epoch() < grant.binding_epoch &&
           grant.binding_epoch <= camera.binding_epoch &&
           (grant.binding_epoch != camera.binding_epoch || owned) &&
           grant.access_epoch <= Read<SavedAccount>(grant.account).access_epoch &&
           (grant.via_integration ? HoldsByDoor(grant) : IsByNoDoor(grant));
  }
  // Its link is in its table: one that was left out is not active.
  bool HoldsByDoor(const Grant& grant) const {
    const SavedIntegration door = Read<SavedIntegration>(grant.integration);
    const SavedLink link = Read<SavedLink>(std::pair(grant.account, grant.integration));
    return grant.integration_epoch <= door.epoch && grant.link_epoch <= link.epoch &&
           (grant.integration_epoch != door.epoch || !door.suspended) &&
           (grant.link_epoch != link.epoch || link.active);
  }
  static bool IsByNoDoor(const Grant& grant) {
    return grant.integration == Integration() && grant.integration_epoch == Epoch() &&
           grant.link_epoch == Epoch();
  }

  // A session that is opened counts in its place and with its account.
  bool SessionsAreCounted() const {
    std::uint64_t not_found = 0;
    const auto& places = state_.Table<SavedPlace>();
    for (std::size_t i = 0; i < places.size(); ++i) not_found += places[i].generation.value;
    const auto& accounts = state_.Table<SavedAccount>();
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      if (accounts[i].opened > not_found) return false;
      not_found -= accounts[i].opened;
    }
    return not_found == 0;
  }

  const SavedState& state_;
  const SavedHeader& header_;
};

}  // namespace

Status SavedState::Check(const Options& options, Time now) const {
  const SavedHeader& has = header_;
  const bool fits = has.accounts <= options.accounts && has.cameras <= options.cameras &&
                    has.names <= options.names && has.integrations <= options.integrations &&
                    has.ports <= options.ports && has.viewers <= options.viewers;
  if (!fits) return Status::kTooLarge;
  if (now < has.saved_at || !Checker(*this).IsConsistent()) return Status::kMalformed;
  return Status::kOk;
}

}  // namespace relay
