// A system of others, bound to the contract: an app's snapshot service that keeps the last still of
// every camera in LevelDB's LRU cache. It has no integration, no tokens and no live stream.
#ifndef FRAMEFENCE_TARGETS_ADAPTERS_LEVELDB_CACHE_ADAPTER_H_
#define FRAMEFENCE_TARGETS_ADAPTERS_LEVELDB_CACHE_ADAPTER_H_

#include <memory>

#include "harness/contract/system_under_test.h"

namespace adapters {

// What a still is cached under. Only the whole key is right: the others are there to be found out.
enum class StillKey { kAccountNameBinding, kAccountName, kName };

std::unique_ptr<framefence::contract::SystemUnderTest> MakeLevelDbCache(StillKey key);

}  // namespace adapters

#endif  // FRAMEFENCE_TARGETS_ADAPTERS_LEVELDB_CACHE_ADAPTER_H_
