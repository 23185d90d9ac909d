// Which SSRC a publisher sends as, where its session's description does not say: the first under
// which packets follow each other (RFC 3550 6.2.1 and A.1). One packet proves nothing, for it may be
// a stray.
//
// Only numbers are compared here. Whose packets they are is known before: the core tells a
// publisher's from a stranger's by where they come from.
#ifndef FRAMEFENCE_TARGETS_RELAY_SSRC_PROBATION_H_
#define FRAMEFENCE_TARGETS_RELAY_SSRC_PROBATION_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace relay {

class SsrcProbation {
 public:
  // Forgets what came in the session before.
  void StartSession() { *this = SsrcProbation(); }

  // The publisher's next packet. True: its SSRC has proved itself.
  bool OnPacket(std::uint32_t ssrc, std::uint16_t sequence_number) {
    Candidate& candidate = CandidateOf(ssrc);
    const bool follows = candidate.sequential > 0 && sequence_number == candidate.next;
    candidate.ssrc = ssrc;
    candidate.next = static_cast<std::uint16_t>(sequence_number + 1);
    candidate.sequential = follows ? candidate.sequential + 1 : 1;
    return candidate.sequential == kMinSequential;
  }

 private:
  static constexpr unsigned kMinSequential = 2;  // MIN_SEQUENTIAL of A.1
  struct Candidate {
    std::uint32_t ssrc = 0;
    std::uint16_t next = 0;
    unsigned sequential = 0;  // packets that followed each other; 0: the place is free
  };

  // Its own, or the place of the one that came first. Some, so that streams which a publisher sends
  // by turns do not keep each other from being proved.
  Candidate& CandidateOf(std::uint32_t ssrc) {
    for (Candidate& candidate : candidates_) {
      if (candidate.sequential > 0 && candidate.ssrc == ssrc) return candidate;
    }
    Candidate& replaced = candidates_[oldest_++ % candidates_.size()];
    replaced = Candidate();
    return replaced;
  }

  std::array<Candidate, 4> candidates_{};
  std::size_t oldest_ = 0;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_SSRC_PROBATION_H_
