// How large a deployment is, and what it promises in time. Relay::Reset() refuses what is out of range.
#ifndef FRAMEFENCE_TARGETS_RELAY_OPTIONS_H_
#define FRAMEFENCE_TARGETS_RELAY_OPTIONS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace relay {

// The most packets that one publisher session can have waiting for an earlier one.
inline constexpr std::uint32_t kReorderPacketsLimit = 64;

// The most packets that forward error correction can look back over; a repair packet names 110.
inline constexpr std::uint32_t kFecPacketsLimit = 4096;

struct Options {
  // Ids run from 0 to count - 1; any other is unknown. At least one camera; fewer than 2^32 - 1 names of all accounts,
  // and links.
  std::uint32_t accounts = 4;
  std::uint32_t cameras = 4;
  std::uint32_t names = 2;  // that each account can give
  std::uint32_t integrations = 1;
  // Publisher sessions, and viewer sessions, at a time; who comes when they are taken is refused.
  std::uint32_t ports = 3;
  std::uint32_t viewers = 8;
  // Of these, how many one account may have. 0: all. With shares that add up, no account's load
  // keeps another out.
  std::uint32_t ports_per_account = 0;
  std::uint32_t viewers_per_account = 0;

  // The most that packets, stills and error correction may take; a deployment that needs more is refused. 0: no bound.
  std::uint64_t memory_bytes_max = 0;

  // The packets that are kept for each port; a power of two, so that a packet's slot is a mask away. A longer GOP is
  // given up, and who opens meanwhile waits for the next IDR picture.
  std::uint32_t gop_packets_max = 64;
  // How many packets may wait for an earlier one, 1..min(kReorderPacketsLimit, gop_packets_max), before that one counts
  // as lost.
  std::uint32_t reorder_packets_max = 32;
  // The largest datagram, at least an RTP header; a larger one is refused.
  std::uint32_t packet_bytes_max = 1500;
  std::uint32_t still_bytes_max = 4096;  // the largest access unit that can become a still
  // To and from the relay (RFC 3551 section 3, dynamic), and of publishers' repair streams; below
  // 128, no two alike.
  std::uint8_t payload_type = 96;  // of H.264
  std::uint8_t payload_type_h265 = 97;
  std::uint8_t payload_type_rtx = 98;       // retransmissions of H.264 (RFC 4588 8.6)
  std::uint8_t payload_type_rtx_h265 = 99;  // and of H.265
  std::uint8_t payload_type_fec = 100;      // FlexFEC (RFC 8627 5.1)

  // How far back packets are kept to recover others from, 0..kFecPacketsLimit. 0: no forward error
  // correction. A port takes (fec_packets_max + 33) * packet_bytes_max bytes for it.
  std::uint32_t fec_packets_max = 0;

  // How long a gap in the sequence numbers holds up what came after it, before it counts as lost; 0 or more. Longer,
  // more is repaired, and viewers see it later.
  std::chrono::microseconds reorder_wait = std::chrono::milliseconds(20);
  // A gap is asked for when it is so old (what is merely out of order comes meanwhile), and again
  // after each interval, until it counts as lost: reorder_wait above the round trip makes it useful.
  // 0 or more, and above 0.
  std::chrono::microseconds nack_after = std::chrono::milliseconds(5);
  std::chrono::microseconds nack_interval = std::chrono::milliseconds(10);
  // A publisher is asked for an IDR picture no more often; 0 or more. Longer, viewers wait longer after a loss.
  std::chrono::microseconds picture_interval = std::chrono::milliseconds(500);
  // Between receiver reports to a publisher (RFC 3550 6.2); above 0.
  std::chrono::microseconds report_interval = std::chrono::seconds(5);
  // A publisher session that sends nothing for so long is over, and its port free; above 0.
  std::chrono::microseconds publisher_timeout = std::chrono::seconds(5);
  // A token, and the viewer session that it opened, is over so long after it was signed; above 0.
  std::chrono::microseconds token_lifetime = std::chrono::seconds(300);
  // No still that came longer ago is shown (ISO-005); 0 or more.
  std::chrono::microseconds still_age_max = std::chrono::seconds(10);
  // Between two stills to a degraded viewer session; above 0.
  std::chrono::microseconds still_interval = std::chrono::seconds(1);

  // How many packets of its camera's a viewer session may be behind, because it is paced or its transport is full, at
  // least 1. Those of the newest access unit do not count: a picture is larger than its pace. One that falls further
  // waits for the next IDR picture. Its queue is a place in the camera's GOP cache and takes no memory: beyond
  // gop_packets_max - reorder_packets_max it would be overwritten.
  std::uint32_t queue_packets_max = 48;
  // After so many IDR pictures missed in a row, each for a queue that ran over or a transport that
  // stayed full, a viewer session of an integration is served stills until its transport takes packets again.
  // At least 1.
  std::uint8_t overflows_to_stills = 2;
  // A viewer session is sent no more than pacing_bytes and one packet in each pacing_interval (above 0, 1 s at
  // most), so that an IDR picture or a GOP does not leave in one burst. 0 bytes: as fast as they come. Below its
  // camera's rate, the session falls behind (queue_packets_max).
  std::uint32_t pacing_bytes = 64 * 1024;
  std::chrono::microseconds pacing_interval = std::chrono::milliseconds(5);

  // Under loss, a viewer session of an integration is served stills in place of packets: above
  // degrade_at, until below recover_at. Fractions lost as in an RTCP receiver report, n/256 (RFC
  // 3550 6.4.1); recover_at is no more than degrade_at. Without still_fallback it is sent packets whatever is lost.
  bool still_fallback = true;
  std::uint8_t degrade_at = 64;
  std::uint8_t recover_at = 16;

  // Signs tokens, seals saved states and hides what streams are called. REQUIRES: a new one for each
  // Reset(), from a good random source: epochs start anew there, so an old token must not verify.
  // The same again for Relay::Resume(), where they go on.
  std::array<std::byte, 32> secret{};

  // Which relay this is of those that share the accounts and the secret (workers/sharded_relay.h): no
  // two of them call two streams alike. The same again for Relay::Resume().
  std::uint16_t shard = 0;

  // What an integration is told to open, and what is spoken there: "hls", "dash", "smooth_stream",
  // "progressive_mp4" or "webrtc". REQUIRES: both outlive the deployment.
  std::string_view access_url = "https://relay.invalid/stream";
  std::string_view stream_protocol = "hls";
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_OPTIONS_H_
