#include "targets/relay/workers/saved_shards.h"

#include <optional>
#include <utility>

namespace relay {
namespace {

// What a record says for every shard: none where a new deployment says as much.
bool IsShared(SavedAccount& record) {
  record.opened = 0;
  return record.access_epoch != Epoch();
}
bool IsShared(SavedCamera& record) {
  record.publishes = false;
  record.port = Port();
  return true;
}
bool IsShared(SavedIntegration& record) {
  record.restored_ticket = Ticket();
  return record.epoch != Epoch();
}
bool IsShared(SavedLink&) { return true; }

// The next record at or after `at` of what a table says for every shard.
template <class Record>
std::optional<Record> NextShared(const SavedTable<Record>& table, std::size_t& at) {
  while (at < table.size()) {
    Record record = table[at++];
    if (IsShared(record)) return record;
  }
  return std::nullopt;
}

template <class Record>
bool IsAlike(const SavedState& one, const SavedState& other) {
  for (std::size_t i = 0, j = 0;;) {
    auto a = NextShared(one.Table<Record>(), i), b = NextShared(other.Table<Record>(), j);
    if (!a || !b) return !a && !b;
    if (a->Fields() != b->Fields()) return false;
  }
}

// Names follow from cameras, in each state by itself.
bool IsOneDirectory(const SavedState& one, const SavedState& other) {
  const SavedHeader &a = one.header(), &b = other.header();
  return a.accounts == b.accounts && a.cameras == b.cameras && a.names == b.names &&
         a.integrations == b.integrations && a.ports == b.ports && a.viewers == b.viewers &&
         IsAlike<SavedAccount>(one, other) && IsAlike<SavedCamera>(one, other) &&
         IsAlike<SavedIntegration>(one, other) && IsAlike<SavedLink>(one, other);
}

// What it publishes and lends is its own cameras', and each session is on one worker.
bool IsOfShard(const SavedShard& saved, std::uint32_t shard, std::uint32_t workers) {
  const auto& cameras = saved.state().Table<SavedCamera>();
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    if (cameras[i].publishes && cameras[i].camera.value % workers != shard) return false;
  }
  const auto& sessions = saved.state().Table<SavedSession>();
  if (saved.homes().size() != sessions.size()) return false;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const SavedSession session = sessions[i];
    const SavedHome home = saved.homes()[i];
    if (session.grant.camera.value % workers != shard || home.viewer != session.viewer ||
        home.generation != session.generation || home.worker >= workers)
      return false;
  }
  return true;
}

// Takes so many bytes from the front of `rest`. REQUIRES: there are so many.
std::span<const std::byte> Take(std::uint64_t bytes, std::span<const std::byte>& rest) {
  const auto taken = rest.first(bytes);
  rest = rest.subspan(bytes);
  return taken;
}

}  // namespace

Status SavedShard::Take(std::uint32_t shard, std::span<const std::byte>& rest,
                        std::span<const std::byte, 32> secret) {
  if (rest.size() < kRecordBytes<SavedShardHeader>) return Status::kMalformed;
  const auto header =
      ReadRecord<SavedShardHeader>(relay::Take(kRecordBytes<SavedShardHeader>, rest).data());
  if (header.shard != shard || header.state_bytes > rest.size()) return Status::kMalformed;
  const auto state = relay::Take(header.state_bytes, rest);
  if (header.homes > rest.size() / kRecordBytes<SavedHome>) return Status::kMalformed;
  homes_ = SavedTable<SavedHome>(relay::Take(header.homes * kRecordBytes<SavedHome>, rest));
  bytes_.assign(state.begin(), state.end());
  bytes_.resize(bytes_.size() + kSealBytes);
  SealState(bytes_, secret);
  const Answer<SavedState> read = SavedState::Read(bytes_, secret);
  state_ = read.value;
  return read.status;
}

// The seal comes first: what was not sealed is not looked into.
Answer<SavedShards> SavedShards::Read(std::span<const std::byte> bytes,
                                      std::span<const std::byte, 32> secret) {
  Answer<SavedShards> answer;
  answer.status = Status::kMalformed;
  if (bytes.size() < kRecordBytes<SavedShardsHeader> + kSealBytes ||
      ReadBigEndian<std::uint64_t>(bytes.data()) != kSavedShardsFormat)
    return answer;
  if (!IsSealed(bytes, secret, SealOf::kShards)) {
    answer.status = Status::kBadToken;
    return answer;
  }
  std::span<const std::byte> rest = bytes.first(bytes.size() - kSealBytes);
  SavedShards& saved = answer.value;
  saved.header_ = ReadRecord<SavedShardsHeader>(Take(kRecordBytes<SavedShardsHeader>, rest).data());
  while (!rest.empty() && saved.shards_.size() < saved.header_.workers) {
    SavedShard shard;
    if (shard.Take(static_cast<std::uint32_t>(saved.shards_.size()), rest, secret) != Status::kOk)
      return answer;
    saved.shards_.push_back(std::move(shard));
  }
  if (rest.empty() && saved.shards_.size() == saved.header_.workers) answer.status = Status::kOk;
  return answer;
}

Status SavedShards::Check(const Options& options, std::uint32_t workers, Time now) const {
  if (workers != header_.workers || workers == 0) return Status::kMalformed;
  for (std::uint32_t i = 0; i < workers; ++i) {
    const SavedState& state = shards_[i].state();
    if (const Status status = state.Check(options, now); status != Status::kOk) return status;
    if (state.header().saved_at != header_.saved_at || !IsOfShard(shards_[i], i, workers) ||
        !IsOneDirectory(shards_[0].state(), state))
      return Status::kMalformed;
  }
  return Status::kOk;
}

ShardsWriter::ShardsWriter(std::uint32_t workers, Time saved_at) {
  Append(SavedShardsHeader{.saved_at = saved_at, .workers = workers});
}

void ShardsWriter::Add(std::span<const std::byte> state, std::span<const SavedHome> homes) {
  const auto unsealed = state.first(state.size() - kSealBytes);
  Append(SavedShardHeader{shards_++, unsealed.size(), homes.size()});
  bytes_.insert(bytes_.end(), unsealed.begin(), unsealed.end());
  for (const SavedHome& home : homes) Append(home);
}

std::vector<std::byte> ShardsWriter::Seal(std::span<const std::byte, 32> secret) {
  bytes_.resize(bytes_.size() + kSealBytes);
  SealState(bytes_, secret, SealOf::kShards);
  return std::move(bytes_);
}

}  // namespace relay
