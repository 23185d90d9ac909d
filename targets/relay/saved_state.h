// What a relay leaves to the process that takes its place: Relay::Save() and Relay::Resume().
//
// It holds all that rights rest on, and what publishers and viewers would miss: the directory with
// every epoch, publisher and viewer sessions, the next ticket, how far each stream's numbers have
// come. It holds no frame: after Resume() slots are empty, and viewers are live again from the next
// IDR on. Left out too, because nothing is lost with them: the resolutions (a hint), packets that
// waited for an earlier one, reception statistics, counters, timers.
//
// Bytes, all big-endian: SavedHeader, then a table for each type of SavedTables, in that order, and
// the seal. A table is its records one after another, in the order of Fields(), each with its key,
// keys strictly ascending; a record that says no more than a new deployment would is left out. What
// a record is of is never told by its place: a list that skipped an entry, or a table sorted
// another way, would give one account's camera to the next. References are written at both ends
// (camera and name, camera and port, place and session), so that a record which has come under
// another's key is found out before it counts.
//
// The seal is keyed BLAKE2b-256 over all before it, personalised, so that it is neither a token's
// nor an identity's. Behind it everything is checked nevertheless (Check): what is accepted
// satisfies the decision core's invariant (properties/invariants) under a history that can be read
// off it, with as many bindings, sign-outs, suspensions and unlinks as its epochs say, as many
// admissions as its next ticket, and as many sessions in each place as its generation. For
//   - no copy of an epoch, in a session or a lease, is from the future;
//   - a session whose binding is current is its camera's owner's; one whose integration's epoch is
//     current is of one that is not suspended, and one whose link's is, of one that is linked;
//   - every lease is of a camera as it is bound now, and every name of the camera bound under it;
//   - no restore is after the next ticket; all slots are empty, no datagram is admitted and no
//     filling open.
// Tokens given before are not in it: they stay good, or void, because the epochs that they repeat
// are in it unchanged. That needs the state to be the last word: see Relay::Resume().
#ifndef FRAMEFENCE_TARGETS_RELAY_SAVED_STATE_H_
#define FRAMEFENCE_TARGETS_RELAY_SAVED_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "targets/relay/access_unit.h"
#include "targets/relay/options.h"
#include "targets/relay/record_bytes.h"
#include "targets/relay/rtp_rewriter.h"
#include "targets/relay/types.h"

namespace relay {

using Epoch = Machine::Epoch;
using Ticket = Machine::Ticket;

inline constexpr std::uint64_t kSavedStateFormat = 0x5265'6c61'7953'7401;  // "RelaySt", version 1
inline constexpr std::size_t kSealBytes = 32;

// --- records

struct SavedAccount {
  Account account{};
  Epoch access_epoch{};
  std::uint64_t opened = 0;  // viewer sessions so far
  auto Fields() { return std::tie(account, access_epoch, opened); }
  Account Key() const { return account; }
};

// Every camera that was ever bound or unbound.
struct SavedCamera {
  Camera camera{};
  Epoch binding_epoch{};
  bool bound = false;
  Account owner{};  // this and `name`: 0 where it is not bound
  Name name{};
  bool publishes = false;
  Port port{};  // 0 where it does not publish
  auto Fields() { return std::tie(camera, binding_epoch, bound, owner, name, publishes, port); }
  Camera Key() const { return camera; }
};

// Every camera that is bound, by its owner and name. Older aliases find nothing any more.
struct SavedName {
  Account account{};
  Name name{};
  Camera camera{};
  auto Fields() { return std::tie(account, name, camera); }
  auto Key() const { return std::pair(account, name); }
};

struct SavedIntegration {
  Integration integration{};
  bool suspended = false;
  Epoch epoch{};
  Ticket restored_ticket{};
  auto Fields() { return std::tie(integration, suspended, epoch, restored_ticket); }
  Integration Key() const { return integration; }
};

struct SavedLink {
  Account account{};
  Integration integration{};
  bool active = false;
  Epoch epoch{};
  auto Fields() { return std::tie(account, integration, active, epoch); }
  auto Key() const { return std::pair(account, integration); }
};

enum class SavedCodec : std::uint8_t { kUnknown, kH264, kH265 };

// Every ingest port that has had a publisher session; below `leased` all is 0 where it has none now.
struct SavedPort {
  Port port{};
  ExtendedSequence next = 0;  // numbers below it are released or given up
  bool leased = false;
  Camera camera{};
  Epoch binding_epoch{};
  Source source{};
  bool ssrc_known = false;  // it was signalled, or has proved itself; else 0
  Ssrc ssrc{};
  bool retransmits = false;  // has a retransmission stream, under this SSRC; else 0
  Ssrc retransmission{};
  bool repairs = false;  // has a repair stream, under this SSRC; else 0
  Ssrc repair{};
  SavedCodec codec = SavedCodec::kUnknown;
  bool started = false;      // a packet has come
  bool stream_lost = false;  // the byte stream was in the middle of a frame, or lost before
  PacketBefore before;       // in order
  auto Fields() {
    return std::tuple_cat(
        std::tie(port, next, leased, camera, binding_epoch, source, ssrc_known, ssrc, retransmits,
                 retransmission, repairs, repair, codec, started, stream_lost),
        before.Fields());
  }
  Port Key() const { return port; }
  PublisherStreams streams() const {
    const auto named = [](bool is, Ssrc by) { return is ? std::optional(by) : std::nullopt; };
    PublisherStreams streams;
    streams.media = named(ssrc_known, ssrc);
    streams.retransmission = named(retransmits, retransmission);
    streams.repair = named(repairs, repair);
    return streams;
  }
};

// Every viewer place that has held a session, also where it can hold no more.
struct SavedPlace {
  Viewer viewer{};
  Generation generation{};
  auto Fields() { return std::tie(viewer, generation); }
  Viewer Key() const { return viewer; }
};

enum class SavedMode : std::uint8_t { kAwaitingIdr, kDegraded, kRecovering };

// Every viewer session that is open, also where its grant is void by now.
struct SavedSession {
  Viewer viewer{};
  Generation generation{};
  Grant grant;
  SavedMode mode = SavedMode::kAwaitingIdr;
  StreamPosition stream;
  auto Fields() {
    return std::tuple_cat(std::tie(viewer, generation), grant.Fields(), std::tie(mode),
                          stream.Fields());
  }
  Viewer Key() const { return viewer; }
};

// --- the whole

template <class Record>
class SavedTable;
using SavedTables =
    std::tuple<SavedTable<SavedAccount>, SavedTable<SavedCamera>, SavedTable<SavedName>,
               SavedTable<SavedIntegration>, SavedTable<SavedLink>, SavedTable<SavedPort>,
               SavedTable<SavedPlace>, SavedTable<SavedSession>>;
inline constexpr std::size_t kSavedTableCount = std::tuple_size_v<SavedTables>;

struct SavedHeader {
  std::uint64_t format = kSavedStateFormat;
  Time saved_at{};
  Ticket next_ticket{};
  // How many ids there are: as in Options.
  std::uint32_t accounts = 0;
  std::uint32_t cameras = 0;
  std::uint32_t names = 0;
  std::uint32_t integrations = 0;
  std::uint32_t ports = 0;
  std::uint32_t viewers = 0;
  std::array<std::uint64_t, kSavedTableCount> records{};  // of each table
  auto Fields() {
    return std::tie(format, saved_at, next_ticket, accounts, cameras, names, integrations, ports,
                    viewers, records);
  }
};

// A table as it lies in the bytes of a saved state.
template <class Record>
class SavedTable {
 public:
  static constexpr std::size_t kBytes = kRecordBytes<Record>;

