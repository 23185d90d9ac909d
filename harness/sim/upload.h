// How a camera sends in a publisher session, beyond one RTP stream of H.264 in datagrams.
#ifndef FRAMEFENCE_HARNESS_SIM_UPLOAD_H_
#define FRAMEFENCE_HARNESS_SIM_UPLOAD_H_

#include <cstdint>

#include "harness/base/ids.h"
#include "harness/media/codec.h"

namespace framefence::sim {

struct Upload {
  bool unsignalled = false;  // its SSRC is not signalled: then there is no repair stream
  media::Codec codec = media::Codec::kH264;  // of synthetic frames
  bool byte_stream = false;                  // its datagrams come interleaved in a byte stream
  bool retransmits = false;  // what it is asked for again it sends in a stream of its own
  // That a repair packet protects; 0: there are none.
  std::uint8_t fec_packets = 0;
  friend bool operator==(const Upload&, const Upload&) = default;
};

// The frames that bytes on their way are of, the first and the last. Of a repair packet: which it can
// bring back.
struct FrameRange {
  FrameNumber first;
  FrameNumber last;
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_UPLOAD_H_
