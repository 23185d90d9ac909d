// How a camera sends in a publisher session, beyond one RTP stream of H.264 in datagrams.
#ifndef FRAMEFENCE_HARNESS_SIM_UPLOAD_H_
#define FRAMEFENCE_HARNESS_SIM_UPLOAD_H_

namespace framefence::sim {

struct Upload {
  bool unsignalled = false;  // its SSRC is not signalled
  friend bool operator==(const Upload&, const Upload&) = default;
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_UPLOAD_H_
