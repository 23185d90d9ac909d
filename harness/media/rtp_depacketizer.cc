#include "harness/media/rtp_depacketizer.h"

#include <algorithm>

#include "harness/base/check.h"
#include "harness/media/big_endian.h"

namespace framefence::media {
namespace {

constexpr std::size_t kSizeBytes = 2;  // before each NAL unit of an aggregate
constexpr NalHeaderBytes kNone{};      // of no NAL unit that is sent

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

// Whether the payload's first NAL unit can only be the first of its access unit.
bool BeginsUnit(Codec codec, std::span<const std::byte> payload) {
  if (payload.empty()) return false;
  const std::size_t aggregated = HeaderBytes(codec) + kSizeBytes;
  const bool is_aggregate = StructureOf(codec, payload[0]) == Structure::kAggregate;
  return BeginsAccessUnit(
      codec, is_aggregate && payload.size() > aggregated ? payload[aggregated] : payload[0]);
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
  fragmented_ = kNone;
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
  fragmented_ = kNone;
}

void RtpDepacketizer::Take(const RtpPacket& packet, AccessUnitSink& sink) {
  if (open_ && packet.timestamp != timestamp_) Close(sink);
  const std::optional<Codec> codec = CodecOf(packet);
  codec_ = codec.value_or(codec_);
  if (!open_) Open(packet);
  first_ = false;
  contiguous_ = true;
  const std::optional<RtpFault> fault =
      codec ? TakePayload(packet.payload) : RtpFault::kWrongPayloadType;
  if (fault) {
    Count(*fault);
    whole_ = false;
    fragmented_ = kNone;
  }
  if (packet.marker) Close(sink);
}

void RtpDepacketizer::Open(const RtpPacket& packet) {
  open_ = true;
  whole_ = contiguous_ || (first_ && BeginsUnit(codec_, packet.payload));
  idr_ = false;
  timestamp_ = packet.timestamp;
  access_unit_.clear();
}

void RtpDepacketizer::Close(AccessUnitSink& sink) {
  open_ = false;
  if (fragmented_ != kNone) {
    Count(RtpFault::kFragmentUnfinished);
    whole_ = false;
    fragmented_ = kNone;
  }
  if (!whole_) {
    ++counters_.access_units_incomplete;
    return;
  }
  ++counters_.access_units_complete;
  sink.OnAccessUnit({.annex_b = access_unit_, .timestamp = timestamp_, .idr = idr_});
}

std::optional<Codec> RtpDepacketizer::CodecOf(const RtpPacket& packet) const {
  if (packet.payload_type == options_.payload_type) return Codec::kH264;
  if (packet.payload_type == options_.payload_type_h265) return Codec::kH265;
  return std::nullopt;
}

std::optional<RtpFault> RtpDepacketizer::TakePayload(std::span<const std::byte> payload) {
  if (payload.empty()) return RtpFault::kEmptyPayload;
  if (IsForbidden(payload[0])) return RtpFault::kForbiddenBit;
  const Structure structure = StructureOf(codec_, payload[0]);
  if (structure == Structure::kFragment) return TakeFragment(payload);
  if (fragmented_ != kNone) return RtpFault::kFragmentUnfinished;
  if (structure == Structure::kAggregate) return TakeAggregate(payload);
  if (!IsNalUnit(codec_, payload)) return RtpFault::kUnsupportedType;
  return Append(HeaderOf(codec_, payload), payload.subspan(HeaderBytes(codec_)));
}

std::optional<RtpFault> RtpDepacketizer::TakeAggregate(std::span<const std::byte> payload) {
  const std::size_t header_bytes = HeaderBytes(codec_);
  if (payload.size() <= header_bytes) return RtpFault::kBadAggregate;
  std::span<const std::byte> rest = payload.subspan(header_bytes);
  while (!rest.empty()) {
    if (rest.size() < kSizeBytes) return RtpFault::kBadAggregate;
    const std::size_t size = LoadBigEndian16(rest.data());
    rest = rest.subspan(kSizeBytes);
    if (size < header_bytes || size > rest.size()) return RtpFault::kBadAggregate;
    if (IsForbidden(rest[0])) return RtpFault::kForbiddenBit;
    if (!IsNalUnit(codec_, rest)) return RtpFault::kUnsupportedType;
    const auto body = rest.subspan(header_bytes, size - header_bytes);
    if (const auto fault = Append(HeaderOf(codec_, rest), body)) return fault;
    rest = rest.subspan(size);
  }
  return std::nullopt;
}

std::optional<RtpFault> RtpDepacketizer::TakeFragment(std::span<const std::byte> payload) {
  const std::size_t header_bytes = HeaderBytes(codec_);
  if (payload.size() <= header_bytes) return RtpFault::kBadFragment;
  const std::byte fu_header = payload[header_bytes];
  const bool start = (fu_header & kFuStart) != std::byte{0};
  const bool end = (fu_header & kFuEnd) != std::byte{0};
  const NalHeaderBytes header = Unfragmented(codec_, HeaderOf(codec_, payload), fu_header);
  const std::span<const std::byte> data = payload.subspan(header_bytes + 1);
  if ((start && end) || !IsNalUnit(codec_, header)) return RtpFault::kBadFragment;
  if (!whole_) return std::nullopt;  // its start may have been lost, and it will not be used
  if (start) {
    if (fragmented_ != kNone) return RtpFault::kFragmentUnfinished;
    fragmented_ = header;
    return Append(header, data);
  }
  if (fragmented_ != header) return RtpFault::kFragmentWithoutStart;
  if (!HasRoomFor(data.size())) return RtpFault::kAccessUnitTooLarge;
  access_unit_.insert(access_unit_.end(), data.begin(), data.end());
  if (end) fragmented_ = kNone;
  return std::nullopt;
}

std::optional<RtpFault> RtpDepacketizer::Append(NalHeaderBytes header,
                                                std::span<const std::byte> rest) {
  if (!whole_) return std::nullopt;
  const std::size_t header_bytes = HeaderBytes(codec_);
  if (!HasRoomFor(kStartCode.size() + header_bytes + rest.size()))
    return RtpFault::kAccessUnitTooLarge;
  idr_ |= IsIdrSlice(codec_, header[0]);
  access_unit_.insert(access_unit_.end(), kStartCode.begin(), kStartCode.end());
  access_unit_.insert(access_unit_.end(), header.begin(),
                      header.begin() + static_cast<std::ptrdiff_t>(header_bytes));
  access_unit_.insert(access_unit_.end(), rest.begin(), rest.end());
  return std::nullopt;
}

bool RtpDepacketizer::HasRoomFor(std::size_t bytes) const {
  return bytes <= options_.access_unit_bytes_max - access_unit_.size();
}

}  // namespace framefence::media
