#include "harness/net/link.h"

#include "harness/base/check.h"

namespace framefence::net {

Link::Link(LossProcess loss, VirtualDuration latency) : loss_(loss), latency_(latency) {
  FRAMEFENCE_CHECK(latency >= VirtualDuration::zero());
}

}  // namespace framefence::net
