#include "targets/relay/fec.h"

#include <algorithm>
#include <cstring>

#include "targets/relay/big_endian.h"
#include "targets/relay/rtp.h"

namespace relay {
namespace {

constexpr std::byte kCsrcCountMask{0x0f};
constexpr std::byte kRetransmissionBit{0x80};
constexpr std::byte kFixedMaskBit{0x40};
constexpr std::byte kVersionBits{0xc0};
constexpr std::byte kVersion{0x80};
constexpr std::byte kMoreMaskBit{0x80};  // "k"
// Within an RTP packet, and in the same places of the recovery fields, but that the length stands
// where the sequence number does.
constexpr std::size_t kLengthAt = 2;
constexpr std::size_t kTimestampAt = 4;
constexpr std::size_t kSsrcAt = 8;

struct MaskPart {
  std::size_t bytes;
  std::size_t bits;  // the last ones of its bytes
};
constexpr std::array<MaskPart, 3> kMaskParts{{{2, 15}, {4, 31}, {8, 64}}};

// Moves the mask from the front of `rest`: each part but the last begins with whether another one
// follows.
FecParse TakeMask(std::span<const std::byte>& rest, FecMask& mask) {
  std::size_t first_bit = 0;
  mask.reset();
  for (const MaskPart& part : kMaskParts) {
    if (rest.size() < part.bytes) return FecParse::kTooShort;
    const bool more = (rest[0] & kMoreMaskBit) != std::byte{0};
    const std::size_t skipped = part.bytes * 8 - part.bits;
    for (std::size_t bit = 0; bit < part.bits; ++bit) {
      const std::size_t at = skipped + bit;
      mask[first_bit + bit] = (rest[at / 8] >> (7 - at % 8) & std::byte{1}) != std::byte{0};
    }
    first_bit += part.bits;
    rest = rest.subspan(part.bytes);
    if (!more) break;
  }
  return mask.none() ? FecParse::kEmptyMask : FecParse::kOk;
}

FecParse ParseVariant(std::byte flags) {
  const bool retransmission = (flags & kRetransmissionBit) != std::byte{0};
  const bool fixed_mask = (flags & kFixedMaskBit) != std::byte{0};
  if (retransmission && fixed_mask) return FecParse::kReserved;
  if (retransmission) return FecParse::kRetransmission;
  return fixed_mask ? FecParse::kFixedMask : FecParse::kOk;
}

std::size_t LowestBit(const FecMask& mask) {
  std::size_t bit = 0;
  while (!mask[bit]) ++bit;
  return bit;
}
std::size_t HighestBit(const FecMask& mask) {
  std::size_t bit = kFecMaskBits - 1;
  while (!mask[bit]) --bit;
  return bit;
}

// In words: a repair packet, a lie too, costs as many packets as it names.
void XorInto(std::span<std::byte> bits, std::span<const std::byte> with) {
  std::size_t i = 0;
  for (std::uint64_t word, other; i + sizeof word <= with.size(); i += sizeof word) {
    std::memcpy(&word, &bits[i], sizeof word);
    std::memcpy(&other, &with[i], sizeof other);
    word ^= other;
    std::memcpy(&bits[i], &word, sizeof word);
  }
  for (; i < with.size(); ++i) bits[i] ^= with[i];
}

// Into the bit string of section 6.3.2, as the recovery fields hold it, and the bytes after the
// fixed header.
void XorPacketInto(std::span<std::byte> bits, std::span<const std::byte> datagram) {
  XorInto(bits, datagram.first(kLengthAt));
  const auto length = static_cast<std::uint16_t>(datagram.size() - kRtpHeaderBytes);
  WriteBigEndian(&bits[kLengthAt], static_cast<std::uint16_t>(
                                       ReadBigEndian<std::uint16_t>(&bits[kLengthAt]) ^ length));
  XorInto(bits.subspan(kTimestampAt), datagram.subspan(kTimestampAt, kSsrcAt - kTimestampAt));
  XorInto(bits.subspan(kRtpHeaderBytes), datagram.subspan(kRtpHeaderBytes));
}

}  // namespace

FecParse ParseFec(std::span<const std::byte> datagram, FecPacket& fec) {
  RtpPacket packet;
  if (ParseRtp(datagram, packet) != RtpParse::kOk) return FecParse::kBadRtp;
  if ((datagram[0] & kCsrcCountMask) != std::byte{1}) return FecParse::kNotOneSource;
  std::span<const std::byte> rest = packet.payload;
  if (rest.size() < kFecRecoveryBytes + sizeof(fec.sequence_base)) return FecParse::kTooShort;
  const FecParse variant = ParseVariant(rest[0]);
  if (variant != FecParse::kOk) return variant;
  fec.ssrc = packet.ssrc;
  fec.source_ssrc = ReadBigEndian<std::uint32_t>(&datagram[kRtpHeaderBytes]);
  fec.recovery = rest.first(kFecRecoveryBytes);
  fec.sequence_base = ReadBigEndian<std::uint16_t>(&rest[kFecRecoveryBytes]);
  rest = rest.subspan(kFecRecoveryBytes + sizeof(fec.sequence_base));
  const FecParse mask = TakeMask(rest, fec.mask);
  fec.payload = rest;
  return mask;
}

void FecDecoder::Reset(std::uint32_t packets_max, std::size_t packet_bytes_max) {
  packet_bytes_max_ = packet_bytes_max;
  slots_.assign(packets_max, {});
  source_bytes_.assign(packets_max * packet_bytes_max, {});
  repair_bytes_.assign(kFecPacketsMax * packet_bytes_max, {});
  recovered_.assign(packet_bytes_max, {});
  StartSession(0, 0);
  in_session_ = false;
}

void FecDecoder::StartSession(std::uint32_t source_ssrc, std::uint32_t repair_ssrc) {
  std::ranges::fill(slots_, Slot{});
  repairs_.fill({});
  repairs_kept_ = 0;
  newest_ = 0;
  source_ssrc_ = source_ssrc;
  repair_ssrc_ = repair_ssrc;
  in_session_ = true;
  started_ = false;
}

// --- what comes in

FecPlace FecDecoder::OnSource(ExtendedSequence sequence, std::span<const std::byte> datagram) {
  if (datagram.size() > packet_bytes_max_) return FecPlace::kTooLarge;
  RtpPacket packet;
  if (ParseRtp(datagram, packet) != RtpParse::kOk) return FecPlace::kMalformed;
  if (!in_session_ || packet.ssrc != source_ssrc_) return FecPlace::kForeignSource;
  if (started_ && sequence < floor()) return FecPlace::kLate;
  if (IsHeld(sequence)) return FecPlace::kDuplicate;
  Hold(sequence, datagram);
  return FecPlace::kKept;
}

FecPlace FecDecoder::OnFec(const FecPacket& fec) {
  if (!in_session_ || fec.ssrc != repair_ssrc_ || fec.source_ssrc != source_ssrc_) {
    return FecPlace::kForeignSource;
  }
  if (fec.payload.size() > packet_bytes_max_ - kRtpHeaderBytes) return FecPlace::kTooLarge;
  if (!started_) return FecPlace::kTooEarly;
  Repair located;
  const FecPlace place = Locate(fec, located);
  if (place != FecPlace::kKept) return place;
  Repair& repair = FreeRepair();
  repair = located;
  repair.order = repairs_kept_++;
  repair.bytes = kRtpHeaderBytes + fec.payload.size();
  const std::span<std::byte> bytes = RepairBytes(repair);
  std::ranges::copy(fec.recovery, bytes.begin());
  std::ranges::copy(fec.payload, bytes.subspan(kRtpHeaderBytes).begin());
  return FecPlace::kKept;
}

// Gives the numbers that the packet protects their place: those nearest to the newest one received.
FecPlace FecDecoder::Locate(const FecPacket& fec, Repair& repair) const {
  const std::size_t lowest = LowestBit(fec.mask);
  const std::size_t span = HighestBit(fec.mask) - lowest;
  if (span >= slots_.size()) return FecPlace::kTooWide;
  const auto sequence_number = static_cast<std::uint16_t>(fec.sequence_base + lowest);
  const auto ahead =
      static_cast<std::int16_t>(sequence_number - static_cast<std::uint16_t>(newest_));
  if (ahead < 0 && static_cast<ExtendedSequence>(-ahead) > newest_ - floor())
    return FecPlace::kLate;
  if (ahead + static_cast<std::int64_t>(span) >= static_cast<std::int64_t>(slots_.size())) {
    return FecPlace::kTooFar;
  }
  repair.first = newest_ + static_cast<ExtendedSequence>(ahead);
  repair.mask = fec.mask >> lowest;
  const auto is_same = [&repair](const Repair& kept) {
    return kept.missing > 0 && kept.first == repair.first && kept.mask == repair.mask;
  };
  if (std::ranges::any_of(repairs_, is_same)) return FecPlace::kDuplicate;
  repair.missing = CountMissing(repair);
  return repair.missing == 0 ? FecPlace::kNotNeeded : FecPlace::kKept;
}

std::size_t FecDecoder::CountMissing(const Repair& repair) const {
  std::size_t missing = 0;
  for (std::size_t bit = 0; bit < kFecMaskBits; ++bit) {
    if (repair.mask[bit] && !IsHeld(repair.first + bit)) ++missing;
  }
  return missing;
}

// A free place, or else the one of the packet that has lacked some of its own for longest.
FecDecoder::Repair& FecDecoder::FreeRepair() {
  return *std::ranges::min_element(repairs_, {}, [](const Repair& repair) {
    return repair.missing == 0 ? 0 : repair.order + 1;
  });
}

// REQUIRES: `sequence` is not before floor(), and not held.
void FecDecoder::Hold(ExtendedSequence sequence, std::span<const std::byte> datagram) {
  if (!started_ || sequence > newest_) newest_ = sequence;
  started_ = true;
  slots_[sequence % slots_.size()] = {sequence, datagram.size(), true};
  std::ranges::copy(datagram, SourceBytes(sequence).begin());
  for (Repair& repair : repairs_) {
    if (repair.missing == 0) continue;
    const ExtendedSequence bit = sequence - repair.first;
    if (repair.first < floor()) {
      repair.missing = 0;  // one of its packets is forgotten, or too late to be of use
    } else if (bit < kFecMaskBits && repair.mask[bit]) {
      --repair.missing;
    }
  }
}

// --- what comes out

FecRecovery FecDecoder::Recover(std::span<const std::byte>& datagram) {
  const auto repair = std::ranges::find(repairs_, 1U, &Repair::missing);
  if (repair == repairs_.end()) return FecRecovery::kNothing;
  ExtendedSequence missing = repair->first;
  while (!repair->mask[missing - repair->first] || IsHeld(missing)) ++missing;
  std::size_t bytes = 0;
  const FecRecovery recovery = Rebuild(*repair, missing, bytes);
  repair->missing = 0;  // spent
  if (recovery != FecRecovery::kRecovered) return recovery;
  datagram = std::span(recovered_).first(bytes);
  Hold(missing, datagram);
  return FecRecovery::kRecovered;
}

// Section 6.3. The packet lies in the first `bytes` of recovered_.
FecRecovery FecDecoder::Rebuild(const Repair& repair, ExtendedSequence missing,
                                std::size_t& bytes) {
  const std::span<std::byte> bits = std::span(recovered_).first(repair.bytes);
  std::ranges::copy(RepairBytes(repair).first(repair.bytes), bits.begin());
  for (std::size_t bit = 0; bit < kFecMaskBits; ++bit) {
    const ExtendedSequence sequence = repair.first + bit;
    if (!repair.mask[bit] || sequence == missing) continue;
    const std::size_t source_bytes = slots_[sequence % slots_.size()].bytes;
    if (source_bytes > bits.size()) return FecRecovery::kBadLength;
    XorPacketInto(bits, SourceBytes(sequence).first(source_bytes));
  }
  bytes = kRtpHeaderBytes + ReadBigEndian<std::uint16_t>(&bits[kLengthAt]);
  if (bytes > bits.size()) return FecRecovery::kBadLength;
  // Shorter packets count as filled up with zeros, so here nothing else is left.
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  if (!std::ranges::all_of(bits.subspan(bytes), is_zero)) return FecRecovery::kBadLength;
  bits[0] = (bits[0] & ~kVersionBits) | kVersion;
  WriteBigEndian(&bits[kLengthAt], static_cast<std::uint16_t>(missing));
  WriteBigEndian(&bits[kSsrcAt], source_ssrc_);
  RtpPacket packet;
  const bool is_rtp = ParseRtp(bits.first(bytes), packet) == RtpParse::kOk;
  return is_rtp ? FecRecovery::kRecovered : FecRecovery::kBadPacket;
}

}  // namespace relay
