#include "harness/media/rtp_packetizer.h"

#include <algorithm>
#include <cstring>

#include "harness/base/check.h"
#include "harness/media/big_endian.h"

namespace framefence::media {
namespace {

constexpr std::size_t kStapHeaderBytes = 1;
constexpr std::size_t kStapSizeBytes = 2;
constexpr std::size_t kFuHeaderBytes = 2;  // FU indicator and FU header
constexpr std::byte kFuStart{0x80};
constexpr std::byte kFuEnd{0x40};

}  // namespace

void RtpPacketizer::Restart(const Options& options) {
  FRAMEFENCE_CHECK(options.packet_bytes_max >= kPacketBytesMin);
  FRAMEFENCE_CHECK(options.payload_type < 128);
  header_ = {.payload_type = options.payload_type,
             .sequence_number = options.first_sequence_number,
             .ssrc = options.ssrc};
  aggregate_ = options.aggregate;
  packet_.resize(options.packet_bytes_max);
  current_ = ahead_ = {};
  fragmented_bytes_ = 0;
  nal_units_skipped_ = 0;
}

void RtpPacketizer::Begin(std::span<const std::byte> access_unit, std::uint32_t timestamp) {
  header_.timestamp = timestamp;
  reader_ = AnnexBReader(access_unit);
  fragmented_bytes_ = 0;
  current_ = NextSendable();
  ahead_ = NextSendable();
}

std::span<const std::byte> RtpPacketizer::Next() {
  if (current_.empty()) return {};
  const std::size_t payload_bytes = current_.size() > PayloadBytesMax() ? WriteFragment()
                                    : CanAggregate()                    ? WriteAggregate()
                                                                        : WriteSingle();
  header_.marker = current_.empty();
  WriteRtpHeader(header_, std::span(packet_).first<kRtpHeaderBytes>());
  ++header_.sequence_number;
  return std::span(packet_).first(kRtpHeaderBytes + payload_bytes);
}

std::span<const std::byte> RtpPacketizer::NextSendable() {
  std::span<const std::byte> nal_unit = reader_.Next();
  while (!nal_unit.empty() && !IsSingleNalUnit(TypeOf(nal_unit[0]))) {
    ++nal_units_skipped_;
    nal_unit = reader_.Next();
  }
  return nal_unit;
}

void RtpPacketizer::Advance() {
  current_ = ahead_;
  if (!current_.empty()) ahead_ = NextSendable();
}

bool RtpPacketizer::CanAggregate() const {
  return aggregate_ && !ahead_.empty() &&
         kStapHeaderBytes + 2 * kStapSizeBytes + current_.size() + ahead_.size() <=
             PayloadBytesMax();
}

std::size_t RtpPacketizer::WriteSingle() {
  const std::size_t size = current_.size();
  std::memcpy(Payload(), current_.data(), size);
  Advance();
  return size;
}

// F is the OR of the aggregated F bits, NRI the largest of the aggregated NRIs (5.7).
std::size_t RtpPacketizer::WriteAggregate() {
  std::byte forbidden{0};
  std::byte reference{0};
  std::size_t size = kStapHeaderBytes;
  while (!current_.empty() && size + kStapSizeBytes + current_.size() <= PayloadBytesMax()) {
    forbidden |= current_[0] & kForbiddenZeroBit;
    reference = std::max(reference, current_[0] & kNalRefIdcMask);
    StoreBigEndian16(static_cast<std::uint16_t>(current_.size()), Payload() + size);
    std::memcpy(Payload() + size + kStapSizeBytes, current_.data(), current_.size());
    size += kStapSizeBytes + current_.size();
    Advance();
  }
  *Payload() = forbidden | reference | NalHeader(NalUnitType::kStapA, 0);
  return size;
}

// The NAL unit header travels split over the FU indicator (F, NRI) and the FU header (type), and
// not as payload.
std::size_t RtpPacketizer::WriteFragment() {
  const std::byte nal_header = current_[0];
  const bool start = fragmented_bytes_ == 0;
  if (start) fragmented_bytes_ = 1;
  const std::size_t carried =
      std::min(current_.size() - fragmented_bytes_, PayloadBytesMax() - kFuHeaderBytes);
  std::memcpy(Payload() + kFuHeaderBytes, current_.data() + fragmented_bytes_, carried);
  fragmented_bytes_ += carried;
  const bool end = fragmented_bytes_ == current_.size();
  Payload()[0] = (nal_header & ~kNalUnitTypeMask) | NalHeader(NalUnitType::kFuA, 0);
  Payload()[1] = (nal_header & kNalUnitTypeMask) | (start ? kFuStart : std::byte{0}) |
                 (end ? kFuEnd : std::byte{0});
  if (end) {
    fragmented_bytes_ = 0;
    Advance();
  }
  return kFuHeaderBytes + carried;
}

}  // namespace framefence::media
