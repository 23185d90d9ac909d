#include "targets/relay/still_assembler.h"

#include <algorithm>
#include <cstring>

namespace relay {
namespace {

constexpr std::array<std::byte, 4> kStartCode = {std::byte{0}, std::byte{0}, std::byte{0},
                                                 std::byte{1}};

constexpr ParameterSetKinds KindOf(NalRole role) {
  return role <= NalRole::kPps ? 1U << static_cast<unsigned>(role) : 0;
}

// What a decoder needs.
constexpr ParameterSetKinds KindsNeeded(Codec codec) {
  const ParameterSetKinds both = KindOf(NalRole::kSps) | KindOf(NalRole::kPps);
  return codec == Codec::kH264 ? both : both | KindOf(NalRole::kVps);
}

constexpr bool IsComplete(ParameterSetKinds kinds, Codec codec) {
  return (kinds & KindsNeeded(codec)) == KindsNeeded(codec);
}

}  // namespace

// --- bytes

bool AnnexBWriter::Append(const NalPiece& piece) {
  const std::size_t head_bytes = piece.starts ? kStartCode.size() + piece.header.size : 0;
  if (space_.size() - length_ < head_bytes + piece.body.size()) return false;
  std::byte* to = space_.data() + length_;
  if (piece.starts) {
    to = std::copy(kStartCode.begin(), kStartCode.end(), to);
    to = std::ranges::copy(piece.header.view(), to).out;
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

void ParameterSets::Remember(const NalPiece& piece, Codec codec, const Admission& admission) {
  const ParameterSetKinds kind = KindOf(piece.role);
  const ParameterSetKinds below = KindsNeeded(codec) & (kind - 1);
  if (kind == 0 || !piece.whole() || (kinds_ & below) != below) return;
  if (piece.role != NalRole::kPps) {  // takes the place of the one before, and of all above that
    kinds_ = below;
    length_ = below == 0 ? 0 : vps_length_;
  }
  if (kinds_ == 0) oldest_ = admission;
  AnnexBWriter writer(std::span<std::byte>(bytes_).subspan(length_));
  if (!writer.Append(piece)) return Clear();
  length_ += writer.length();
  kinds_ |= kind;
  if (piece.role == NalRole::kVps) vps_length_ = length_;
}

// --- access units

std::optional<Slot> StillAssembler::OnPacket(const OrderedPacket& packet, Core& core,
                                             FrameStore& store, Counters& counters) {
  if (packet.position.starts) {
    Torn(counters);  // the one before, if its end has not come
    stage_ = packet.position.starts_for_sure ? Stage::kBeginning : Stage::kSkipping;
  } else if (stage_ != Stage::kSkipping && !packet.position.contiguous) {
    Torn(counters);
    stage_ = Stage::kSkipping;
  }
  ForEachPiece(packet.codec, packet.payload, [&](const NalPiece& piece) {
    parameter_sets_.Remember(piece, packet.codec, packet.admission);
    if (stage_ != Stage::kSkipping && !Take(piece, packet, core, store, counters))
      stage_ = Stage::kSkipping;
  });
  if (!packet.marker || stage_ != Stage::kWriting) return std::nullopt;
  stage_ = Stage::kSkipping;
  return Finish(core, counters);
}

// False: the access unit is no still.
bool StillAssembler::Take(const NalPiece& piece, const OrderedPacket& packet, Core& core,
                          FrameStore& store, Counters& counters) {
  if (piece.role == NalRole::kOtherSlice) return false;
  if (stage_ == Stage::kBeginning && !BeginWriting(packet.admission, core, store)) return false;
  const bool follows_on = !piece.starts;
  if (in_fragment_ != follows_on || (follows_on && piece.header != fragment_header_))
    return Torn(counters);
  in_fragment_ = !piece.ends;
  fragment_header_ = piece.header;
  kinds_ |= KindOf(piece.role);
  if (piece.role == NalRole::kRandomAccessSlice && !has_slice_) {
    has_slice_ = true;
    if (!IsComplete(kinds_, packet.codec) && !PrependParameterSets(packet.codec, counters))
      return false;
  }
  return Write(piece, counters);
}

bool StillAssembler::BeginWriting(const Admission& admission, Core& core, FrameStore& store) {
  filling_ = core.BeginFill(admission, store.StillSlot(port_, side_));
  if (filling_.status != Status::kOk) return false;
  writer_ = AnnexBWriter(store.Space(filling_.filling));
  oldest_ = admission;
  has_slice_ = in_fragment_ = false;
  kinds_ = 0;
  stage_ = Stage::kWriting;
  return true;
}

// Before the first slice, the ones that this publisher session sent earlier. The still is then as old
// as they are: it must not carry bytes past a restore, or past the age, that would refuse them on
// their own.
bool StillAssembler::PrependParameterSets(Codec codec, Counters& counters) {
  if (!IsComplete(parameter_sets_.kinds(), codec)) {
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
  if (stage_ == Stage::kWriting && has_slice_) ++counters.stills_torn;
  return false;
}

std::optional<Slot> StillAssembler::Finish(Core& core, Counters& counters) {
  if (in_fragment_) Torn(counters);
  if (in_fragment_ || !has_slice_) return std::nullopt;
  const Slot slot = filling_.filling.slot();
  if (leaks::planted(leaks::Leak::kReusedBufferClearsTail)) {
    const std::size_t before = core.state().slots.Read(slot).length.value;
    leaks::Triggered(leaks::Leak::kReusedBufferClearsTail, writer_.length() < before);
    if (writer_.length() < before) writer_.PadTo(before);
  }
  const Length length(static_cast<std::uint32_t>(writer_.length()));
  if (core.Commit(filling_.filling, oldest_, length) != Status::kOk) return std::nullopt;
  side_ = (side_ + 1) % kStillsPerPort;
  ++counters.stills_completed;
  return slot;
}

}  // namespace relay
