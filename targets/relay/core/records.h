// The decision core's state, as records over a machine policy M that supplies words and tables
// (native_machine.h).
//
// Fields() lists a record's members once, for the instantiations that need to see them one by one:
// a symbolic machine keeps each field in an array of its own.
#ifndef FRAMEFENCE_TARGETS_RELAY_CORE_RECORDS_H_
#define FRAMEFENCE_TARGETS_RELAY_CORE_RECORDS_H_

#include <tuple>

namespace relay::core {

template <class M>
struct AccountRecord {
  typename M::Epoch access_epoch{};  // counts "sign out everywhere"
  auto Fields() { return std::tie(access_epoch); }
};

template <class M>
struct CameraRecord {
  typename M::Bool bound{};
  typename M::Account owner{};
  typename M::Name name{};
  typename M::Epoch binding_epoch{};  // counts bind and unbind
  auto Fields() { return std::tie(bound, owner, name, binding_epoch); }
};

// (account, name) -> camera. Only a hint where to look: the camera's own record decides.
template <class M>
struct AliasRecord {
  typename M::Camera camera{};
  auto Fields() { return std::tie(camera); }
};

// (account, name) -> the entitlement that was authorised last time; holds while the camera's
// binding does.
template <class M>
struct ResolutionRecord {
  typename M::Bool filled{};
  typename M::Account account{};
  typename M::Camera camera{};
  typename M::Epoch binding_epoch{};
  auto Fields() { return std::tie(filled, account, camera, binding_epoch); }
};

template <class M>
struct IntegrationRecord {
  typename M::Bool suspended{};
  typename M::Epoch epoch{};             // counts suspensions
  typename M::Ticket restored_ticket{};  // what was admitted before it is not for this integration
  auto Fields() { return std::tie(suspended, epoch, restored_ticket); }
};

template <class M>
struct LinkRecord {
  typename M::Bool active{};
  typename M::Epoch epoch{};  // counts unlinks
  auto Fields() { return std::tie(active, epoch); }
};

// One publisher session: who may send to an ingest port, and whose packets they then are.
template <class M>
struct PortRecord {
  typename M::Bool leased{};
  typename M::Camera camera{};
  typename M::Epoch binding_epoch{};
  typename M::Source source{};
  typename M::Bool ssrc_known{};  // it was signalled, or latched since
  typename M::Ssrc ssrc{};
  auto Fields() { return std::tie(leased, camera, binding_epoch, source, ssrc_known, ssrc); }
};

// What a buffer holds. The bytes are kept elsewhere and reached only through a Lease.
template <class M>
struct SlotRecord {
  typename M::Bool filled{};
  typename M::Camera camera{};
  typename M::Epoch binding_epoch{};
  typename M::Ticket ticket{};    // order of admission of its first packet
  typename M::Time arrived_at{};  // time of admission of its first packet
  typename M::Length length{};    // bytes that may be shown
  auto Fields() { return std::tie(filled, camera, binding_epoch, ticket, arrived_at, length); }
};

// What a viewer was promised, with the epochs that it was promised in. Signed, it is a viewer
// token.
template <class M>
struct Grant {
  typename M::Account account{};
  typename M::Camera camera{};
  typename M::Epoch binding_epoch{};
  typename M::Epoch access_epoch{};
  typename M::Bool via_integration{};
  typename M::Integration integration{};
  typename M::Epoch integration_epoch{};
  typename M::Epoch link_epoch{};
  typename M::Time expires_at{};
  auto Fields() {
    return std::tie(account, camera, binding_epoch, access_epoch, via_integration, integration,
                    integration_epoch, link_epoch, expires_at);
  }
};

template <class M>
struct ViewerRecord {
  typename M::Bool open{};
  typename M::Generation generation{};  // counts the sessions that this place has held
  Grant<M> grant{};
  auto Fields() { return std::tuple_cat(std::tie(open, generation), grant.Fields()); }
};

}  // namespace relay::core

#endif  // FRAMEFENCE_TARGETS_RELAY_CORE_RECORDS_H_
