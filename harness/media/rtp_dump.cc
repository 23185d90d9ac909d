#include "harness/media/rtp_dump.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/base/files.h"
#include "harness/media/big_endian.h"

namespace framefence::media {
namespace {

constexpr std::string_view kMagic = "#!rtpplay1.0 ";
constexpr std::size_t kDestinationBytesMax = 255;
constexpr std::size_t kFileHeaderBytes = 16;
constexpr std::size_t kRecordHeaderBytes = 8;
constexpr std::size_t kPacketBytesMax = 0xffff - kRecordHeaderBytes;
constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;

// Takes the first line off `file` and returns what follows the magic.
Result<std::string> TakeDestination(std::span<const std::byte>& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()),
                              std::min(file.size(), kMagic.size() + kDestinationBytesMax + 1));
  const std::size_t line_end = text.find('\n');
  if (!text.starts_with(kMagic) || line_end == text.npos) {
    return Error{"no rtpdump file: the first line is not \"#!rtpplay1.0 ADDRESS/PORT\""};
  }
  file = file.subspan(line_end + 1);
  return std::string(text.substr(kMagic.size(), line_end - kMagic.size()));
}

// Takes one record off `rest`, which is not empty.
Result<RtpDumpPacket> TakeRecord(std::span<const std::byte>& rest) {
  if (rest.size() < kRecordHeaderBytes) return Error{"the record header is cut short"};
  const std::size_t record_bytes = LoadBigEndian16(&rest[0]);
  const std::size_t packet_bytes = LoadBigEndian16(&rest[2]);
  if (record_bytes <= kRecordHeaderBytes) return Error{"the record holds no packet"};
  if (record_bytes > rest.size()) {
    return Error{fmt::format("the record is cut short: {} of {} bytes", rest.size(), record_bytes)};
  }
  const std::size_t captured_bytes = record_bytes - kRecordHeaderBytes;
  if (packet_bytes != 0 && packet_bytes != captured_bytes) {
    return Error{fmt::format("{} of {} packet bytes were captured", captured_bytes, packet_bytes)};
  }
  const auto bytes = rest.subspan(kRecordHeaderBytes, captured_bytes);
  RtpDumpPacket packet{.offset_ms = LoadBigEndian32(&rest[4]),
                       .rtcp = packet_bytes == 0,
                       .bytes = {bytes.begin(), bytes.end()}};
  rest = rest.subspan(record_bytes);
  return packet;
}

void AppendRecord(const RtpDumpPacket& packet, std::vector<std::byte>& out) {
  const std::size_t start = out.size();
  out.resize(start + kRecordHeaderBytes);
  const auto packet_bytes = static_cast<std::uint16_t>(packet.bytes.size());
  StoreBigEndian16(static_cast<std::uint16_t>(kRecordHeaderBytes + packet_bytes), &out[start]);
  StoreBigEndian16(packet.rtcp ? std::uint16_t{0} : packet_bytes, &out[start + 2]);
  StoreBigEndian32(packet.offset_ms, &out[start + 4]);
  out.insert(out.end(), packet.bytes.begin(), packet.bytes.end());
}

}  // namespace

Result<RtpDump> ParseRtpDump(std::span<const std::byte> file) {
  std::span<const std::byte> rest = file;
  Result<std::string> destination = TakeDestination(rest);
  if (!destination) return destination.error();
  if (rest.size() < kFileHeaderBytes) return Error{"the file header is cut short"};
  RtpDump dump{.destination = std::move(destination).value(),
               .start_s = LoadBigEndian32(&rest[0]),
               .start_us = LoadBigEndian32(&rest[4]),
               .source_address = LoadBigEndian32(&rest[8]),
               .source_port = LoadBigEndian16(&rest[12])};
  rest = rest.subspan(kFileHeaderBytes);
  while (!rest.empty()) {
    Result<RtpDumpPacket> packet = TakeRecord(rest);
    if (!packet) {
      return Error{fmt::format("packet {}: {}", dump.packets.size(), packet.error().message)};
    }
    dump.packets.push_back(std::move(packet).value());
  }
  return dump;
}

Result<std::vector<std::byte>> FormatRtpDump(const RtpDump& dump) {
  if (dump.destination.size() > kDestinationBytesMax ||
      dump.destination.find('\n') != std::string::npos) {
    return Error{"the destination does not fit on the first line of an rtpdump file"};
  }
  const std::string line = fmt::format("{}{}\n", kMagic, dump.destination);
  const auto line_bytes = std::as_bytes(std::span(line));
  std::vector<std::byte> out(line_bytes.begin(), line_bytes.end());
  out.resize(out.size() + kFileHeaderBytes);  // the padding stays 0
  std::byte* const header = out.data() + line.size();
  StoreBigEndian32(dump.start_s, header);
  StoreBigEndian32(dump.start_us, header + 4);
  StoreBigEndian32(dump.source_address, header + 8);
  StoreBigEndian16(dump.source_port, header + 12);
  for (const RtpDumpPacket& packet : dump.packets) {
    if (packet.bytes.empty() || packet.bytes.size() > kPacketBytesMax) {
      return Error{fmt::format("an rtpdump record cannot hold {} bytes", packet.bytes.size())};
    }
    AppendRecord(packet, out);
  }
  return out;
}

Result<RtpDump> LoadRtpDump(const std::filesystem::path& path) {
  Result<std::vector<std::byte>> file = ReadFile(path, kFileBytesMax);
  if (!file) return file.error();
  Result<RtpDump> dump = ParseRtpDump(*file);
  if (!dump) return Error{fmt::format("{}: {}", path.string(), dump.error().message)};
  return dump;
}

Outcome SaveRtpDump(const RtpDump& dump, const std::filesystem::path& path) {
  Result<std::vector<std::byte>> file = FormatRtpDump(dump);
  if (!file) return file.error();
  return WriteFileWhole(path, *file);
}

}  // namespace framefence::media
