// What the relay has seen and refused, since Reset(). Only ever counted up.
#ifndef FRAMEFENCE_TARGETS_RELAY_COUNTERS_H_
#define FRAMEFENCE_TARGETS_RELAY_COUNTERS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "targets/relay/core/status.h"
#include "targets/relay/fec.h"
#include "targets/relay/interleaved.h"
#include "targets/relay/nal.h"
#include "targets/relay/reorder_window.h"
#include "targets/relay/rtcp.h"
#include "targets/relay/rtp.h"
#include "targets/relay/rtx.h"

namespace relay {

// One count for each value of an enum.
template <class Enum, std::size_t size>
class Tally {
 public:
  void Count(Enum what) { ++counts_[static_cast<std::size_t>(what)]; }
  std::uint64_t operator[](Enum what) const { return counts_[static_cast<std::size_t>(what)]; }

 private:
  std::array<std::uint64_t, size> counts_{};
};
using StatusTally = Tally<Status, kStatusCount>;
using PayloadTally = Tally<PayloadParse, kPayloadParseCount>;

struct Counters {
  // What the core or the parsers made of it.
  StatusTally datagrams;   // OnDatagram()
  StatusTally publishers;  // StartPublisher()
  StatusTally opens;       // OpenViewer()
  StatusTally packet_lends;
  StatusTally still_lends;

  Tally<InterleavedParse, kInterleavedParseCount> stream_pieces;  // OnStream()
  std::uint64_t stream_frames_too_large = 0;

  // Why datagrams were kMalformed, or went no further.
  Tally<RtpParse, kRtpParseCount> rtp;
  Tally<RtcpParse, kRtcpParseCount> rtcp;
  PayloadTally h264;
  PayloadTally h265;
  Tally<Place, kPlaceCount> places;
  Tally<RtxParse, kRtxParseCount> rtx;
  Tally<FecParse, kFecParseCount> fec;
  Tally<FecPlace, kFecPlaceCount> fec_places;            // of repair packets
  Tally<FecRecovery, kFecRecoveryCount> fec_recoveries;  // kNothing is not counted
  std::uint64_t foreign_payload_types = 0;
  std::uint64_t ssrc_collisions = 0;  // another source sent under a publisher's SSRC (RFC 3550 8.2)
  std::uint64_t foreign_ssrcs = 0;    // a publisher's source sent under another SSRC
  std::uint64_t foreign_codecs = 0;   // not the one of the publisher session

  // Sequence numbers given up, in all publisher sessions that have ended or go on.
  std::uint64_t packets_lost = 0;
  std::uint64_t packets_retransmitted = 0;  // by publishers (RFC 4588), of those that were missing
  std::uint64_t packets_recovered = 0;      // by forward error correction, likewise
  std::uint64_t gops_overflowed = 0;
  std::uint64_t packets_asked_for = 0;   // in NACKs to publishers
  std::uint64_t pictures_asked_for = 0;  // in PLIs to publishers
  std::uint64_t publishers_timed_out = 0;
  std::uint64_t publishers_said_bye = 0;

  std::uint64_t stills_completed = 0;
  std::uint64_t stills_torn = 0;       // begun, and a part of them was lost or out of place
  std::uint64_t stills_too_large = 0;  // for their slot
  std::uint64_t stills_bare = 0;       // without parameter sets, their own or remembered

  Tally<RtcpParse, kRtcpParseCount> viewer_rtcp;  // OnViewerDatagram()
  std::uint64_t packets_sent_again = 0;           // for viewers' NACKs
  std::uint64_t sends_refused = 0;                // by the transport
  std::uint64_t sends_paced = 0;                  // put off to the next pacing interval
  std::uint64_t queues_overflowed = 0;            // viewer sessions that fell too far behind
  std::uint64_t sessions_degraded = 0;
  std::uint64_t sessions_recovered = 0;
  std::uint64_t sessions_dropped = 0;  // because their grant was void
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_COUNTERS_H_
