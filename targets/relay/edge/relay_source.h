// The origin's answers from a relay that cameras publish to.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_RELAY_SOURCE_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_RELAY_SOURCE_H_

#include "targets/relay/edge/origin.h"
#include "targets/relay/relay.h"

namespace relay::edge {

class RelaySource final : public OriginSource {
 public:
  // The relay outlives it, and is not used by another thread meanwhile.
  explicit RelaySource(Relay& relay) : relay_(relay) {}

  OwnerEntry FindOwner(Camera camera) override;
  StillReply FindStill(const StillRequest& request, Time now) override;

 private:
  std::uint64_t OpenIntegrationsOf(Account account) const;

  Relay& relay_;
};

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_RELAY_SOURCE_H_
