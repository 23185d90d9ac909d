// What a camera has sent, access unit by access unit: a model of the relay's stills that is dumber
// than the relay.
#ifndef FRAMEFENCE_TARGETS_FUZZ_SENT_PICTURES_H_
#define FRAMEFENCE_TARGETS_FUZZ_SENT_PICTURES_H_

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "targets/relay/nal.h"

namespace fuzz {

class SentPictures {
 public:
  void Add(const relay::NalPiece& piece) {
    AccessUnit& unit = units_.back();
    const bool before_slice =
        piece.role != relay::NalRole::kRandomAccessSlice && unit.slice_at == unit.bytes.size();
    Append(piece, unit.bytes);
    if (before_slice) unit.slice_at = unit.bytes.size();
    if (piece.whole() && piece.role <= relay::NalRole::kPps)
      Append(piece, parameter_sets_.emplace_back());
  }
  void EndAccessUnit() { units_.emplace_back(); }
  // A packet does not arrive. What has begun is then no still.
  void Lose() { units_.back().torn |= !units_.back().bytes.empty(); }

  // Whether the still is one of the access units, whole. Parameter sets sent on their own may stand
  // before its first random-access slice.
  bool Holds(std::span<const std::byte> still) const {
    return std::ranges::any_of(units_,
                               [&](const AccessUnit& unit) { return IsStillOf(still, unit); });
  }

 private:
  using Bytes = std::vector<std::byte>;

  struct AccessUnit {  // Annex B
    Bytes bytes;
    bool torn = false;
    std::size_t slice_at =
        0;  // where its first random-access slice begins; its size where there is none
  };

  static void Append(const relay::NalPiece& piece, Bytes& stream) {
    if (piece.starts) {
      stream.insert(stream.end(), {std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}});
      stream.insert(stream.end(), piece.header.view().begin(), piece.header.view().end());
    }
    stream.insert(stream.end(), piece.body.begin(), piece.body.end());
  }

  bool IsStillOf(std::span<const std::byte> still, const AccessUnit& unit) const {
    if (unit.torn || still.size() < unit.bytes.size()) return false;
    const auto head = std::span(unit.bytes).first(unit.slice_at);
    const auto tail = std::span(unit.bytes).subspan(unit.slice_at);
    const std::size_t inserted = still.size() - unit.bytes.size();
    return std::ranges::equal(still.first(head.size()), head) &&
           std::ranges::equal(still.last(tail.size()), tail) &&
           AreParameterSets(still.subspan(head.size(), inserted));
  }

  // Whether sets follow each other up to the end. Every place is tried once, however many ways
  // lead there: sets that are alike are many in a fuzzer's input.
  bool AreParameterSets(std::span<const std::byte> stream) const {
    std::vector<bool> begins(stream.size() + 1);  // whether a set may begin there
    begins[0] = true;
    for (std::size_t at = 0; at < stream.size(); ++at) {
      if (!begins[at]) continue;
      const auto rest = stream.subspan(at);
      for (const Bytes& set : parameter_sets_) {
        if (set.size() <= rest.size() && std::ranges::equal(set, rest.first(set.size())))
          begins[at + set.size()] = true;
      }
    }
    return begins.back();
  }

  std::vector<AccessUnit> units_ = std::vector<AccessUnit>(1);
  std::vector<Bytes> parameter_sets_;  // those in one piece
};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SENT_PICTURES_H_
