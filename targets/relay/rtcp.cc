#include "targets/relay/rtcp.h"

#include <algorithm>

#include "targets/relay/big_endian.h"

namespace relay {
namespace {

constexpr std::size_t kWordBytes = 4;
constexpr unsigned kVersion = 2;
constexpr unsigned kCountMask = 0x1f;
constexpr std::byte kPaddingBit{0x20};
constexpr std::size_t kSenderInfoBytes = 20;
constexpr std::size_t kReportBlockBytes = 24;
constexpr std::size_t kFeedbackSourcesBytes = 8;  // who asks, and of whom
constexpr std::size_t kFirEntryBytes = 8;

// Packet types (RFC 3550 12.1, RFC 4585 6.1), and formats of the last two.
constexpr unsigned kSenderReportType = 200;
constexpr unsigned kReceiverReportType = 201;
constexpr unsigned kSourceDescriptionType = 202;
constexpr unsigned kByeType = 203;
constexpr unsigned kTransportFeedbackType = 205;
constexpr unsigned kPayloadFeedbackType = 206;
constexpr unsigned kGenericNackFormat = 1;
constexpr unsigned kPictureLossFormat = 1;
constexpr unsigned kFullIntraRequestFormat = 4;

constexpr std::uint8_t kCnameItem = 1;

using Bytes = std::span<const std::byte>;

std::uint32_t WordAt(Bytes bytes, std::size_t offset) {
  return ReadBigEndian<std::uint32_t>(&bytes[offset]);
}

// One packet of a compound; the body is what follows its header, without padding.
struct Packet {
  unsigned count = 0;  // of blocks or sources; of feedback the format
  unsigned type = 0;
  Bytes body;
};

RtcpParse TakePacket(Bytes& rest, Packet& packet) {
  if (rest.size() < kWordBytes) return RtcpParse::kTooShort;
  const auto first = std::to_integer<unsigned>(rest[0]);
  if (first >> 6 != kVersion) return RtcpParse::kBadVersion;
  const std::size_t bytes = kWordBytes * (std::size_t{1} + ReadBigEndian<std::uint16_t>(&rest[2]));
  if (rest.size() < bytes) return RtcpParse::kBadLength;
  packet.count = first & kCountMask;
  packet.type = std::to_integer<unsigned>(rest[1]);
  packet.body = rest.subspan(kWordBytes, bytes - kWordBytes);
  const bool padded = (rest[0] & kPaddingBit) != std::byte{0};
  rest = rest.subspan(bytes);
  if (!padded) return RtcpParse::kOk;
  // 6.4.1: on the last packet only; the padding's last byte counts all of it.
  const auto padding = packet.body.empty() ? 0 : std::to_integer<std::size_t>(packet.body.back());
  if (!rest.empty() || padding == 0 || padding % kWordBytes != 0 || padding > packet.body.size())
    return RtcpParse::kBadPadding;
  packet.body = packet.body.first(packet.body.size() - padding);
  return RtcpParse::kOk;
}

ReportBlock ReadBlock(Bytes bytes) {
  ReportBlock block;
  block.ssrc = WordAt(bytes, 0);
  const std::uint32_t losses = WordAt(bytes, 4);
  block.fraction_lost = static_cast<std::uint8_t>(losses >> 24);
  block.packets_lost = static_cast<std::int32_t>(losses << 8) >> 8;
  block.highest_sequence = WordAt(bytes, 8);
  block.jitter = WordAt(bytes, 12);
  block.last_sender_report = WordAt(bytes, 16);
  block.delay_since_last_sr = WordAt(bytes, 20);
  return block;
}

bool ReadBlocks(const Packet& packet, std::size_t offset, RtcpCompound& compound) {
  if (packet.body.size() < offset + packet.count * kReportBlockBytes) return false;
  for (unsigned i = 0; i < packet.count; ++i) {
    compound.report_blocks.Add(
        ReadBlock(packet.body.subspan(offset + i * kReportBlockBytes, kReportBlockBytes)));
  }
  return true;
}

bool ReadSenderReport(const Packet& packet, RtcpCompound& compound) {
  constexpr std::size_t kHeadBytes = kWordBytes + kSenderInfoBytes;
  if (!ReadBlocks(packet, kHeadBytes, compound)) return false;
  const std::uint64_t seconds = WordAt(packet.body, 4);
  compound.sender_report = {WordAt(packet.body, 0), seconds << 32 | WordAt(packet.body, 8),
                            WordAt(packet.body, 12)};
  return true;
}

bool ReadBye(const Packet& packet, RtcpCompound& compound) {
  if (packet.body.size() < packet.count * kWordBytes) return false;
  for (unsigned i = 0; i < packet.count; ++i)
    compound.farewells.Add(WordAt(packet.body, i * kWordBytes));
  return true;
}

bool ReadTransportFeedback(const Packet& packet, RtcpCompound& compound) {
  if (packet.body.size() < kFeedbackSourcesBytes) return false;
  if (packet.count != kGenericNackFormat) return true;
  for (std::size_t at = kFeedbackSourcesBytes; at < packet.body.size(); at += kWordBytes) {
    const std::uint32_t item = WordAt(packet.body, at);
    compound.nacks.Add({WordAt(packet.body, kWordBytes), static_cast<std::uint16_t>(item >> 16),
                        static_cast<std::uint16_t>(item)});
  }
  return true;
}

bool ReadPayloadFeedback(const Packet& packet, RtcpCompound& compound) {
  if (packet.body.size() < kFeedbackSourcesBytes) return false;
  if (packet.count == kPictureLossFormat)
    compound.picture_requests.Add(WordAt(packet.body, kWordBytes));
  if (packet.count != kFullIntraRequestFormat) return true;
  // RFC 5104 4.3.1.1: whose picture it is stands in each entry; the common field is 0.
  const Bytes entries = packet.body.subspan(kFeedbackSourcesBytes);
  if (entries.size() % kFirEntryBytes != 0) return false;
  for (std::size_t at = 0; at < entries.size(); at += kFirEntryBytes)
    compound.picture_requests.Add(WordAt(entries, at));
  return true;
}

bool ReadPacket(const Packet& packet, RtcpCompound& compound) {
  switch (packet.type) {
    case kSenderReportType:
      return ReadSenderReport(packet, compound);
    case kReceiverReportType:
      return ReadBlocks(packet, kWordBytes, compound);
    case kByeType:
      return ReadBye(packet, compound);
    case kTransportFeedbackType:
      return ReadTransportFeedback(packet, compound);
    case kPayloadFeedbackType:
      return ReadPayloadFeedback(packet, compound);
    default:
      return true;
  }
}

}  // namespace

RtcpParse ParseRtcp(std::span<const std::byte> datagram, RtcpCompound& compound) {
  compound = {};
  if (datagram.empty()) return RtcpParse::kTooShort;
  while (!datagram.empty()) {
    Packet packet;
    const RtcpParse taken = TakePacket(datagram, packet);
    if (taken != RtcpParse::kOk) return taken;
    if (!ReadPacket(packet, compound)) return RtcpParse::kBadLength;
  }
  return RtcpParse::kOk;
}

// --- writing

void RtcpWriter::AddHeader(unsigned count, unsigned type, std::size_t body_bytes) {
  AddWord((kVersion << 6 | count) << 24 | type << 16 |
          static_cast<std::uint32_t>(body_bytes / kWordBytes));
}

void RtcpWriter::AddWord(std::uint32_t word) {
  WriteBigEndian(&space_[length_], word);
  length_ += kWordBytes;
}

void RtcpWriter::AddReceiverReport(std::uint32_t sender_ssrc, std::span<const ReportBlock> blocks) {
  AddHeader(static_cast<unsigned>(blocks.size()), kReceiverReportType,
            kWordBytes + blocks.size() * kReportBlockBytes);
  AddWord(sender_ssrc);
  for (const ReportBlock& block : blocks) {
    AddWord(block.ssrc);
    AddWord(std::uint32_t{block.fraction_lost} << 24 |
            (static_cast<std::uint32_t>(block.packets_lost) & 0xffffff));
    AddWord(block.highest_sequence);
    AddWord(block.jitter);
    AddWord(block.last_sender_report);
    AddWord(block.delay_since_last_sr);
  }
}

// 6.5: a chunk ends with at least one zero byte, and at a word's end.
void RtcpWriter::AddSourceDescription(std::uint32_t ssrc, std::string_view cname) {
  const std::size_t item_bytes = (2 + cname.size() + kWordBytes) / kWordBytes * kWordBytes;
  AddHeader(1, kSourceDescriptionType, kWordBytes + item_bytes);
  AddWord(ssrc);
  const std::span<std::byte> item = space_.subspan(length_, item_bytes);
  std::fill(item.begin(), item.end(), std::byte{0});
  item[0] = std::byte{kCnameItem};
  item[1] = static_cast<std::byte>(cname.size());
  std::transform(cname.begin(), cname.end(), item.begin() + 2,
                 [](char c) { return static_cast<std::byte>(c); });
  length_ += item_bytes;
}

void RtcpWriter::AddNack(std::uint32_t sender_ssrc, std::span<const Nack> nacks) {
  AddHeader(kGenericNackFormat, kTransportFeedbackType,
            kFeedbackSourcesBytes + nacks.size() * kWordBytes);
  AddWord(sender_ssrc);
  AddWord(nacks.front().media_ssrc);
  for (const Nack& nack : nacks) AddWord(std::uint32_t{nack.first} << 16 | nack.following);
}

void RtcpWriter::AddPictureLossIndication(std::uint32_t sender_ssrc, std::uint32_t media_ssrc) {
  AddHeader(kPictureLossFormat, kPayloadFeedbackType, kFeedbackSourcesBytes);
  AddWord(sender_ssrc);
  AddWord(media_ssrc);
}

}  // namespace relay
