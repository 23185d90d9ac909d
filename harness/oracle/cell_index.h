// Finds the stamp cells that were published again by eight of their bytes: for a cell that is damaged,
// or cut, cannot be inverted.
//
// A cell has two halves, and whatever befell one of them, the other tells whose it is. Cells are as
// random as any permutation makes them, so that eight bytes that are nobody's are found here with a
// chance of 2^-63 for each cell indexed.
#ifndef FRAMEFENCE_HARNESS_ORACLE_CELL_INDEX_H_
#define FRAMEFENCE_HARNESS_ORACLE_CELL_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/media/stamp/stamp.h"
#include "harness/oracle/hash_table.h"
#include "harness/oracle/ledger.h"

namespace framefence::oracle {

class CellIndex {
 public:
  static constexpr std::size_t kHalfBytes = media::kCellBytes / 2;

  // When there would be more, the index begins anew with the newest, half as many if not more are new to it: it is for
  // tests of minutes, and need not grow with those of days.
  static constexpr std::size_t kCellsMax = std::size_t{1} << 20;

  void Clear();

  // Takes in what was published since. Nobody pays for it who does not ask: most cases never do.
  void Update(const Ledger& ledger);
  // Takes in this one, in an index that is not updated.
  void Add(const Publication& publication);

  struct Half {
    media::Stamp cell;
    bool second = false;
  };
  // Which half of which cell the kHalfBytes at `bytes` are.
  std::optional<Half> Find(const std::byte* bytes) const;

 private:
  std::vector<media::Stamp> cells_;
  std::vector<std::byte> scratch_;
  HashTable halves_;          // its bytes -> 2 * its cell's index, + 1 for the second
  std::size_t taken_in_ = 0;  // of the ledger's publications
};

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_CELL_INDEX_H_
