// RTP captures in the binary format of rtptools' rtpdump, which rtpplay, ffmpeg and Wireshark know.
//
//   #!rtpplay1.0 ADDRESS/PORT\n
//   file header  start seconds 32, microseconds 32, source address 32, source port 16, padding 16
//   per packet   record length with this header 16, packet length 16 (0: RTCP), milliseconds since
//                the start 32, and the packet
//
// All numbers are in network byte order; widths are in bits.
#ifndef FRAMEFENCE_HARNESS_MEDIA_RTP_DUMP_H_
#define FRAMEFENCE_HARNESS_MEDIA_RTP_DUMP_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.h"

namespace framefence::media {

struct RtpDumpPacket {
  std::uint32_t offset_ms = 0;  // since the start of the capture
  bool rtcp = false;
  std::vector<std::byte> bytes;
  friend bool operator==(const RtpDumpPacket&, const RtpDumpPacket&) = default;
};

struct RtpDump {
  std::string destination = "0.0.0.0/0";  // ADDRESS/PORT, for people
  std::uint32_t start_s = 0;              // since 1970-01-01 UTC
  std::uint32_t start_us = 0;
  std::uint32_t source_address = 0;  // IPv4
  std::uint16_t source_port = 0;
  std::vector<RtpDumpPacket> packets;
  friend bool operator==(const RtpDump&, const RtpDump&) = default;
};

// Error: not this format, a record that is cut short or shorter than its own header, or a packet
// that was captured in part only (rtpdump -F header).
Result<RtpDump> ParseRtpDump(std::span<const std::byte> file);

// Error: a destination that does not fit on the first line, an empty packet, or one of more than
// 65527 bytes.
Result<std::vector<std::byte>> FormatRtpDump(const RtpDump& dump);

// The same from and to a file of up to 1 GiB.
Result<RtpDump> LoadRtpDump(const std::filesystem::path& path);
Outcome SaveRtpDump(const RtpDump& dump, const std::filesystem::path& path);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_RTP_DUMP_H_
