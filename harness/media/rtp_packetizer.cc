#include "harness/media/rtp_packetizer.h"

#include <algorithm>
#include <cstring>

#include "harness/base/check.h"
#include "harness/media/big_endian.h"

namespace framefence::media {
namespace {

constexpr std::size_t kSizeBytes = 2;  // before each NAL unit of an aggregate

}  // namespace

void RtpPacketizer::Restart(const Options& options) {
  FRAMEFENCE_CHECK(options.packet_bytes_max >= kPacketBytesMin);
  FRAMEFENCE_CHECK(options.payload_type < 128);
  header_ = {.payload_type = options.payload_type,
             .sequence_number = options.first_sequence_number,
             .ssrc = options.ssrc};
  aggregate_ = options.aggregate;
  codec_ = options.codec;
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
  while (!nal_unit.empty() && !IsNalUnit(codec_, nal_unit)) {
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
         HeaderBytes(codec_) + 2 * kSizeBytes + current_.size() + ahead_.size() <=
             PayloadBytesMax();
}

std::size_t RtpPacketizer::WriteSingle() {
  const std::size_t size = current_.size();
  std::memcpy(Payload(), current_.data(), size);
  Advance();
  return size;
}

// F is the OR of the aggregated F bits, NRI the largest of the aggregated NRIs (5.7); of H.265 the
// temporal sub-layer is the lowest of those aggregated (RFC 7798 4.4.2), all of the base layer.
std::size_t RtpPacketizer::WriteAggregate() {
  std::byte forbidden{0};
  std::byte reference{0};
  std::byte sub_layer{0xff};
  std::size_t size = HeaderBytes(codec_);
  while (!current_.empty() && size + kSizeBytes + current_.size() <= PayloadBytesMax()) {
    forbidden |= current_[0] & kForbiddenZeroBit;
    reference = std::max(reference, current_[0] & kNalRefIdcMask);
    sub_layer = std::min(sub_layer, HeaderOf(codec_, current_)[1]);
    StoreBigEndian16(static_cast<std::uint16_t>(current_.size()), Payload() + size);
    std::memcpy(Payload() + size + kSizeBytes, current_.data(), current_.size());
    size += kSizeBytes + current_.size();
    Advance();
  }
  if (codec_ == Codec::kH264) {
    *Payload() = forbidden | reference | NalHeader(NalUnitType::kStapA, 0);
  } else {
    Payload()[0] = forbidden | H265Header(H265Type::kAggregation)[0];
    Payload()[1] = sub_layer;
  }
  return size;
}

// The NAL unit header travels split over the payload's header (all but the type) and the FU header
// (type), and not as payload.
std::size_t RtpPacketizer::WriteFragment() {
  const std::size_t header_bytes = HeaderBytes(codec_);
  const NalHeaderBytes nal_header = HeaderOf(codec_, current_);
  const bool start = fragmented_bytes_ == 0;
  if (start) fragmented_bytes_ = header_bytes;
  const std::size_t carried =
      std::min(current_.size() - fragmented_bytes_, PayloadBytesMax() - header_bytes - 1);
  std::memcpy(Payload() + header_bytes + 1, current_.data() + fragmented_bytes_, carried);
  fragmented_bytes_ += carried;
  const bool end = fragmented_bytes_ == current_.size();
  std::copy_n(FragmentHeader(codec_, nal_header).begin(), header_bytes, Payload());
  Payload()[header_bytes] = FragmentType(codec_, nal_header) | (start ? kFuStart : std::byte{0}) |
                            (end ? kFuEnd : std::byte{0});
  if (end) {
    fragmented_bytes_ = 0;
    Advance();
  }
  return header_bytes + 1 + carried;
}

}  // namespace framefence::media
