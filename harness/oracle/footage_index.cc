#include "harness/oracle/footage_index.h"

#include <cstring>

#include "harness/base/prng.h"

namespace framefence::oracle {

std::uint32_t FootageIndex::Add(std::span<const std::byte> access_unit, std::uint64_t identity) {
  const std::uint32_t known = contents_by_identity_.Find(identity);
  if (known != HashTable::kNone) return known;
  const auto number = static_cast<std::uint32_t>(contents_.size());
  contents_.push_back({.begin = bytes_.size(), .size = access_unit.size(), .identity = identity});
  bytes_.insert(bytes_.end(), access_unit.begin(), access_unit.end());
  contents_by_identity_.Set(identity, number);
  for (std::size_t at = 0; at + kWindowBytes <= access_unit.size(); at += kWindowBytes) {
    AddWindow({.content = number, .offset = static_cast<std::uint32_t>(at)},
              KeyOf(access_unit.data() + at));
  }
  return number;
}

std::span<const std::byte> FootageIndex::content(std::uint32_t number) const {
  return std::span(bytes_).subspan(contents_[number].begin, contents_[number].size);
}

void FootageIndex::Clear() {
  bytes_.clear();
  contents_.clear();
  windows_.clear();
  contents_by_identity_.Clear();
  windows_by_key_.Clear();
}

std::uint64_t FootageIndex::KeyOf(const std::byte* window) {
  std::uint64_t low;
  std::uint64_t high;
  std::memcpy(&low, window, sizeof(low));
  std::memcpy(&high, window + sizeof(low), sizeof(high));
  return Mix64(low ^ Mix64(high));
}

void FootageIndex::AddWindow(const Window& window, std::uint64_t key) {
  const std::uint32_t first = windows_by_key_.Find(key);
  Window added = window;
  if (first != HashTable::kNone) {
    Window& head = windows_[first];
    if (head.content == window.content) return;  // of repetition within a content the first counts
    if (head.alike > kContentsOfWindowMax) return;
    added.next = first;
    added.alike = head.alike + 1;
  }
  windows_by_key_.Set(key, static_cast<std::uint32_t>(windows_.size()));
  windows_.push_back(added);
}

}  // namespace framefence::oracle
