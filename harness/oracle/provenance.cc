#include "harness/oracle/provenance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace framefence::oracle {
namespace {

using media::kCellBytes;
using media::Stamp;
using Bytes = std::span<const std::byte>;

std::size_t CommonPrefix(Bytes a, Bytes b) {
  const std::size_t size = std::min(a.size(), b.size());
  // As a rule they are alike to the end, which memcmp says fastest.
  if (size == 0 || std::memcmp(a.data(), b.data(), size) == 0) return size;
  constexpr std::size_t kBlock = 64;
  std::size_t at = 0;
  while (at + kBlock <= size && std::memcmp(&a[at], &b[at], kBlock) == 0) at += kBlock;
  while (at < size && a[at] == b[at]) ++at;
  return at;
}

std::size_t CommonSuffix(Bytes a, Bytes b) {
  const std::size_t size = std::min(a.size(), b.size());
  std::size_t length = 0;
  while (length < size && a[a.size() - 1 - length] == b[b.size() - 1 - length]) ++length;
  return length;
}

bool DifferInOneBit(std::byte a, std::byte b) {
  return std::has_single_bit(std::to_integer<unsigned>(a ^ b));
}

// How far two go on alike, over one flipped bit if they do so behind it.
struct Alike {
  std::size_t length = 0;
  unsigned bits_flipped = 0;
};
constexpr std::size_t kBehindFlipBytesMin = 8;

Alike PrefixButForABit(Bytes a, Bytes b) {
  const std::size_t length = CommonPrefix(a, b);
  if (length == std::min(a.size(), b.size()) || !DifferInOneBit(a[length], b[length]))
    return {.length = length};
  const std::size_t behind = CommonPrefix(a.subspan(length + 1), b.subspan(length + 1));
  if (behind < kBehindFlipBytesMin) return {.length = length};
  return {.length = length + 1 + behind, .bits_flipped = 1};
}

Alike SuffixButForABit(Bytes a, Bytes b) {
  const std::size_t length = CommonSuffix(a, b);
  if (length == std::min(a.size(), b.size())) return {.length = length};
  const Bytes a_left = a.first(a.size() - length);
  const Bytes b_left = b.first(b.size() - length);
  if (!DifferInOneBit(a_left.back(), b_left.back())) return {.length = length};
  const std::size_t before =
      CommonSuffix(a_left.first(a_left.size() - 1), b_left.first(b_left.size() - 1));
  if (before < kBehindFlipBytesMin) return {.length = length};
  return {.length = length + 1 + before, .bits_flipped = 1};
}

// REQUIRES: they are of one size.
unsigned DifferingBits(Bytes a, Bytes b) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    bits += static_cast<unsigned>(std::popcount(std::to_integer<unsigned>(a[i] ^ b[i])));
  }
  return bits;
}

// How many bytes of `bytes` are those of the cells from byte `offset` of cell `first` on.
std::size_t MatchWithin(const Stamp& first, std::size_t offset, Bytes bytes) {
  if (offset == 0) return media::MatchCells(first, bytes);
  std::array<std::byte, kCellBytes> cell;
  media::WriteCells(first, cell);
  const Bytes rest = Bytes(cell).subspan(offset);
  const std::size_t matched = CommonPrefix(rest, bytes);
  if (matched < rest.size() || matched == bytes.size()) return matched;
  Stamp next = first;
  ++next.cell;
  return matched + media::MatchCells(next, bytes.subspan(matched));
}

void Advance(Cursor& cursor, std::size_t length) {
  cursor.offset += length;
  if (cursor.kind != Cursor::Kind::kStamped) return;
  cursor.stamp.cell += static_cast<std::uint32_t>(cursor.offset / kCellBytes);
  cursor.offset %= kCellBytes;
}

bool IsAtFrame(const Cursor& cursor, const Publication& publication) {
  return cursor.kind != Cursor::Kind::kNowhere && cursor.stamp.camera == publication.camera &&
         cursor.stamp.frame == publication.frame;
}

