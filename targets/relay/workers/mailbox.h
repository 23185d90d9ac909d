// What one worker has for the viewers of another: a ring of bounded size between the two, with one
// producer and one consumer.
//
// A record is a payload, copied in once, and its addressees: a viewer session each, with the header
// that is its own. The ring is made of cells of 32 bytes: a record is its head, its payload and a cell
// for each addressee. Head and payload lie side by side; where they would not fit before the ring's
// end, padding fills that.
// A payload's bytes are thus never written over while the other worker sends them, however soon the
// slot that they came from is filled anew.
//
// Memory order. `head_` is where what may be read ends: the producer stores it with release when a
// record is whole, the consumer loads it with acquire, and reads no cell beyond. `tail_` is where what
// is read begins: the consumer stores it with release when it is done with a record, the producer
// loads it with acquire, and writes no cell that is still to be read. Two stores of one of them are
// always by one side, whose holders are ordered among themselves (turnstile.h). Each side remembers
// what it last saw of the other's, and looks again only where that does not do.
#ifndef FRAMEFENCE_TARGETS_RELAY_WORKERS_MAILBOX_H_
#define FRAMEFENCE_TARGETS_RELAY_WORKERS_MAILBOX_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "targets/planted/planted.h"
#include "targets/relay/rtp.h"
#include "targets/relay/types.h"
#include "targets/relay/workers/sync.h"

namespace relay {

enum class MailKind : std::uint32_t { kPadding, kPacket, kStill };

// To whom a payload goes. A still has no header.
struct Addressee {
  ViewerHandle to{};
  Time expires_at{};  // of the session's grant
  std::array<std::byte, kRtpHeaderBytes> header{};
  bool struck = false;
};

template <class Sync>
class Mailbox {
 public:
  // An empty ring of `bytes`, rounded up; of more where two of the largest payloads need it, so that
  // an empty ring always has room for one. REQUIRES: nobody holds a side.
  void Reset(std::size_t bytes, std::size_t payload_bytes_max) {
    // With one addressee, after padding that is smaller than head and payload.
    largest_ = 2 * (kCellsOfHead + CellsOf(payload_bytes_max));
    cells_.assign(std::bit_ceil(std::max(CellsOf(bytes), largest_)), Cell{});
    head_.store(0, std::memory_order_relaxed);  // as is tail_: REQUIRES orders it
    tail_.store(0, std::memory_order_relaxed);
    producer_ = Producer{};
    read_ = 0;
  }

  // --- the producer's side

  // Adds an addressee to the record before, if that has this payload, else a record. Seen by the
  // consumer after Publish() at the latest. False: there is no room, and nothing is added.
  // REQUIRES: payload.size() <= payload_bytes_max.
  bool Post(MailKind kind, std::span<const std::byte> payload, const Addressee& addressee) {
    if (!CanJoin(kind, payload) && !Begin(kind, payload)) return false;
    Put(producer_.written++, addressee);
    ++producer_.head.addressees;
    return true;
  }

  // Whether Post() has room for any payload.
  bool HasRoomForAny() { return HasRoom(largest_); }

  void Publish() {
    if (!producer_.open) return;
    producer_.open = false;
    Put(producer_.begun, producer_.head);
    // Release: pairs with the consumer's load, and publishes every cell before.
    head_.store(producer_.written, std::memory_order_release);
  }

  // --- the consumer's side

  // Calls send(kind, payload, addressee) for what was published and not struck, in order, and makes
  // room. What is published meanwhile waits for the next call.
  template <class Send>
  void Drain(Send&& send) {
    // Acquire: pairs with Publish(), and shows the cells before it.
    const std::uint64_t end = head_.load(std::memory_order_acquire);
    while (read_ != end) {
      const Head head = Get<Head>(read_);
      const auto payload = PayloadOf(read_, head);
      if (leaks::planted(leaks::Leak::kMailFreedBeforeItIsSent) ||
          leaks::planted(leaks::Leak::kMailCopiedThenFreed)) {
        SendFreed(head, payload, send);
        continue;
      }
      for (std::uint32_t i = 0; i < head.addressees; ++i) {
        const auto addressee = Get<Addressee>(AddresseeAt(read_, head, i));
        if (!addressee.struck) send(head.kind, payload, addressee);
      }
      read_ += SizeOf(head);
      // Release: pairs with HasRoom(), and says that the cells before it are not read any more.
      tail_.store(read_, std::memory_order_release);
    }
  }

  // --- both sides

  // Strikes every waiting addressee that is_lent(addressee) is false of; answers how many. REQUIRES:
  // the caller holds both sides, and all is published.
  template <class IsLent>
  std::uint64_t Strike(IsLent&& is_lent) {
    std::uint64_t struck = 0;
    // Relaxed: whoever holds the producer's side is ordered after its stores.
    const std::uint64_t end = head_.load(std::memory_order_relaxed);
    for (std::uint64_t at = read_; at != end;) {
      const Head head = Get<Head>(at);
      for (std::uint32_t i = 0; i < head.addressees; ++i) {
        auto addressee = Get<Addressee>(AddresseeAt(at, head, i));
        if (addressee.struck || is_lent(addressee)) continue;
        addressee.struck = true;
        Put(AddresseeAt(at, head, i), addressee);
        ++struck;
      }
      at += SizeOf(head);
    }
    return struck;
  }

