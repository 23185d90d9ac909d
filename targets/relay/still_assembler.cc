#include "targets/relay/still_assembler.h"

#include <algorithm>
#include <cstring>

namespace relay {
namespace {

constexpr std::array<std::byte, 4> kStartCode = {std::byte{0}, std::byte{0}, std::byte{0},
                                                 std::byte{1}};

bool IsSliceOfAnotherPicture(NalType type) {
  return type >= NalType::kSlice && type < NalType::kIdrSlice;
}

}  // namespace

// --- bytes

bool AnnexBWriter::Append(const NalPiece& piece) {
  const std::size_t head_bytes = piece.starts ? kStartCode.size() + 1 : 0;
  if (space_.size() - length_ < head_bytes + piece.body.size()) return false;
  std::byte* to = space_.data() + length_;
  if (piece.starts) {
    to = std::copy(kStartCode.begin(), kStartCode.end(), to);
    *to++ = piece.header;
  }
  if (!piece.body.empty()) std::memcpy(to, piece.body.data(), piece.body.size());
  length_ += head_bytes + piece.body.size();
  return true;
}

bool AnnexBWriter::AppendStream(std::span<const std::byte> stream) {
  if (space_.size() - length_ < stream.size()) return false;
  std::memcpy(space_.data() + length_, stream.data(), stream.size());
  length_ += stream.size();
  return true;
}

void AnnexBWriter::PadTo(std::size_t length) {
  std::memset(space_.data() + length_, 0, length - length_);
  length_ = length;
}

void ParameterSets::Remember(const NalPiece& piece, const Admission& admission) {
  if (!piece.whole()) return;
  const bool is_sps = piece.type() == NalType::kSps;
  if (!is_sps && (piece.type() != NalType::kPps || !has_sps_)) return;
  if (is_sps) {
    Clear();
    oldest_ = admission;
  }
  AnnexBWriter writer(std::span<std::byte>(bytes_).subspan(length_));
  if (!writer.Append(piece)) return Clear();
  length_ += writer.length();
  has_sps_ = true;
  has_pps_ = has_pps_ || !is_sps;
}

// --- access units

std::optional<Slot> StillAssembler::OnPacket(const OrderedPacket& packet, Core& core,
                                             FrameStore& store, Counters& counters) {
  if (packet.position.starts) {
    stage_ = packet.position.starts_for_sure ? Stage::kBeginning : Stage::kSkipping;
  } else if (stage_ != Stage::kSkipping && !packet.position.contiguous) {
    Torn(counters);
    stage_ = Stage::kSkipping;
  }
  NalPieces pieces(packet.payload);
  for (NalPiece piece; pieces.Next(piece);) {
    parameter_sets_.Remember(piece, packet.admission);
    if (stage_ != Stage::kSkipping && !Take(piece, packet, core, store, counters))
      stage_ = Stage::kSkipping;
  }
  if (!packet.marker || stage_ != Stage::kWriting) return std::nullopt;
  stage_ = Stage::kSkipping;
  return Finish(core, counters);
}

// False: the access unit is no still.
bool StillAssembler::Take(const NalPiece& piece, const OrderedPacket& packet, Core& core,
                          FrameStore& store, Counters& counters) {
  if (IsSliceOfAnotherPicture(piece.type())) return false;
  if (stage_ == Stage::kBeginning && !BeginWriting(packet.admission, core, store)) return false;
  const bool follows_on = !piece.starts;
  if (in_fragment_ != follows_on || (follows_on && piece.header != fragment_header_))
    return Torn(counters);
  in_fragment_ = !piece.ends;
  fragment_header_ = piece.header;
  has_sps_ |= piece.type() == NalType::kSps;
  has_pps_ |= piece.type() == NalType::kPps;
  if (piece.type() == NalType::kIdrSlice && !has_idr_) {
    has_idr_ = true;
    if (!(has_sps_ && has_pps_) && !PrependParameterSets(counters)) return false;
  }
  return Write(piece, counters);
}

bool StillAssembler::BeginWriting(const Admission& admission, Core& core, FrameStore& store) {
  filling_ = core.BeginFill(admission, store.StillSlot(port_, side_));
  if (filling_.status != Status::kOk) return false;
  writer_ = AnnexBWriter(store.Space(filling_.filling));
  oldest_ = admission;
  has_idr_ = has_sps_ = has_pps_ = in_fragment_ = false;
  stage_ = Stage::kWriting;
  return true;
}

// Before the IDR slice, the ones that this publisher session sent earlier. The still is then as old
// as they are: it must not carry bytes past a restore, or past the age, that would refuse them on
// their own.
bool StillAssembler::PrependParameterSets(Counters& counters) {
  if (!parameter_sets_.complete()) {
    ++counters.stills_bare;
    return false;
  }
  if (!writer_.AppendStream(parameter_sets_.stream())) {
    ++counters.stills_too_large;
    return false;
  }
  oldest_ = parameter_sets_.oldest();
  return true;
}

bool StillAssembler::Write(const NalPiece& piece, Counters& counters) {
  if (writer_.Append(piece)) return true;
  ++counters.stills_too_large;
  return false;
}

bool StillAssembler::Torn(Counters& counters) const {
  if (stage_ == Stage::kWriting && has_idr_) ++counters.stills_torn;
  return false;
}

std::optional<Slot> StillAssembler::Finish(Core& core, Counters& counters) {
  if (in_fragment_) Torn(counters);
  if (in_fragment_ || !has_idr_) return std::nullopt;
  const Slot slot = filling_.filling.slot();
  if (leaks::planted(leaks::Leak::kReusedBufferClearsTail)) {
    const std::size_t before = core.state().slots.Read(slot).length.value;
    leaks::Triggered(leaks::Leak::kReusedBufferClearsTail, writer_.length() < before);
    if (writer_.length() < before) writer_.PadTo(before);
  }
  const Length length(static_cast<std::uint32_t>(writer_.length()));
  if (core.Commit(filling_.filling, oldest_, length) != Status::kOk) {
    ++counters.commits_refused;
    return std::nullopt;
  }
  side_ = (side_ + 1) % kStillsPerPort;
  ++counters.stills_completed;
  return slot;
}

}  // namespace relay