bool AreOfOneFrame(const Run& a, const Run& b) {
  return a.attributed && b.attributed && a.publication != nullptr &&
         a.publication == b.publication && a.right == b.right && a.ambiguous == b.ambiguous;
}

// [begin, end) of some bytes.
struct CellPiece {
  std::size_t begin = 0;
  std::size_t end = 0;
  unsigned bits_flipped = 0;
};

// What of the cell is there around its half at `at`: all that the bytes have room for if it is only
// damaged, else as much as is exactly like it.
CellPiece PieceOf(Bytes bytes, std::size_t at, const CellIndex::Half& half,
                  unsigned bits_flipped_max) {
  std::array<std::byte, kCellBytes> cell;
  media::WriteCells(half.cell, cell);
  const std::size_t half_at = half.second ? CellIndex::kHalfBytes : 0;  // in the cell
  const std::size_t before = std::min(half_at, at);
  const std::size_t behind = std::min(kCellBytes - half_at, bytes.size() - at);
  const Bytes whole = Bytes(cell).subspan(half_at - before, before + behind);
  const Bytes there = bytes.subspan(at - before, before + behind);
  const unsigned flipped = DifferingBits(whole, there);
  if (flipped <= bits_flipped_max)
    return {.begin = at - before, .end = at + behind, .bits_flipped = flipped};
  return {.begin = at - CommonSuffix(whole.first(before), there.first(before)),
          .end = at + CommonPrefix(whole.subspan(before), there.subspan(before))};
}

// How many of the last bytes are those of the cell before this one.
std::size_t EndOfCellBefore(const Stamp& cell, Bytes bytes) {
  if (bytes.empty() || cell.cell == 0) return 0;
  Stamp previous = cell;
  --previous.cell;
  std::array<std::byte, kCellBytes> previous_bytes;
  media::WriteCells(previous, previous_bytes);
  return CommonSuffix(previous_bytes, bytes);
}

// What of the cell is there from `at` on, if that is the last of `bytes`: too short to be found by
// itself, but it follows on the cell before.
CellPiece TailOf(Bytes bytes, std::size_t at, const Stamp& cell, unsigned bits_flipped_max) {
  std::array<std::byte, kCellBytes> whole;
  media::WriteCells(cell, whole);
  const Bytes tail = bytes.subspan(at);
  const unsigned flipped = DifferingBits(Bytes(whole).first(tail.size()), tail);
  const bool may_be_chance = flipped > bits_flipped_max || 4 * flipped > tail.size();
  return {.begin = at, .end = may_be_chance ? at : bytes.size(), .bits_flipped = flipped};
}

// Behind the start code and the NAL unit header that come next, if they do.
std::size_t BehindNalHeader(Bytes content, std::size_t at) {
  while (at < content.size() && content[at] == std::byte{0}) ++at;
  return std::min(content.size(), at + 2);
}

}  // namespace

void Provenance::Trace(Bytes bytes, std::size_t base, bool starts_nal_unit, Rights rights,
                       Cursor& cursor, std::vector<Run>& runs) {
  if (bytes.empty()) return;
  const std::size_t first_run = runs.size();
  std::size_t at = Expect(bytes, starts_nal_unit, rights, cursor);
  if (at > 0) {
    Run& run = runs.emplace_back(RunAt(cursor, rights));
    run.offset = base;
    run.length = at;
    Advance(cursor, at);
  }
  while (at < bytes.size()) {
    auto found = Search(bytes, at, rights);
    const std::size_t end = found ? found->run.offset : bytes.size();
    if (at < end) runs.push_back({.offset = base + at, .length = end - at});
    if (!found) break;
    at = end + found->run.length;
    if (found->run.right) cursor = found->after;
    found->run.offset += base;
    runs.push_back(found->run);
  }
  const auto has_rests = [&] {
    return std::any_of(runs.begin() + static_cast<std::ptrdiff_t>(first_run), runs.end(),
                       [](const Run& run) { return !run.attributed; });
  };
  if (!ledger_.has_stamped() || bytes.size() < CellIndex::kHalfBytes || !has_rests()) return;
  TakeInNewest(rights);
  ExplainRests({bytes, base, rights, newest_cells_, 0}, first_run, runs);
  if (!has_rests()) return;
  cells_.Update(ledger_);
  // What is exactly somebody's is not another's damaged.
  ExplainRests({bytes, base, rights, cells_, 0}, first_run, runs);
  ExplainRests({bytes, base, rights, cells_, kBitsFlippedMax}, first_run, runs);
}

