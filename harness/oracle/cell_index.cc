#include "harness/oracle/cell_index.h"

#include <cstring>

namespace framefence::oracle {
namespace {

// Cells need no mixing to be keys.
std::uint64_t KeyOf(const std::byte* half) {
  std::uint64_t key;
  static_assert(sizeof(key) == CellIndex::kHalfBytes);
  std::memcpy(&key, half, sizeof(key));
  return key;
}

}  // namespace

void CellIndex::Clear() {
  cells_.clear();
  halves_.Clear();
  taken_in_ = 0;
}

void CellIndex::Update(const Ledger& ledger) {
  const std::span<const Publication> publications = ledger.publications();
  std::size_t first = publications.size();
  std::size_t cells = 0;
  const auto walk_back = [&](std::size_t end, std::size_t cells_max) {
    while (first > end && cells + publications[first - 1].cells_max <= cells_max)
      cells += publications[--first].cells_max;
  };
  walk_back(taken_in_, kCellsMax);
  if (cells_.size() + cells > kCellsMax) {
    Clear();
    walk_back(0, kCellsMax / 2);
  }
  for (const Publication& publication : publications.subspan(first)) Add(publication);
  taken_in_ = publications.size();
}

std::optional<CellIndex::Half> CellIndex::Find(const std::byte* bytes) const {
  const std::uint32_t found = halves_.Find(KeyOf(bytes));
  if (found == HashTable::kNone) return std::nullopt;
  return Half{.cell = cells_[found / 2], .second = found % 2 != 0};
}

void CellIndex::Add(const Publication& publication) {
  media::Stamp cell{
      .camera = publication.camera, .epoch = publication.epoch, .frame = publication.frame};
  scratch_.resize(publication.cells_max * media::kCellBytes);
  media::WriteCells(cell, scratch_);
  for (; cell.cell < publication.cells_max; ++cell.cell) {
    const std::byte* const bytes = &scratch_[cell.cell * media::kCellBytes];
    const auto value = static_cast<std::uint32_t>(2 * cells_.size());
    halves_.Set(KeyOf(bytes), value);
    halves_.Set(KeyOf(bytes + kHalfBytes), value + 1);
    cells_.push_back(cell);
  }
}

}  // namespace framefence::oracle
