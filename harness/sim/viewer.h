// A simulated viewer: the display or the phone at the far end of a lossy link.
#ifndef FRAMEFENCE_HARNESS_SIM_VIEWER_H_
#define FRAMEFENCE_HARNESS_SIM_VIEWER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/base/ids.h"
#include "harness/cases/options.h"
#include "harness/contract/system_under_test.h"
#include "harness/media/rtcp_feedback.h"
#include "harness/media/rtp_depacketizer.h"
#include "harness/net/link.h"

namespace framefence::sim {

// What was asked for when its session was opened; kept for reconnecting.
struct ViewerSession {
  contract::RequestNumber number = 0;  // of the open request; 0: none was ever opened
  AccountId account;
  NameId name;
  contract::AccessPath path = contract::AccessPath::kApp;
  IntegrationId integration;
  std::optional<std::uint32_t> token;  // opened on this one, and not by name
  bool forged = false;
  bool wanted = false;  // opened, and not closed by the viewer itself
};

class Viewer {
 public:
  void Reset(ViewerId id, const cases::WorldOptions& options);
  // A new session at this place: what was received before is forgotten.
  void StartSession(const ViewerSession& started);

  // What its receiver report says of the time since the last one (RFC 3550 6.4.1), n/256. None from
  // a viewer that heard nothing: it has no source to report on. One that is served stills, and no
  // packets, has nothing to complain of.
  std::optional<std::uint8_t> TakeFractionLost();
  void OnStill() { ++stills_; }
  // What the last report said that was of packets.
  std::uint8_t last_fraction_lost() const { return last_fraction_lost_; }

  // What it asks for in RTCP because of what is missing before this packet; empty: nothing. Valid
  // until the next call. REQUIRES: the packet has a whole fixed header.
  std::span<const std::byte> Miss(std::span<const std::byte> packet);

  ViewerId id() const { return id_; }

  ViewerSession session;
  net::Link downlink;
  VirtualTime stalled_until;  // until then nothing can be sent to it
  // A picture does not wait for what a few later packets have overtaken. Where links reorder that
  // costs a picture, but is no loss in any report: what comes late, or twice, counts as received
  // (RFC 3550 A.3). What it asked for meanwhile it gets twice.
  media::RtpDepacketizer depacketizer{media::RtpDepacketizer::Options{.reorder_window = 4}};

 private:
  ViewerId id_;
  std::uint64_t stills_ = 0;
  std::uint64_t heard_ = 0;    // packets and stills, at the last report
  std::uint64_t packets_ = 0;  // of these
  std::uint8_t last_fraction_lost_ = 0;
  std::optional<std::uint16_t> newest_;  // sequence number
  std::array<std::byte, sizeof(media::NackPacket)> request_{};
};

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_VIEWER_H_
