#include "targets/adapters/sharded_relay_adapter.h"

namespace adapters {
template class ShardedRelayAdapter<FibreCrew>;
}  // namespace adapters
