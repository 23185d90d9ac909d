// What a sharded relay leaves to the process that takes its place: BasicShardedRelay::Save() and
// Resume().
//
// Bytes, all big-endian: SavedShardsHeader; for each shard a SavedShardHeader, the relay's saved state
// (saved_state.h) but for its seal, and a SavedHome for each of its viewer sessions; one seal over all
// of it, of a kind of its own. A shard's state is sealed by nothing else: cut out, or put beside the
// shards of another Save(), it is not a saved state.
//
// Behind the seal everything is checked nevertheless. Each shard's state is one that a relay comes to;
// together they are one deployment's: every directory record and epoch is equal in all of them, a
// camera publishes, and lends, in its own shard alone, and each session is on one worker. Tickets, and
// the sessions that an account has opened, are each shard's own.
#ifndef FRAMEFENCE_TARGETS_RELAY_WORKERS_SAVED_SHARDS_H_
#define FRAMEFENCE_TARGETS_RELAY_WORKERS_SAVED_SHARDS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "targets/relay/options.h"
#include "targets/relay/saved_state.h"
#include "targets/relay/types.h"

namespace relay {

inline constexpr std::uint64_t kSavedShardsFormat = 0x5265'6c53'6872'6401;  // "RelShrd", version 1

struct SavedShardsHeader {
  std::uint64_t format = kSavedShardsFormat;
  Time saved_at{};  // of each shard too
  std::uint32_t workers = 0;
  auto Fields() { return std::tie(format, saved_at, workers); }
};

struct SavedShardHeader {
  std::uint32_t shard = 0;
  std::uint64_t state_bytes = 0;  // without a seal
  std::uint64_t homes = 0;
  auto Fields() { return std::tie(shard, state_bytes, homes); }
};

// On which worker a viewer session is. Until when is in its grant.
struct SavedHome {
  Viewer viewer{};
  Generation generation{};
  std::uint32_t worker = 0;
  auto Fields() { return std::tie(viewer, generation, worker); }
  Viewer Key() const { return viewer; }
};

// One of them: views of the whole, but for its state, a copy that has its own seal again.
class SavedShard {
 public:
  SavedShard() = default;
  SavedShard(SavedShard&&) = default;
  SavedShard& operator=(SavedShard&&) = default;

  std::span<const std::byte> bytes() const { return bytes_; }  // for Relay::Resume()
  const SavedState& state() const { return state_; }
  const SavedTable<SavedHome>& homes() const { return homes_; }

 private:
  friend class SavedShards;
  Status Take(std::uint32_t shard, std::span<const std::byte>& rest,
              std::span<const std::byte, 32> secret);

  std::vector<std::byte> bytes_;
  SavedState state_;  // a view of them
  SavedTable<SavedHome> homes_;
};

// A saved deployment that was found well formed and sealed. The bytes outlive it.
class SavedShards {
 public:
  // kMalformed: no saved deployment of this version, or not all of one, or more. kBadToken: not sealed
  // under this secret. Allocates.
  static Answer<SavedShards> Read(std::span<const std::byte> bytes,
                                  std::span<const std::byte, 32> secret);

  // Whether it can be resumed: as SavedState::Check(). kMalformed: also of another number of workers.
  Status Check(const Options& options, std::uint32_t workers, Time now) const;

  // REQUIRES: shard < the number of workers.
  const SavedShard& operator[](std::uint32_t shard) const { return shards_[shard]; }

 private:
  SavedShardsHeader header_;
  std::vector<SavedShard> shards_;
};

class ShardsWriter {
 public:
  ShardsWriter(std::uint32_t workers, Time saved_at);

  // The next shard, from 0 on. state: what Relay::Save() gave. homes: of its open sessions, by ascending viewer.
  void Add(std::span<const std::byte> state, std::span<const SavedHome> homes);
  // REQUIRES: called once, as the last.
  std::vector<std::byte> Seal(std::span<const std::byte, 32> secret);

 private:
  template <class Record>
  void Append(const Record& record) {
    bytes_.resize(bytes_.size() + kRecordBytes<Record>);
    WriteRecord(&bytes_[bytes_.size() - kRecordBytes<Record>], record);
  }

  std::uint32_t shards_ = 0;
  std::vector<std::byte> bytes_;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_WORKERS_SAVED_SHARDS_H_