// Where packets were lost, a cell that is cut is one of these, as a rule: all that were ever published
// need not be taken in for it.
void Provenance::TakeInNewest(Rights rights) {
  constexpr std::uint32_t kFrames = 3;  // that are on their way at the same time
  newest_cells_.Clear();
  for (const Grant& grant : rights) {
    const Publication* newest = ledger_.Newest(grant.camera);
    for (std::uint32_t i = 0; newest != nullptr && i < kFrames && i <= newest->frame.value; ++i) {
      const auto* publication = ledger_.Find(grant.camera, FrameNumber(newest->frame.value - i));
      if (publication != nullptr) newest_cells_.Add(*publication);
    }
  }
}

std::size_t Provenance::Expect(Bytes bytes, bool starts_nal_unit, Rights rights,
                               Cursor& cursor) const {
  if (!starts_nal_unit) return MatchBelieved(bytes, cursor, rights);
  if (const auto length = ExpectNewestFrame(bytes, false, rights, cursor)) return length;
  const Cursor next = NextNalUnit(cursor);
  if (const auto length = MatchBelieved(bytes, next, rights)) {
    cursor = next;
    return length;
  }
  return ExpectNewestFrame(bytes, true, rights, cursor);  // sent again
}

// The place's session before may have been for another camera, and a frame may still be on its way: a
// byte or two that such a frame would go on with are no sign that it does.
std::size_t Provenance::MatchBelieved(Bytes bytes, const Cursor& from, Rights rights) const {
  const std::size_t length = Match(bytes, from);
  const bool may_be_chance = length > 0 && length < kCellBytes;
  return may_be_chance && !RunAt(from, rights).right ? 0 : length;
}

// `begun`: the cursor is in that frame.
std::size_t Provenance::ExpectNewestFrame(Bytes bytes, bool begun, Rights rights,
                                          Cursor& cursor) const {
  for (const Grant& grant : rights) {
    const Publication* newest = ledger_.Newest(grant.camera);
    if (newest == nullptr || IsAtFrame(cursor, *newest) != begun) continue;
    const Cursor beginning = BeginningOf(*newest);
    if (const auto length = MatchBelieved(bytes, beginning, rights)) {
      cursor = beginning;
      return length;
    }
  }
  return 0;
}

// A few bytes that match prove nothing, unless they are all that there are.
std::size_t Provenance::Match(Bytes bytes, const Cursor& from) const {
  std::size_t length = 0;
  if (from.kind == Cursor::Kind::kStamped) {
    length = MatchWithin(from.stamp, from.offset, bytes);
  } else if (from.kind == Cursor::Kind::kFootage) {
    length = CommonPrefix(footage_.content(from.content).subspan(from.offset), bytes);
  }
  return length >= std::min(bytes.size(), kCellBytes) ? length : 0;
}

Run Provenance::RunAt(const Cursor& cursor, Rights rights) const {
  if (cursor.kind == Cursor::Kind::kStamped) return StampedRun(cursor.stamp, rights);
  const Publication* publication = ledger_.Find(cursor.stamp.camera, cursor.stamp.frame);
  if (publication != nullptr && Allows(rights, *publication)) {
    return {.attributed = true, .right = true, .origin = cursor.stamp, .publication = publication};
  }
  return FootageRun(footage_.identity(cursor.content), rights);
}

Cursor Provenance::BeginningOf(const Publication& publication) const {
  Cursor cursor{
      .kind = Cursor::Kind::kStamped,
      .stamp = {
          .camera = publication.camera, .epoch = publication.epoch, .frame = publication.frame}};
  if (publication.content == kNone) return cursor;
  cursor.kind = Cursor::Kind::kFootage;
  cursor.content = publication.content;
  cursor.offset = BehindNalHeader(footage_.content(publication.content), 0);
  return cursor;
}