 private:
  static constexpr std::size_t kCellBytes = 32;
  static constexpr std::size_t kCellsOfHead = 1;
  struct alignas(kCellBytes) Cell {
    std::array<std::byte, kCellBytes> bytes;
  };

  struct Head {
    MailKind kind = MailKind::kPadding;
    std::uint32_t payload_bytes = 0;
    std::uint32_t payload_cells = 0;  // of padding: all but the head
    std::uint32_t addressees = 0;
  };

  // The record that is being written, and what was seen of the other side.
  struct Producer {
    std::uint64_t written = 0;  // the next cell to write
    std::uint64_t tail_seen = 0;
    std::uint64_t begun = 0;  // the open record's first cell
    bool open = false;
    Head head;
    const std::byte* source = nullptr;  // whence its payload was copied
  };

  static constexpr std::size_t CellsOf(std::size_t bytes) {
    return bytes / kCellBytes + (bytes % kCellBytes != 0 ? 1 : 0);
  }
  static std::uint64_t SizeOf(const Head& head) {
    return kCellsOfHead + head.payload_cells + head.addressees;
  }
  static std::uint64_t AddresseeAt(std::uint64_t at, const Head& head, std::uint32_t i) {
    return at + kCellsOfHead + head.payload_cells + i;
  }

  // Positions count cells without end; the ring's size is a power of two.
  std::size_t IndexOf(std::uint64_t at) const { return at & (cells_.size() - 1); }
  std::byte* CellAt(std::uint64_t at) {
    return reinterpret_cast<std::byte*>(cells_.data()) + IndexOf(at) * kCellBytes;
  }
  std::span<const std::byte> PayloadOf(std::uint64_t at, const Head& head) {
    return {CellAt(at) + kCellsOfHead * kCellBytes, head.payload_bytes};
  }
  template <class T>
  T Get(std::uint64_t at) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= kCellBytes);
    T value;
    std::memcpy(&value, CellAt(at), sizeof value);
    return value;
  }
  template <class T>
  void Put(std::uint64_t at, const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= kCellBytes);
    std::memcpy(CellAt(at), &value, sizeof value);
  }

  bool HasRoom(std::uint64_t cells) {
    const std::uint64_t end = producer_.written + cells;
    if (end - producer_.tail_seen <= cells_.size()) return true;
    // Acquire: pairs with Drain(), which is done with the cells before it.
    producer_.tail_seen = tail_.load(std::memory_order_acquire);
    return end - producer_.tail_seen <= cells_.size();
  }

  // Of planted leaks: the record makes way before it is sent.
  template <class Send>
  void SendFreed(const Head& head, std::span<const std::byte> payload, Send&& send) {
    std::vector<Addressee> addressees;
    for (std::uint32_t i = 0; i < head.addressees; ++i)
      addressees.push_back(Get<Addressee>(AddresseeAt(read_, head, i)));
    const std::vector<std::byte> copy(payload.begin(), payload.end());
    read_ += SizeOf(head);
    tail_.store(read_, std::memory_order_release);
    const bool twin = leaks::planted(leaks::Leak::kMailCopiedThenFreed);
    for (const Addressee& addressee : addressees) {
      if (!addressee.struck) send(head.kind, twin ? std::span(copy) : payload, addressee);
    }
    leaks::Triggered(leaks::Leak::kMailFreedBeforeItIsSent, !std::ranges::equal(copy, payload));
  }

  // Whether one more addressee is all that it takes. Bytes are compared, not only whence they came: a
  // slot may have been filled anew between two calls.
  bool CanJoin(MailKind kind, std::span<const std::byte> payload) {
    if (!producer_.open || producer_.head.kind != kind || producer_.source != payload.data() ||
        producer_.head.payload_bytes != payload.size())
      return false;
    const std::byte* const copy = PayloadOf(producer_.begun, producer_.head).data();
    return std::memcmp(payload.data(), copy, payload.size()) == 0 && HasRoom(1);
  }

  bool Begin(MailKind kind, std::span<const std::byte> payload) {
    Publish();
    const std::size_t payload_cells = CellsOf(payload.size());
    const std::size_t needed = kCellsOfHead + payload_cells;
    const std::size_t rest = cells_.size() - IndexOf(producer_.written);
    const std::size_t padding = rest < needed ? rest : 0;
    if (!HasRoom(padding + needed + 1)) return false;
    if (padding != 0) {
      Put(producer_.written, Head{MailKind::kPadding, 0, static_cast<std::uint32_t>(padding - 1)});
      producer_.written += padding;
    }
    producer_.open = true;
    producer_.begun = producer_.written;
    producer_.head = {kind, static_cast<std::uint32_t>(payload.size()),
                      static_cast<std::uint32_t>(payload_cells)};
    producer_.source = payload.data();
    std::ranges::copy(payload, CellAt(producer_.begun) + kCellsOfHead * kCellBytes);
    producer_.written += needed;
    return true;
  }

  // A line for each writer.
  alignas(kCacheLineBytes) typename Sync::template Atomic<std::uint64_t> head_{0};
  alignas(kCacheLineBytes) typename Sync::template Atomic<std::uint64_t> tail_{0};
  alignas(kCacheLineBytes) Producer producer_;
  alignas(kCacheLineBytes) std::uint64_t read_ = 0;  // the next cell to read
  alignas(kCacheLineBytes) std::vector<Cell> cells_;
  std::size_t largest_ = 0;  // cells that any payload fits in, wherever they begin
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_WORKERS_MAILBOX_H_
