#include "harness/sim/connection.h"

#include <algorithm>

#include "harness/media/interleaved.h"

namespace framefence::sim {
namespace {

constexpr std::uint8_t kChannel = 0;
// Most segments are cut within a few datagrams, some within a header.
constexpr std::uint32_t kSegmentBytesMax = 700;
constexpr std::uint32_t kSmallSegmentBytesMax = 8;

}  // namespace

void Connection::Open() {
  bytes_.clear();
  marks_.clear();
  sent_ = may_leave_ = segment_ = 0;
  tries_ = 0;
  waiting_ = false;
  latest_arrival_ = {};
}

void Connection::Write(std::span<const std::byte> datagram, const FrameRange& frames) {
  if (sent_ == bytes_.size()) {
    bytes_.clear();
    marks_.clear();
    sent_ = 0;
  }
  media::AppendInterleaved(kChannel, datagram, bytes_);
  marks_.push_back({bytes_.size(), frames});
  may_leave_ = bytes_.size();
  const bool keeps_back = cuts_.Below(8) == 0;
  if (keeps_back)
    may_leave_ -=
        cuts_.Below(static_cast<std::uint32_t>(media::kInterleavedHeaderBytes + datagram.size()));
}

std::optional<Connection::Segment> Connection::Next() {
  if (waiting_ || sent_ >= may_leave_) return std::nullopt;
  const std::uint32_t bytes_max = cuts_.Below(4) == 0 ? kSmallSegmentBytesMax : kSegmentBytesMax;
  segment_ = std::min<std::size_t>(1 + cuts_.Below(bytes_max), may_leave_ - sent_);
  return Segment{std::span(bytes_).subspan(sent_, segment_), FramesOf(sent_, sent_ + segment_)};
}

void Connection::OnSent() {
  sent_ += segment_;
  tries_ = 0;
}

std::optional<VirtualDuration> Connection::OnLost() {
  if (tries_ == kTriesMax) return std::nullopt;
  waiting_ = true;
  return kFirstWait * (1U << tries_++);
}

FrameRange Connection::FramesOf(std::size_t begin, std::size_t end) const {
  const auto first = std::ranges::upper_bound(marks_, begin, {}, &Mark::end);
  FrameRange frames = first->frames;
  for (auto mark = first + 1; mark != marks_.end() && (mark - 1)->end < end; ++mark) {
    frames.first = std::min(frames.first, mark->frames.first);
    frames.last = std::max(frames.last, mark->frames.last);
  }
  return frames;
}

}  // namespace framefence::sim