Cursor Provenance::NextNalUnit(const Cursor& cursor) const {
  Cursor next = cursor;
  if (cursor.kind == Cursor::Kind::kStamped && cursor.offset > 0) {  // the cut cell is over
    ++next.stamp.cell;
    next.offset = 0;
  } else if (cursor.kind == Cursor::Kind::kFootage) {
    next.offset = BehindNalHeader(footage_.content(cursor.content), cursor.offset);
  }
  return next;
}

std::optional<Provenance::Found> Provenance::Search(Bytes bytes, std::size_t begin,
                                                    Rights rights) const {
  std::optional<Found> stamped;
  if (ledger_.has_stamped()) stamped = SearchStamps(bytes, begin, rights);
  if (!ledger_.has_footage()) return stamped;
  const std::size_t end = stamped ? stamped->run.offset : bytes.size();
  auto footage = SearchFootage(bytes.first(end), begin, rights);
  return footage ? footage : stamped;
}

std::optional<Provenance::Found> Provenance::SearchStamps(Bytes bytes, std::size_t begin,
                                                          Rights rights) const {
  const auto cell = media::FindCell(bytes.subspan(begin));
  if (!cell) return std::nullopt;
  const std::size_t at = begin + cell->offset;
  const std::size_t length = media::MatchCells(cell->stamp, bytes.subspan(at));
  const std::size_t before = EndOfCellBefore(cell->stamp, bytes.subspan(begin, cell->offset));
  Found found{.run = StampedRun(cell->stamp, rights),
              .after = {.kind = Cursor::Kind::kStamped, .stamp = cell->stamp}};
  Advance(found.after, length);
  found.run.offset = at - before;
  found.run.length = before + length;
  return found;
}

// A block of 16 alignments holds a window of every run that begins at or before it and is long
// enough, so that an origin that would be right is seen before one that would not be is believed.
std::optional<Provenance::Found> Provenance::SearchFootage(Bytes bytes, std::size_t begin,
                                                           Rights rights) const {
  constexpr std::size_t kWindow = FootageIndex::kWindowBytes;
  for (std::size_t block = begin; block + kWindow <= bytes.size(); block += kWindow) {
    std::optional<Found> best;
    const std::size_t end = std::min(block + kWindow, bytes.size() - kWindow + 1);
    for (std::size_t at = block; at < end && !(best && best->run.right); ++at) {
      best = Better(bytes, at, rights, best);
    }
    if (!best) continue;
    // What came before may have been credited with the first bytes, where by chance they are alike.
    if (!best->run.right && best->run.length < kFootageRunBytesMin) continue;
    const std::size_t credited = begin - std::min(begin, best->run.offset);
    best->run.offset += credited;
    best->run.length -= credited;
    return best;
  }
  return std::nullopt;
}

// The better one of `best` and what the window at `at` says.
std::optional<Provenance::Found> Provenance::Better(Bytes bytes, std::size_t at, Rights rights,
                                                    std::optional<Found> best) const {
  footage_.ForEachCandidate(&bytes[at], [&](std::uint32_t number, std::size_t offset) {
    const Bytes content = footage_.content(number);
    const Alike ahead = PrefixButForABit(bytes.subspan(at), content.subspan(offset));
    if (ahead.length - ahead.bits_flipped < FootageIndex::kWindowBytes) return;
    Run run = FootageRun(footage_.identity(number), rights);
    if (!run.attributed) return;
    const Alike behind = SuffixButForABit(bytes.first(at), content.first(offset));
    run.offset = at - behind.length;
    run.length = behind.length + ahead.length;
    run.bits_flipped = behind.bits_flipped + ahead.bits_flipped;
    if (best && (best->run.right || (!run.right && best->run.length >= run.length))) return;
    best = Found{.run = run,
                 .after = {.kind = Cursor::Kind::kFootage,
                           .stamp = run.origin,
                           .offset = offset + ahead.length,
                           .content = number}};
  });
  return best;
}

