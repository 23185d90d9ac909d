// A camera's byte stream to the system, as far as its reader can tell a TCP connection: every byte
// arrives, in order, in pieces cut anywhere. Where the network loses a segment it is sent again, and
// all behind it waits.
#ifndef FRAMEFENCE_HARNESS_SIM_CONNECTION_H_
#define FRAMEFENCE_HARNESS_SIM_CONNECTION_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/base/prng.h"
#include "harness/base/virtual_time.h"
#include "harness/sim/upload.h"

namespace framefence::sim {

class Connection {
 public:
  // Where byte streams are cut from now on.
  void Reset(const Prng& cuts) { cuts_ = cuts; }
  // A new one; what was not sent on the last is forgotten.
  void Open();

  // Hands it a datagram, to be interleaved.
  void Write(std::span<const std::byte> datagram, const FrameRange& frames);

  struct Segment {
    std::span<const std::byte> bytes;  // valid until the next Write()
    FrameRange frames;
  };
  // The next segment; none where all that may leave now has left, or the last one is waited for. Now
  // and then the end of what was written stays behind until more is.
  std::optional<Segment> Next();
  // When the segment can be read that comes at `arrival`: not before those sent earlier.
  VirtualTime InOrder(VirtualTime arrival) {
    return latest_arrival_ = std::max(latest_arrival_, arrival);
  }
  // What became of it. Lost: sent again after so long; nothing where the connection is given up.
  void OnSent();
  std::optional<VirtualDuration> OnLost();
  // The time is over.
  void Retry() { waiting_ = false; }

 private:
  static constexpr unsigned kTriesMax = 6;  // with twice the wait each time: some seconds
  static constexpr VirtualDuration kFirstWait = std::chrono::milliseconds(50);

  // A datagram's frames, and where its bytes end.
  struct Mark {
    std::size_t end = 0;
    FrameRange frames;
  };

  FrameRange FramesOf(std::size_t begin, std::size_t end) const;

  Prng cuts_;
  std::vector<std::byte> bytes_;  // written, from sent_ on not sent
  std::vector<Mark> marks_;
  std::size_t sent_ = 0;
  std::size_t may_leave_ = 0;  // up to here
  std::size_t segment_ = 0;    // bytes of the last segment
  unsigned tries_ = 0;         // of the segment that is waited for
  bool waiting_ = false;
  VirtualTime latest_arrival_{};
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_CONNECTION_H_
