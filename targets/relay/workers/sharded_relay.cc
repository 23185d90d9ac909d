#include "targets/relay/workers/sharded_relay.h"

namespace relay {
template class BasicShardedRelay<StdSync>;
}  // namespace relay