// Divides the runs from `first_run` on that are nobody's. Where it finds whose some bytes are, they
// become one run with those of the same frame on either side.
void Provenance::ExplainRests(const Rests& in, std::size_t first_run, std::vector<Run>& runs) {
  const auto first = runs.begin() + static_cast<std::ptrdiff_t>(first_run);
  traced_.assign(first, runs.end());
  runs.erase(first, runs.end());
  const auto append = [&](const Run& run) {
    if (runs.size() > first_run && AreOfOneFrame(runs.back(), run)) {
      runs.back().length += run.length;
      runs.back().bits_flipped += run.bits_flipped;
    } else {
      runs.push_back(run);
    }
  };
  for (const Run& run : traced_) {
    if (run.attributed) {
      append(run);
      continue;
    }
    std::size_t at = run.offset - in.base;
    const std::size_t end = at + run.length;
    while (at < end) {
      auto found = SearchHalves(in, at, end);
      const std::size_t begin = found ? found->offset : end;
      if (at < begin) append({.offset = in.base + at, .length = begin - at});
      if (!found) break;
      at = begin + found->length;
      found->offset += in.base;
      append(*found);
    }
  }
}

// The first bytes within [begin, end) that are of a cell of which half is whole, or of the cut one
// behind it. That half may lie on either side of them.
std::optional<Run> Provenance::SearchHalves(const Rests& in, std::size_t begin,
                                            std::size_t end) const {
  const Bytes bytes = in.bytes;
  constexpr std::size_t kHalf = CellIndex::kHalfBytes;
  constexpr std::size_t kReach = kCellBytes + kHalf - 1;  // back to the cell before a cut one
  const std::size_t last = std::min(bytes.size(), end + kCellBytes - 1);
  for (std::size_t at = begin - std::min(begin, kReach); at + kHalf <= last; ++at) {
    const auto half = in.cells.Find(&bytes[at]);
    if (!half) continue;
    Run run = StampedRun(half->cell, in.rights);
    CellPiece piece = PieceOf(bytes, at, *half, in.bits_flipped_max);
    Stamp next = half->cell;
    ++next.cell;
    if (piece.end <= begin && bytes.size() - piece.end < kHalf &&
        next.cell < run.publication->cells_max) {
      piece = TailOf(bytes, piece.end, next, in.bits_flipped_max);
    }
    std::size_t from = std::max(begin, piece.begin);
    if (!half->second && piece.begin == at) {
      from -= EndOfCellBefore(half->cell, bytes.first(from).subspan(begin));
    }
    const std::size_t to = std::min(end, piece.end);
    if (from >= to) continue;
    run.offset = from;
    run.length = to - from;
    run.bits_flipped = piece.bits_flipped;
    return run;
  }
  return std::nullopt;
}

Run Provenance::StampedRun(const Stamp& stamp, Rights rights) const {
  Run run{.attributed = true, .origin = stamp};
  const Publication* publication = ledger_.Find(stamp.camera, stamp.frame);
  if (publication == nullptr || publication->epoch != stamp.epoch) return run;
  run.publication = publication;
  run.right = Allows(rights, *publication);
  return run;
}

// Nobody's where nobody published it in this case.
Run Provenance::FootageRun(std::uint64_t identity, Rights rights) const {
  const Publication* chosen = ledger_.FirstAlike(identity);
  if (chosen == nullptr) return {};
  Run run{.attributed = true};
  const CameraId camera = chosen->camera;
  for (const Publication* alike = chosen; alike != nullptr; alike = ledger_.NextAlike(*alike)) {
    if (alike->camera != camera) run.ambiguous = true;
    if (run.right || !Allows(rights, *alike)) continue;
    run.right = true;
    chosen = alike;
  }
  run.origin = {.camera = chosen->camera, .epoch = chosen->epoch, .frame = chosen->frame};
  run.publication = chosen;
  return run;
}

}  // namespace framefence::oracle