  SavedTable() = default;
  explicit SavedTable(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t size() const { return bytes_.size() / kBytes; }
  // REQUIRES: index < size().
  Record operator[](std::size_t index) const {
    return ReadRecord<Record>(bytes_.data() + index * kBytes);
  }

  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (std::size_t i = 0; i < size(); ++i) visit((*this)[i]);
  }

  // The record of that key. Where no record before it was left out it lies at once where it should.
  std::optional<Record> Find(decltype(Record().Key()) key) const {
    std::size_t begin = 0, end = size();
    if constexpr (requires { key.value; }) {
      if (key.value < end && (*this)[key.value].Key() == key) return (*this)[key.value];
    }
    while (begin != end) {
      const std::size_t middle = begin + (end - begin) / 2;
      const Record record = (*this)[middle];
      if (record.Key() == key) return record;
      (record.Key() < key ? begin : end) = record.Key() < key ? middle + 1 : middle;
    }
    return std::nullopt;
  }

 private:
  std::span<const std::byte> bytes_;
};

// A saved state that was found well formed and sealed; a view of its bytes.
class SavedState {
 public:
  SavedState() = default;  // of nothing

  // kMalformed: no saved state of this version, or not all of one, or more. kBadToken: not sealed
  // under this secret.
  static Answer<SavedState> Read(std::span<const std::byte> bytes,
                                 std::span<const std::byte, 32> secret);

  // Whether it can be resumed, at `now` and in a deployment of that size. kTooLarge: it has more ids
  // of some kind than the options. kMalformed: no relay's operations lead to it, or it was saved
  // after `now`.
  Status Check(const Options& options, Time now) const;

  const SavedHeader& header() const { return header_; }
  template <class Record>
  const SavedTable<Record>& Table() const {
    return std::get<SavedTable<Record>>(tables_);
  }

 private:
  bool Split(std::span<const std::byte> bytes);

  SavedHeader header_;
  SavedTables tables_;
};

// Writes a saved state: records table by table, as SavedTables has them, by ascending key.
class StateWriter {
 public:
  explicit StateWriter(const SavedHeader& header)
      : header_(header), bytes_(kRecordBytes<SavedHeader>) {
    header_.records = {};
  }

  template <class Record>
  void Add(const Record& record) {
    ++std::get<SavedCount<Record>>(counts_).records;
    bytes_.resize(bytes_.size() + kRecordBytes<Record>);
    WriteRecord(&bytes_[bytes_.size() - kRecordBytes<Record>], record);
  }

  // REQUIRES: called once, as the last.
  std::vector<std::byte> Seal(std::span<const std::byte, 32> secret);

 private:
  template <class Record>
  struct SavedCount {
    std::uint64_t records = 0;
  };
  template <class Tables>
  struct CountsOf;
  template <class... Records>
  struct CountsOf<std::tuple<SavedTable<Records>...>> {
    using Type = std::tuple<SavedCount<Records>...>;
  };

  SavedHeader header_;
  CountsOf<SavedTables>::Type counts_;
  std::vector<std::byte> bytes_;
};

// What is sealed: neither is taken for the other.
enum class SealOf : std::uint8_t { kRelay, kShards };  // kShards: workers/saved_shards.h

// Writes the seal over the last kSealBytes of a state, and whether it is there. For what is made of
// states, and tests, which come so behind it. REQUIRES: there are so many.
void SealState(std::span<std::byte> state, std::span<const std::byte, 32> secret,
               SealOf of = SealOf::kRelay);
bool IsSealed(std::span<const std::byte> state, std::span<const std::byte, 32> secret,
              SealOf of = SealOf::kRelay);

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_SAVED_STATE_H_
