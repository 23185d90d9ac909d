// Whose bytes are these? Splits bytes that a viewer received into runs of one origin each.
//
// What is expected is tried first and compared at memory speed: that the viewer's last run goes on,
// or that the newest frame of its camera begins. Only bytes which that does not explain are
// searched for stamps, at every alignment, and for windows of published footage. Stamped bytes are
// attributed by whole cells and by what adjoins them; footage from kFootageRunBytesMin on. Bytes that
// are nobody's even so may be of a cell that was damaged or cut: half a cell that was published in
// this case tells, and what adjoins it is its cell's where no more than kBitsFlippedMax bits differ.
#ifndef FRAMEFENCE_HARNESS_ORACLE_PROVENANCE_H_
#define FRAMEFENCE_HARNESS_ORACLE_PROVENANCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/media/stamp/stamp.h"
#include "harness/oracle/cell_index.h"
#include "harness/oracle/entitlements.h"
#include "harness/oracle/footage_index.h"
#include "harness/oracle/ledger.h"

namespace framefence::oracle {

// A shorter run of footage that is somebody else's may be chance: headers and filler look alike.
inline constexpr std::size_t kFootageRunBytesMin = 32;

// In one cell. More is not damage, but something else in its place.
inline constexpr unsigned kBitsFlippedMax = 4;

// Adjacent bytes of one origin.
struct Run {
  std::size_t offset = 0;
  std::size_t length = 0;
  bool attributed = false;  // else nobody's, and what follows means nothing
  bool right = false;       // some publication of these bytes is covered by the viewer's rights
  bool ambiguous = false;   // published by several cameras
  media::Stamp origin;      // of its first whole cell; `cell` means nothing for footage
  const Publication* publication = nullptr;  // none for a stamp that was not published in this case
  bool whole_frame = false;                  // it is a whole published access unit
  unsigned bits_flipped = 0;                 // in which its bytes are not as published
};

// Where a viewer's bytes should go on.
struct Cursor {
  enum class Kind : std::uint8_t { kNowhere, kStamped, kFootage };
  Kind kind = Kind::kNowhere;
  media::Stamp stamp;  // the next cell; of footage the camera, epoch and frame
  std::size_t offset =
      0;  // stamped: how many bytes of that cell are over; footage: into the content
  std::uint32_t content = kNone;  // footage only
};

class Provenance {
 public:
  Provenance(const Ledger& ledger, const FootageIndex& footage)
      : ledger_(ledger), footage_(footage) {}

  // Appends runs that adjoin one another and make up `bytes`; their offsets count from -`base`. The
  // cursor is moved behind the last right run. `starts_nal_unit`: a NAL unit's header came right
  // before.
  void Trace(std::span<const std::byte> bytes, std::size_t base, bool starts_nal_unit,
             std::span<const Grant> rights, Cursor& cursor, std::vector<Run>& runs);

  // A new case.
  void Reset() { cells_.Clear(); }

 private:
  struct Found {
    Run run;
    Cursor after;
  };
  using Bytes = std::span<const std::byte>;
  using Rights = std::span<const Grant>;

  // What is expected. Puts the cursor where `bytes` go on, and says how far they do; 0 where they
  // go on nowhere.
  std::size_t Expect(Bytes bytes, bool starts_nal_unit, Rights rights, Cursor& cursor) const;
  std::size_t ExpectNewestFrame(Bytes bytes, bool begun, Rights rights, Cursor& cursor) const;
  std::size_t Match(Bytes bytes, const Cursor& from) const;
  std::size_t MatchBelieved(Bytes bytes, const Cursor& from, Rights rights) const;
  Run RunAt(const Cursor& cursor, Rights rights) const;
  Cursor BeginningOf(const Publication& publication) const;
  Cursor NextNalUnit(const Cursor& cursor) const;

  // What is not: the first run at or after `begin`.
  std::optional<Found> Search(Bytes bytes, std::size_t begin, Rights rights) const;
  std::optional<Found> SearchStamps(Bytes bytes, std::size_t begin, Rights rights) const;
  std::optional<Found> SearchFootage(Bytes bytes, std::size_t begin, Rights rights) const;
  std::optional<Found> Better(Bytes bytes, std::size_t at, Rights rights,
                              std::optional<Found> best) const;

  // What is left: damaged and cut cells.
  struct Rests {
    Bytes bytes;  // that they are in
    std::size_t base = 0;
    Rights rights;
    const CellIndex& cells;  // that they may be of
    unsigned bits_flipped_max = 0;
  };
  void TakeInNewest(Rights rights);
  void ExplainRests(const Rests& in, std::size_t first_run, std::vector<Run>& runs);
  std::optional<Run> SearchHalves(const Rests& in, std::size_t begin, std::size_t end) const;

  Run StampedRun(const media::Stamp& stamp, Rights rights) const;
  Run FootageRun(std::uint64_t identity, Rights rights) const;

  const Ledger& ledger_;
  const FootageIndex& footage_;
  CellIndex newest_cells_;  // of the frames that somebody has a right to
  CellIndex cells_;
  std::vector<Run> traced_;  // scratch
};

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_PROVENANCE_H_
