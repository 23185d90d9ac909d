#include "harness/media/flex_fec.h"

#include <algorithm>

#include "harness/base/check.h"
#include "harness/media/big_endian.h"
#include "harness/media/rtp_packet.h"

namespace framefence::media {
namespace {

constexpr std::size_t kRecoveryAt = kRtpHeaderBytes + 4;  // behind the one CSRC
constexpr std::size_t kSequenceBaseAt = kRecoveryAt + 8;
constexpr std::size_t kMaskAt = kSequenceBaseAt + 2;
constexpr std::size_t kPayloadAt = kMaskAt + 2;
static_assert(kPayloadAt == kRtpHeaderBytes + FlexFecSender::kOverheadBytes);

constexpr std::byte kOneCsrc{0x81};  // and version 2

}  // namespace

void FlexFecSender::Restart(const Options& options) {
  FRAMEFENCE_CHECK(options.packets <= kPacketsMax);
  next_ = options;
  pending_ = 0;
}

std::span<const std::byte> FlexFecSender::Add(std::span<const std::byte> packet) {
  if (next_.packets == 0) return {};
  if (pending_ == 0) Begin(packet);
  XorIn(packet);
  if (++pending_ < next_.packets) return {};
  // k = 0: the mask has no second part. Its first bit stands for SN base.
  StoreBigEndian16(static_cast<std::uint16_t>(((1U << pending_) - 1) << (kPacketsMax - pending_)),
                   &repair_[kMaskAt]);
  std::copy_n(packet.begin() + 4, 4, repair_.begin() + 4);  // sent when the last of them is
  pending_ = 0;
  return repair_;
}

void FlexFecSender::Begin(std::span<const std::byte> packet) {
  repair_.assign(kPayloadAt, std::byte{0});
  repair_[0] = kOneCsrc;
  repair_[1] = std::byte{next_.payload_type};
  StoreBigEndian16(next_.first_sequence_number++, &repair_[2]);
  StoreBigEndian32(next_.ssrc, &repair_[8]);
  StoreBigEndian32(next_.source_ssrc, &repair_[kRtpHeaderBytes]);
  StoreBigEndian16(SequenceNumberOf(packet), &repair_[kSequenceBaseAt]);
}

// Section 6.2: the first two octets but the version, where R and F = 0 stand; the length of what
// follows the fixed header; the timestamp; all that follows, filled up with zeros.
void FlexFecSender::XorIn(std::span<const std::byte> packet) {
  const auto xor_in = [&](std::size_t to, std::span<const std::byte> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) repair_[to + i] ^= bytes[i];
  };
  constexpr std::byte kVersionBits{0xc0};
  const std::size_t length = packet.size() - kRtpHeaderBytes;
  repair_.resize(std::max(repair_.size(), kPayloadAt + length));
  xor_in(kRecoveryAt, packet.first(2));
  repair_[kRecoveryAt] &= ~kVersionBits;
  repair_[kRecoveryAt + 2] ^= static_cast<std::byte>(length >> 8);
  repair_[kRecoveryAt + 3] ^= static_cast<std::byte>(length);
  xor_in(kRecoveryAt + 4, packet.subspan(4, 4));
  xor_in(kPayloadAt, packet.subspan(kRtpHeaderBytes));
}

}  // namespace framefence::media
