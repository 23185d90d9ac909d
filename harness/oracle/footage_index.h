// Finds real footage again by its bytes: every 16th window of 16 bytes of an access unit is in a
// hash table, so that any 31 adjacent bytes of it hold one that is.
//
// Contents stay from case to case, for cameras loop the same footage; who published them in a case
// is the ledger's.
#ifndef FRAMEFENCE_HARNESS_ORACLE_FOOTAGE_INDEX_H_
#define FRAMEFENCE_HARNESS_ORACLE_FOOTAGE_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/oracle/hash_table.h"

namespace framefence::oracle {

class FootageIndex {
 public:
  static constexpr std::size_t kWindowBytes = 16;

  // A window that this many contents have (filler, say) stands for none of them.
  static constexpr std::uint32_t kContentsOfWindowMax = 8;

  // The number of the content with this identity (see annex_b.h), which is copied when it is new.
  std::uint32_t Add(std::span<const std::byte> access_unit, std::uint64_t identity);

  std::span<const std::byte> content(std::uint32_t number) const;
  std::uint64_t identity(std::uint32_t number) const { return contents_[number].identity; }

  // Calls visit(content number, offset) for the contents that may have the window at `window`,
  // kWindowBytes long. The caller compares the bytes.
  template <class Visit>
  void ForEachCandidate(const std::byte* window, const Visit& visit) const {
    const std::uint32_t first = windows_by_key_.Find(KeyOf(window));
    if (first == HashTable::kNone || windows_[first].alike > kContentsOfWindowMax) return;
    for (std::uint32_t i = first; i != HashTable::kNone; i = windows_[i].next) {
      visit(windows_[i].content, std::size_t{windows_[i].offset});
    }
  }

  std::size_t bytes() const { return bytes_.size(); }
  void Clear();

 private:
  struct Content {
    std::size_t begin = 0;  // in bytes_
    std::size_t size = 0;
    std::uint64_t identity = 0;
  };
  struct Window {
    std::uint32_t content = 0;
    std::uint32_t offset = 0;
    std::uint32_t next = HashTable::kNone;  // with the same key, of an earlier content
    std::uint32_t alike = 1;                // how many there are from here on
  };

  static std::uint64_t KeyOf(const std::byte* window);
  void AddWindow(const Window& window, std::uint64_t key);

  std::vector<std::byte> bytes_;
  std::vector<Content> contents_;
  std::vector<Window> windows_;
  HashTable contents_by_identity_;
  HashTable windows_by_key_;
};

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_FOOTAGE_INDEX_H_
