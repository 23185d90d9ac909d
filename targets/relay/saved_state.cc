#include "targets/relay/saved_state.h"

#include <sodium/core.h>
#include <sodium/crypto_generichash_blake2b.h>
#include <sodium/utils.h>

#include <algorithm>

namespace relay {
namespace {

constexpr std::size_t kSavedStateBytesMin = kRecordBytes<SavedHeader> + kSealBytes;

using Seal = std::array<unsigned char, kSealBytes>;

const unsigned char* Chars(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Over all but the last kSealBytes.
Seal MakeSeal(std::span<const std::byte> state, std::span<const std::byte, 32> secret, SealOf of) {
  static constexpr unsigned char kPurposes[][crypto_generichash_blake2b_PERSONALBYTES + 1] = {
      "relay state seal", "relay shard seal"};
  const auto sealed = state.first(state.size() - kSealBytes);
  Seal seal;
  crypto_generichash_blake2b_salt_personal(seal.data(), seal.size(), Chars(sealed), sealed.size(),
                                           Chars(secret), secret.size(), nullptr,
                                           kPurposes[static_cast<std::size_t>(of)]);
  return seal;
}

// Keys ascend, and every record is spelled in the one way that it has.
template <class Record>
bool IsWellFormed(const SavedTable<Record>& table, std::span<const std::byte> bytes) {
  std::array<std::byte, kRecordBytes<Record>> spelled;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Record record = table[i];
    if (i > 0 && !(table[i - 1].Key() < record.Key())) return false;
    WriteRecord(spelled.data(), record);
    if (!std::ranges::equal(spelled, bytes.subspan(i * spelled.size(), spelled.size())))
      return false;
  }
  return true;
}

// Takes so many records from the front of `rest`. False: there are not so many.
template <class Record>
bool TakeTable(std::uint64_t records, std::span<const std::byte>& rest, SavedTable<Record>& table) {
  if (records > rest.size() / kRecordBytes<Record>) return false;
  const auto bytes = rest.first(records * kRecordBytes<Record>);
  rest = rest.subspan(bytes.size());
  table = SavedTable<Record>(bytes);
  return IsWellFormed(table, bytes);
}

}  // namespace

void SealState(std::span<std::byte> state, std::span<const std::byte, 32> secret, SealOf of) {
  const Seal seal = MakeSeal(state, secret, of);
  std::ranges::copy(std::as_bytes(std::span(seal)), state.last(kSealBytes).begin());
}

// A sharded relay asks before it has made any.
bool IsSealed(std::span<const std::byte> state, std::span<const std::byte, 32> secret, SealOf of) {
  if (sodium_init() < 0) return false;
  const Seal seal = MakeSeal(state, secret, of);
  return sodium_memcmp(seal.data(), state.last(kSealBytes).data(), seal.size()) == 0;
}

std::vector<std::byte> StateWriter::Seal(std::span<const std::byte, 32> secret) {
  std::size_t table = 0;
  std::apply([&](const auto&... counts) { ((header_.records[table++] = counts.records), ...); },
             counts_);
  WriteRecord(bytes_.data(), header_);
  bytes_.resize(bytes_.size() + kSealBytes);
  SealState(bytes_, secret);
  return std::move(bytes_);
}

// The seal comes before the records: what was not sealed is not looked into.
Answer<SavedState> SavedState::Read(std::span<const std::byte> bytes,
                                    std::span<const std::byte, 32> secret) {
  Answer<SavedState> answer;
  if (bytes.size() < kSavedStateBytesMin ||
      ReadBigEndian<std::uint64_t>(bytes.data()) != kSavedStateFormat) {
    answer.status = Status::kMalformed;
    return answer;
  }
  const auto sealed = bytes.first(bytes.size() - kSealBytes);
  if (!IsSealed(bytes, secret)) {
    answer.status = Status::kBadToken;
  } else if (!answer.value.Split(sealed)) {
    answer.status = Status::kMalformed;
  }
  return answer;
}

bool SavedState::Split(std::span<const std::byte> bytes) {
  header_ = ReadRecord<SavedHeader>(bytes.data());
  std::span<const std::byte> rest = bytes.subspan(kRecordBytes<SavedHeader>);
  std::size_t table = 0;
  const bool whole = std::apply(
      [&](auto&... tables) { return (TakeTable(header_.records[table++], rest, tables) && ...); },
      tables_);
  return whole && rest.empty();
}

}  // namespace relay
