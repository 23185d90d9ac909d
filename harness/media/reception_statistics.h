// What a receiver reports of an RTP stream (RFC 3550 6.4.1, computed as in appendix A.3).
#ifndef FRAMEFENCE_HARNESS_MEDIA_RECEPTION_STATISTICS_H_
#define FRAMEFENCE_HARNESS_MEDIA_RECEPTION_STATISTICS_H_

#include <algorithm>
#include <cstdint>

namespace framefence::media {

class ReceptionStatistics {
 public:
  // Counts a packet by its extended sequence number: 16 bits as sent, above them the number of
  // wraps. Late and repeated packets count as received, as A.3 has it.
  void Count(std::int64_t sequence) {
    if (received_ == 0) base_ = highest_ = sequence;
    highest_ = std::max(highest_, sequence);
    ++received_;
  }

  std::int64_t expected() const { return received_ == 0 ? 0 : highest_ - base_ + 1; }
  std::int64_t received() const { return received_; }

  // Negative where packets were repeated.
  std::int64_t lost() const { return expected() - received_; }

  // The fraction lost since the last call, in 1/256; 0 where more came than was expected.
  std::uint8_t TakeFractionLost() {
    const std::int64_t expected_now = expected() - expected_before_;
    const std::int64_t lost_now = expected_now - (received_ - received_before_);
    expected_before_ = expected();
    received_before_ = received_;
    if (expected_now <= 0 || lost_now <= 0) return 0;
    // 256/256, nothing of a whole interval received, cannot be seen: such an interval expects
    // nothing either.
    return static_cast<std::uint8_t>(std::min<std::int64_t>(lost_now * 256 / expected_now, 255));
  }

 private:
  std::int64_t base_ = 0;
  std::int64_t highest_ = 0;
  std::int64_t received_ = 0;
  std::int64_t expected_before_ = 0;
  std::int64_t received_before_ = 0;
};

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_RECEPTION_STATISTICS_H_
