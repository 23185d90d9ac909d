#include "harness/media/rtp_depacketizer.h"

#include <algorithm>

#include "harness/base/check.h"
#include "harness/media/big_endian.h"
#include "harness/media/h264.h"

namespace framefence::media {
namespace {

constexpr std::size_t kStapHeaderBytes = 1;
constexpr std::size_t kStapSizeBytes = 2;
constexpr std::size_t kFuHeaderBytes = 2;
constexpr std::byte kFuStart{0x80};
constexpr std::byte kFuEnd{0x40};

std::optional<RtpFault> FaultOf(RtpParse status) {
  switch (status) {
    case RtpParse::kOk:
      return std::nullopt;
    case RtpParse::kTooShort:
      return RtpFault::kTooShort;
    case RtpParse::kBadVersion:
      return RtpFault::kBadVersion;
    case RtpParse::kBadExtension:
      return RtpFault::kBadExtension;
    case RtpParse::kBadPadding:
      return RtpFault::kBadPadding;
  }
  return std::nullopt;
}

bool IsForbidden(std::byte nal_header) { return (nal_header & kForbiddenZeroBit) != std::byte{0}; }

// Whether the payload's first NAL unit can only be the first of its access unit.
bool BeginsAccessUnit(std::span<const std::byte> payload) {
  if (payload.empty()) return false;
  NalUnitType type = TypeOf(payload[0]);
  if (type == NalUnitType::kStapA && payload.size() > kStapHeaderBytes + kStapSizeBytes) {
    type = TypeOf(payload[kStapHeaderBytes + kStapSizeBytes]);
  }
  return type == NalUnitType::kSps || type == NalUnitType::kAccessUnitDelimiter;
}

}  // namespace

std::string_view ToString(RtpFault fault) {
  switch (fault) {
    case RtpFault::kTooShort:
      return "too short";
    case RtpFault::kBadVersion:
      return "bad version";
    case RtpFault::kBadExtension:
      return "bad extension";
    case RtpFault::kBadPadding:
      return "bad padding";
    case RtpFault::kForeignSsrc:
      return "foreign SSRC";
    case RtpFault::kWrongPayloadType:
      return "wrong payload type";
    case RtpFault::kEmptyPayload:
      return "empty payload";
    case RtpFault::kForbiddenBit:
      return "forbidden bit";
    case RtpFault::kUnsupportedType:
      return "unsupported type";
    case RtpFault::kBadAggregate:
      return "bad aggregate";
    case RtpFault::kBadFragment:
      return "bad fragment";
    case RtpFault::kFragmentWithoutStart:
      return "fragment without start";
    case RtpFault::kFragmentUnfinished:
      return "fragment unfinished";
    case RtpFault::kAccessUnitTooLarge:
      return "access unit too large";
  }
  return "?";
}

RtpDepacketizer::RtpDepacketizer(const Options& options) : options_(options) {
  FRAMEFENCE_CHECK(options.reorder_window >= 1 && options.reorder_window <= kReorderWindowMax);
  Reset();
}

void RtpDepacketizer::Reset() {
  counters_ = {};
  statistics_ = {};
  ssrc_ = options_.ssrc;
  for (Waiting& waiting : waiting_) waiting.sequence = -1;
  waiting_count_ = 0;
  expected_ = -1;
  jumped_to_.reset();
  first_ = true;
  contiguous_ = false;
  open_ = false;
  fragmented_ = std::byte{0};
}

void RtpDepacketizer::Push(std::span<const std::byte> datagram, AccessUnitSink& sink) {
  ++counters_.packets;
  RtpPacket packet;
  std::int64_t sequence = 0;
  if (!Accept(datagram, packet) || !Place(packet, sequence)) return;
  statistics_.Count(sequence);
  if (sequence >= expected_ + options_.reorder_window) {
    SkipTo(sequence - options_.reorder_window + 1, sink);
  }
  if (sequence == expected_) {
    Take(packet, sink);
    ++expected_;
  } else {
    Waiting& slot = SlotOf(sequence);
    if (sequence < expected_ || slot.sequence == sequence) {
      ++counters_.packets_repeated_or_late;
      return;
    }
    slot.sequence = sequence;
    slot.datagram.assign(datagram.begin(), datagram.end());
    ++waiting_count_;
  }
  TakeWaiting(sink);
}

void RtpDepacketizer::Flush(AccessUnitSink& sink) {
  while (waiting_count_ > 0) SkipOrTake(sink);
  Gap();
  if (open_) Close(sink);
}

bool RtpDepacketizer::Accept(std::span<const std::byte> datagram, RtpPacket& packet) {
  if (const auto fault = FaultOf(ParseRtp(datagram, packet))) {
    Count(*fault);
    return false;
  }
  if (!ssrc_) ssrc_ = packet.ssrc;
  if (packet.ssrc != *ssrc_) {
    Count(RtpFault::kForeignSsrc);
    return false;
  }
  return true;
}

// Extends the 16-bit sequence number to the nearest one of those expected. False: a jump that is
// not yet believed.
bool RtpDepacketizer::Place(const RtpPacket& packet, std::int64_t& sequence) {
  if (expected_ < 0) {
    expected_ = std::int64_t{packet.sequence_number} + (1 << 16);  // room for late ones before it
  }
  const auto distance =
      static_cast<std::int16_t>(packet.sequence_number - static_cast<std::uint16_t>(expected_));
  if (distance >= kDropoutMax || distance < -kMisorderMax) {
    const bool believed = jumped_to_ == packet.sequence_number;
    jumped_to_ = static_cast<std::uint16_t>(packet.sequence_number + 1);
    if (!believed) return false;
    Restart(packet.sequence_number);
    sequence = expected_;
    return true;
  }
  jumped_to_.reset();
  sequence = expected_ + distance;
  return true;
}

void RtpDepacketizer::Restart(std::uint16_t sequence_number) {
  for (Waiting& waiting : waiting_) waiting.sequence = -1;
  waiting_count_ = 0;
  statistics_ = {};
  expected_ = std::int64_t{sequence_number} + (1 << 16);
  jumped_to_.reset();
  Gap();
}

RtpDepacketizer::Waiting& RtpDepacketizer::SlotOf(std::int64_t sequence) {
  return waiting_[static_cast<std::size_t>(sequence % kReorderWindowMax)];
}

// Gives up on what is missing before `sequence`, which becomes the one expected unless waiting
// packets reach past it.
void RtpDepacketizer::SkipTo(std::int64_t sequence, AccessUnitSink& sink) {
  while (expected_ < sequence && waiting_count_ > 0) SkipOrTake(sink);
  if (expected_ < sequence) {
    Gap();
    expected_ = sequence;
  }
}

void RtpDepacketizer::SkipOrTake(AccessUnitSink& sink) {
  if (SlotOf(expected_).sequence == expected_) {
    TakeWaiting(sink);
  } else {
    Gap();
    ++expected_;
  }
}

void RtpDepacketizer::TakeWaiting(AccessUnitSink& sink) {
  while (waiting_count_ > 0 && SlotOf(expected_).sequence == expected_) {
    Waiting& slot = SlotOf(expected_);
    RtpPacket packet;
    FRAMEFENCE_CHECK(ParseRtp(slot.datagram, packet) ==
                     RtpParse::kOk);  // it was parsed when it came
    Take(packet, sink);
    slot.sequence = -1;
    --waiting_count_;
    ++expected_;
  }
}

void RtpDepacketizer::Gap() {
  contiguous_ = false;
  whole_ = false;
  fragmented_ = std::byte{0};
}

void RtpDepacketizer::Take(const RtpPacket& packet, AccessUnitSink& sink) {
  if (open_ && packet.timestamp != timestamp_) Close(sink);
  if (!open_) Open(packet);
  first_ = false;
  contiguous_ = true;
  const std::optional<RtpFault> fault = packet.payload_type == options_.payload_type
                                            ? TakePayload(packet.payload)
                                            : RtpFault::kWrongPayloadType;
  if (fault) {
    Count(*fault);
    whole_ = false;
    fragmented_ = std::byte{0};
  }
  if (packet.marker) Close(sink);
}

void RtpDepacketizer::Open(const RtpPacket& packet) {
  open_ = true;
  whole_ = contiguous_ || (first_ && BeginsAccessUnit(packet.payload));
  idr_ = false;
  timestamp_ = packet.timestamp;
  access_unit_.clear();
}

void RtpDepacketizer::Close(AccessUnitSink& sink) {
  open_ = false;
  if (fragmented_ != std::byte{0}) {
    Count(RtpFault::kFragmentUnfinished);
    whole_ = false;
    fragmented_ = std::byte{0};
  }
  if (!whole_) {
    ++counters_.access_units_incomplete;
    return;
  }
  ++counters_.access_units_complete;
  sink.OnAccessUnit({.annex_b = access_unit_, .timestamp = timestamp_, .idr = idr_});
}

std::optional<RtpFault> RtpDepacketizer::TakePayload(std::span<const std::byte> payload) {
  if (payload.empty()) return RtpFault::kEmptyPayload;
  if (IsForbidden(payload[0])) return RtpFault::kForbiddenBit;
  const NalUnitType type = TypeOf(payload[0]);
  if (type == NalUnitType::kFuA) return TakeFragment(payload);
  if (fragmented_ != std::byte{0}) return RtpFault::kFragmentUnfinished;
  if (type == NalUnitType::kStapA) return TakeAggregate(payload);
  if (!IsSingleNalUnit(type)) return RtpFault::kUnsupportedType;
  return Append(payload[0], payload.subspan(1));
}

std::optional<RtpFault> RtpDepacketizer::TakeAggregate(std::span<const std::byte> payload) {
  std::span<const std::byte> rest = payload.subspan(kStapHeaderBytes);
  if (rest.empty()) return RtpFault::kBadAggregate;
  while (!rest.empty()) {
    if (rest.size() < kStapSizeBytes) return RtpFault::kBadAggregate;
    const std::size_t size = LoadBigEndian16(rest.data());
    rest = rest.subspan(kStapSizeBytes);
    if (size == 0 || size > rest.size()) return RtpFault::kBadAggregate;
    if (IsForbidden(rest[0])) return RtpFault::kForbiddenBit;
    if (!IsSingleNalUnit(TypeOf(rest[0]))) return RtpFault::kUnsupportedType;
    if (const auto fault = Append(rest[0], rest.subspan(1, size - 1))) return fault;
    rest = rest.subspan(size);
  }
  return std::nullopt;
}

std::optional<RtpFault> RtpDepacketizer::TakeFragment(std::span<const std::byte> payload) {
  if (payload.size() < kFuHeaderBytes) return RtpFault::kBadFragment;
  const bool start = (payload[1] & kFuStart) != std::byte{0};
  const bool end = (payload[1] & kFuEnd) != std::byte{0};
  const std::byte nal_header = (payload[0] & kNalRefIdcMask) | (payload[1] & kNalUnitTypeMask);
  const std::span<const std::byte> data = payload.subspan(kFuHeaderBytes);
  if ((start && end) || !IsSingleNalUnit(TypeOf(nal_header))) return RtpFault::kBadFragment;
  if (!whole_) return std::nullopt;  // its start may have been lost, and it will not be used
  if (start) {
    if (fragmented_ != std::byte{0}) return RtpFault::kFragmentUnfinished;
    fragmented_ = nal_header;
    return Append(nal_header, data);
  }
  if (fragmented_ != nal_header) return RtpFault::kFragmentWithoutStart;
  if (!HasRoomFor(data.size())) return RtpFault::kAccessUnitTooLarge;
  access_unit_.insert(access_unit_.end(), data.begin(), data.end());
  if (end) fragmented_ = std::byte{0};
  return std::nullopt;
}

std::optional<RtpFault> RtpDepacketizer::Append(std::byte nal_header,
                                                std::span<const std::byte> rest) {
  if (!whole_) return std::nullopt;
  if (!HasRoomFor(kStartCode.size() + 1 + rest.size())) return RtpFault::kAccessUnitTooLarge;
  idr_ |= TypeOf(nal_header) == NalUnitType::kIdrSlice;
  access_unit_.insert(access_unit_.end(), kStartCode.begin(), kStartCode.end());
  access_unit_.push_back(nal_header);
  access_unit_.insert(access_unit_.end(), rest.begin(), rest.end());
  return std::nullopt;
}

bool RtpDepacketizer::HasRoomFor(std::size_t bytes) const {
  return bytes <= options_.access_unit_bytes_max - access_unit_.size();
}

}  // namespace framefence::media
