// The decision core as a saved state has it. For any machine whose words are those that ship, so
// that the invariant can be asked of what comes out (properties/invariants).
#ifndef FRAMEFENCE_TARGETS_RELAY_RESUME_CORE_H_
#define FRAMEFENCE_TARGETS_RELAY_RESUME_CORE_H_

#include "targets/relay/saved_state.h"

namespace relay {

// REQUIRES: the state is new, and as large as SavedState::Check() said that it would be.
template <class M>
void ResumeCore(const SavedState& saved, typename core::DecisionCore<M>::State& state) {
  state.next_ticket = saved.header().next_ticket;
  saved.Table<SavedAccount>().ForEach([&](const SavedAccount& record) {
    state.accounts.Write(record.account, {record.access_epoch});
  });
  saved.Table<SavedCamera>().ForEach([&](const SavedCamera& record) {
    state.cameras.Write(record.camera,
                        {record.bound, record.owner, record.name, record.binding_epoch});
  });
  saved.Table<SavedName>().ForEach([&](const SavedName& record) {
    state.aliases.Write(record.account, record.name, {record.camera});
  });
  saved.Table<SavedIntegration>().ForEach([&](const SavedIntegration& record) {
    state.integrations.Write(record.integration,
                             {record.suspended, record.epoch, record.restored_ticket});
  });
  saved.Table<SavedLink>().ForEach([&](const SavedLink& record) {
    state.links.Write(record.account, record.integration, {record.active, record.epoch});
  });
  saved.Table<SavedPort>().ForEach([&](const SavedPort& record) {
    state.ports.Write(record.port, {record.leased, record.camera, record.binding_epoch,
                                    record.source, record.ssrc_known, record.ssrc});
  });
  saved.Table<SavedPlace>().ForEach([&](const SavedPlace& record) {
    state.viewers.Write(record.viewer, {false, record.generation, {}});
  });
  saved.Table<SavedSession>().ForEach([&](SavedSession record) {
    core::ViewerRecord<M> viewer{true, record.generation, {}};
    viewer.grant.Fields() = record.grant.Fields();
    state.viewers.Write(record.viewer, viewer);
  });
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RESUME_CORE_H_
