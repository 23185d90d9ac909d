#include "targets/fuzz/parser_seeds.h"

#include <initializer_list>
#include <span>
#include <string_view>

#include "harness/base/check.h"
#include "harness/media/rtp_dump.h"
#include "harness/media/rtp_packetizer.h"
#include "harness/media/synthetic_camera.h"
#include "targets/fuzz/saved_state_seeds.h"
#include "targets/fuzz/session_seeds.h"
#include "targets/fuzz/token_secret.h"
#include "targets/relay/edge/wire.h"
#include "targets/relay/token.h"

namespace fuzz {
namespace {

namespace media = framefence::media;
using Bytes = std::vector<std::byte>;

Bytes Octets(std::initializer_list<unsigned> octets) {
  Bytes bytes;
  for (const unsigned octet : octets) bytes.push_back(static_cast<std::byte>(octet));
  return bytes;
}

Bytes Text(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Bytes operator+(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// Two access units of a synthetic camera, an IDR and another: parameter sets, an aggregate,
// fragments.
std::vector<Bytes> AccessUnits() {
  std::vector<Bytes> units;
  for (std::uint32_t frame = 0; frame < 2; ++frame) {
    media::SyntheticFrame made;
    media::MakeSyntheticFrame(framefence::CameraId(1), framefence::BindingEpoch(1),
                              framefence::FrameNumber(frame),
                              {.idr = frame == 0, .slices = 2, .payload_bytes = 160}, made);
    units.emplace_back(made.annex_b.begin(), made.annex_b.end());
  }
  return units;
}

std::vector<Bytes> Packets() {
  media::RtpPacketizer packetizer(
      {.ssrc = 7, .first_sequence_number = 65534, .packet_bytes_max = 90});
  std::vector<Bytes> packets;
  std::uint32_t timestamp = 0;
  for (const Bytes& unit : AccessUnits()) {
    packetizer.Begin(unit, timestamp += 3000);
    for (auto packet = packetizer.Next(); !packet.empty(); packet = packetizer.Next()) {
      packets.emplace_back(packet.begin(), packet.end());
    }
  }
  return packets;
}

// The RTP fixed header with this first octet (version, padding, extension, CSRC count).
Bytes RtpHeader(unsigned first) {
  return Octets({first, 0x60, 0xff, 0xfe, 0, 0, 0, 1, 0, 0, 0, 7});
}

void AddRtp(std::vector<ParserSeed>& seeds) {
  const Bytes slice = Octets({0x65, 0x88, 1, 2, 3, 4});
  for (const char* target : {"fuzz_rtp/", "fuzz_oracle_payload/"}) {
    const std::string folder = target;
    seeds.push_back({folder + "plain", RtpHeader(0x80) + slice});
    seeds.push_back({folder + "csrcs", RtpHeader(0x82) + Octets({0, 0, 0, 8, 0, 0, 0, 9}) + slice});
    seeds.push_back({folder + "extension",
                     RtpHeader(0x90) + Octets({0xbe, 0xde, 0, 1, 0x10, 1, 0, 0}) + slice});
    seeds.push_back({folder + "padded", RtpHeader(0xa0) + slice + Octets({0, 0, 0, 4})});
    seeds.push_back(
        {folder + "aggregate", RtpHeader(0x80) + Octets({0x78, 0, 2, 0x67, 1, 0, 3, 0x68, 2, 3})});
    seeds.push_back({folder + "fragment", RtpHeader(0x80) + Octets({0x7c, 0x85, 1, 2, 3})});
  }
  seeds.push_back({"fuzz_oracle_payload/access-unit", AccessUnits().front()});
}

void AddRtx(std::vector<ParserSeed>& seeds) {
  const Bytes rest = Octets({0, 5, 0, 0, 0, 1, 0, 0, 0, 7, 0xff, 0xfe, 0x65, 0x88});
  seeds.push_back({"fuzz_rtx/plain", Octets({0x80, 97}) + rest});
  seeds.push_back({"fuzz_rtx/marker", Octets({0x80, 0x80 | 97}) + rest});
  seeds.push_back({"fuzz_rtx/padded", Octets({0xa0, 97}) + rest + Octets({0, 2})});
  seeds.push_back({"fuzz_rtx/probe", Octets({0xa0, 97, 0, 6, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 4})});
}

// Steps of fuzz_fec, after the first number.
Bytes FecSend(bool arrives, unsigned fill) {
  return Octets(
      {arrives ? 0U : 2U, 16, 0x80, 96, 0, 0, 0, 0, 0, fill, 0, 0, 0, 0, 0x41, fill, fill, fill});
}
Bytes FecRepair(unsigned mask, unsigned zeros = 0) {
  return Octets({3, mask, 0, 0, 0, 0, 0, 0, 0, zeros});
}

void AddFec(std::vector<ParserSeed>& seeds) {
  const Bytes first = Octets({0xfe, 0xff});  // the numbers wrap
  // The last three packets: the middle one is lost.
  const Bytes row = FecSend(true, 1) + FecSend(false, 2) + FecSend(true, 3);
  seeds.push_back({"fuzz_fec/one-lost", first + row + FecRepair(0b111)});
  // A row that lacks two packets, one of which a column gives.
  seeds.push_back({"fuzz_fec/chain", first + row + FecSend(false, 4) + FecRepair(0b1111) +
                                         FecSend(true, 5) + FecRepair(0b00011, 40)});
  // A repair packet of the session before, for numbers that come again.
  seeds.push_back({"fuzz_fec/sessions", first + row + FecSend(false, 4) + FecRepair(0b1111) +
                                            Octets({7}) + FecSend(true, 6) + FecSend(false, 7) +
                                            FecSend(true, 8) + FecSend(true, 9)});
  // Length recovery is at bytes 18 and 19 of a repair packet.
  seeds.push_back(
      {"fuzz_fec/length-lies", first + row + Octets({5, 7, 0, 0, 0, 0, 0, 0, 0, 0, 19, 9})});
  // The flags before them: fifteen CSRCs, where there is room for one.
  seeds.push_back(
      {"fuzz_fec/no-packet", first + row + Octets({5, 2, 0, 0, 0, 0, 0, 0, 0, 0, 16, 15})});
  // Of packet 0xffff alone, which is lost, with more payload than a packet may have.
  const Bytes too_large = Octets({0x81, 113, 0, 1, 0, 0, 0, 0, 0,    0,    0,    8, 0, 0, 0, 7,  //
                                  0,    0,   0, 4, 0, 0, 0, 0, 0xff, 0xff, 0x40, 0});
  seeds.push_back(
      {"fuzz_fec/too-large", first + row + Octets({6, 1, 128, 0}) + too_large + Bytes(100)});
  seeds.push_back(
      {"fuzz_fec/hostile",
       first + row + Octets({6,    1,    38,   0,    0x81, 113,  0,    1,    0, 0, 0, 0, 0, 0,
                             0,    8,    0,    0,    0,    7,    0,    0,    0, 4, 0, 0, 0, 0,
                             0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6})});
}

// Steps of fuzz_repair; cameras 0..2.
Bytes RepairSend(unsigned camera, bool idr, bool arrives, unsigned fill) {
  return Octets({(arrives ? 0U : 2U) + camera * 8 + (idr ? 32U : 0U), 3, fill, fill, fill});
}
// An IDR, and three packets of which the middle one is lost.
Bytes RepairGap(unsigned camera) {
  return RepairSend(camera, true, true, 0xff) + RepairSend(camera, false, true, 0xdb) +
         RepairSend(camera, false, false, 0x6d) + RepairSend(camera, false, true, 0xb6);
}

void AddRepair(std::vector<ParserSeed>& seeds) {
  const Bytes start_both = Octets({5, 5 + 8});
  const Bytes gap = start_both + RepairGap(0) + RepairGap(1);
  const Bytes repair_first = Octets({4, 0b111, 0});
  const Bytes next = RepairSend(0, false, true, 0xff);
  seeds.push_back({"fuzz_repair/retransmission", gap + Octets({3, 1, 3 + 8, 1})});
  seeds.push_back({"fuzz_repair/repair", gap + Octets({4 + 8, 0b111, 0}) + repair_first});
  // To the other's port.
  seeds.push_back({"fuzz_repair/astray", gap + Octets({3 + 192, 1, 4 + 192, 0b111, 0})});
  // Of two lost packets, the other of which comes in the next session; on a port that another
  // camera has by then, and on its own.
  const Bytes two_lost = gap + RepairSend(0, false, false, 0x49) + Octets({4, 0b1111, 0});
  const Bytes third_takes_it = Octets({6, 5 + 16}) + RepairGap(2);
  seeds.push_back({"fuzz_repair/hands", two_lost + third_takes_it + repair_first + next});
  seeds.push_back({"fuzz_repair/sessions", two_lost + Octets({5}) + RepairGap(0) + next});
  // Its payload is changed, its length, its mask; and a retransmission's number.
  seeds.push_back(
      {"fuzz_repair/lies", gap + Octets({4 + 32, 0b111, 0, 30, 0xff, 4 + 32, 0b111, 0, 19, 1,
                                         4 + 32, 0b111, 0, 27, 3, 3 + 32, 0, 13, 2})});
  seeds.push_back({"fuzz_repair/upgrade", gap + Octets({6 + 32}) + repair_first + Octets({3, 1}) +
                                              RepairGap(0) + repair_first + Octets({7, 200})});
  seeds.push_back({"fuzz_repair/probation", Octets({5 + 32}) + RepairGap(0) + repair_first +
                                                Octets({3, 1, 7, 50}) + RepairGap(0)});
}

void AddRtcp(std::vector<ParserSeed>& seeds) {
  const Bytes report = Octets({0x80, 201, 0, 1, 0, 0, 0, 7});
  const Bytes bye = Octets({0x82, 203, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8});
  const Bytes bye_with_reason =
      Octets({0x81, 203, 0, 3, 0, 0, 0, 7, 5, 'l', 'e', 'a', 'v', 'e', 0, 0});
  seeds.push_back({"fuzz_rtcp/bye", bye});
  seeds.push_back({"fuzz_rtcp/compound", report + bye_with_reason});
  seeds.push_back({"fuzz_rtcp/report", report});
  seeds.push_back({"fuzz_rtcp/nack",
                   report + Octets({0x81, 205, 0, 3, 0, 0, 0, 7, 0, 0, 0, 8, 1, 2, 0x80, 1})});
  seeds.push_back({"fuzz_rtcp/picture-loss", Octets({0x81, 206, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8})});
  seeds.push_back({"fuzz_rtcp/full-intra-request",
                   Octets({0x84, 206, 0, 4, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0})});
  seeds.push_back({"fuzz_rtcp/padded", Octets({0xa1, 203, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4})});
  seeds.push_back({"fuzz_rtcp/sender-report",
                   Octets({0x80, 200, 0, 6,  0,  0,  0,  7,  1,  2,  3,  4,  5,  6,
                           7,    8,   9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})});
}

// A packet of fuzz_h264 and fuzz_h265: flags (1: marker, 2: a packet is lost before it), the
// payload's size, the payload.
Bytes Packet(unsigned flags, const Bytes& payload) {
  return Octets({flags, static_cast<unsigned>(payload.size())}) + payload;
}

Bytes Sequence(std::span<const Bytes> packets, std::size_t lose) {
  Bytes sequence;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const Bytes payload(packets[i].begin() + media::kRtpHeaderBytes, packets[i].end());
    const bool marker = (packets[i][1] & std::byte{0x80}) != std::byte{0};
    const unsigned flags = (marker ? 1U : 0U) | (i == lose ? 2U : 0U);
    sequence = sequence + Packet(flags, payload);
  }
  return sequence;
}

void AddH264(std::vector<ParserSeed>& seeds) {
  const std::vector<Bytes> packets = Packets();
  // A still is made of what follows a whole access unit: the same twice.
  std::vector<Bytes> twice = packets;
  twice.insert(twice.end(), packets.begin(), packets.end());
  seeds.push_back({"fuzz_h264/twice", Sequence(twice, twice.size())});
  seeds.push_back({"fuzz_h264/lossy", Sequence(twice, packets.size() + 1)});
  // Parameter sets in an access unit of their own, then an IDR slice without any.
  seeds.push_back({"fuzz_h264/sets-apart", Octets({1, 3, 0x67, 1, 2, 1, 2, 0x68, 3, 1, 2, 0x41, 4,
                                                   1, 4, 0x65, 0x88, 5, 6})});
  seeds.push_back({"fuzz_h264/fragments", Octets({1, 2,    0x41, 4, 0, 9, 0x78, 0,    2, 0x67, 1,
                                                  0, 2,    0x68, 2, 0, 4, 0x7c, 0x85, 1, 2,    0,
                                                  3, 0x7c, 0x05, 3, 1, 4, 0x7c, 0x45, 4, 5})});
}

void AddH265(std::vector<ParserSeed>& seeds) {
  // A still is made of what follows a whole access unit, here one of a slice (TRAIL_R).
  const Bytes begin = Packet(1, Octets({0x02, 1, 9}));
  const Bytes sets =
      Octets({0x60, 1, 0, 3, 0x40, 1, 7, 0, 4, 0x42, 1, 8, 8, 0, 3, 0x44, 1, 9});  // an AP
  const Bytes first = Octets({0x62, 1, 0x93, 1, 2}), middle = Octets({0x62, 1, 0x13, 3, 4}),
              last = Octets({0x62, 1, 0x53, 5});  // FUs of an IDR_W_RADL
  const Bytes cra = Octets({0x2a, 1, 5, 6, 7});
  seeds.push_back({"fuzz_h265/singles", begin + Packet(0, Octets({0x40, 1, 7})) +
                                            Packet(0, Octets({0x42, 1, 8, 8})) +
                                            Packet(0, Octets({0x44, 1, 9})) + Packet(1, cra)});
  seeds.push_back({"fuzz_h265/fragments", begin + Packet(0, sets) + Packet(0, first) +
                                              Packet(0, middle) + Packet(1, last)});
  seeds.push_back({"fuzz_h265/lossy", begin + Packet(0, sets) + Packet(0, first) + Packet(3, last) +
                                          Packet(1, sets) + Packet(1, cra)});
  // Parameter sets in an access unit of their own, then a new SPS and PPS behind the same VPS.
  seeds.push_back({"fuzz_h265/sets-apart",
                   Packet(1, sets) + Packet(1, cra) +
                       Packet(1, Octets({0x60, 1, 0, 3, 0x42, 1, 4, 0, 3, 0x44, 1, 5})) +
                       Packet(1, cra)});
  // Behind a delimiter, with a slice of another layer, one of those from 32 on, in fragments.
  seeds.push_back({"fuzz_h265/layers", Packet(0, Octets({0x46, 1, 0x50})) + Packet(0, sets) +
                                           Packet(0, cra) + Packet(0, Octets({0x63, 9, 0x81, 7})) +
                                           Packet(1, Octets({0x63, 9, 0x41, 8}))});
  seeds.push_back({"fuzz_h265/refused", Packet(0, Octets({0x64, 1, 0, 0, 1})) +
                                            Packet(0, Octets({0x26, 0, 1})) +
                                            Packet(1, Octets({0x60, 1, 0, 3, 0x40, 1, 7}))});
}

void AddMedia(std::vector<ParserSeed>& seeds) {
  Bytes stream;
  for (const Bytes& unit : AccessUnits()) stream = stream + unit;
  seeds.push_back({"fuzz_media/byte-stream", stream});
  Bytes datagrams;
  media::RtpDump dump{.destination = "127.0.0.1/5004"};
  for (const Bytes& packet : Packets()) {
    const auto size = static_cast<unsigned>(packet.size());
    datagrams = datagrams + Octets({size & 0xffU, size >> 8}) + packet;
    dump.packets.push_back(
        {.offset_ms = 40 * static_cast<std::uint32_t>(dump.packets.size()), .bytes = packet});
  }
  seeds.push_back({"fuzz_media/datagrams", datagrams});
  const auto capture = media::FormatRtpDump(dump);
  FRAMEFENCE_CHECK(capture.ok());
  seeds.push_back({"fuzz_rtp_dump/capture", *capture});
}

void AddInterleaved(std::vector<ParserSeed>& seeds) {
  // Pieces of 4 bytes; two frames, an empty one, one that is too long for the target.
  const Bytes stream = Octets({3, '$', 0, 0, 2, 0x80, 96, '$', 1, 0, 3, 1, 2, 3, '$', 0, 0, 0});
  seeds.push_back({"fuzz_interleaved/frames", stream});
  seeds.push_back({"fuzz_interleaved/too-long",
                   stream + Octets({'$', 0, 0, 65}) + Bytes(65) + Octets({'$', 0, 0, 1, 7})});
  seeds.push_back({"fuzz_interleaved/lost", stream + Text("RTSP/1.0 200 OK")});
}

Bytes Frame(const relay::edge::Message& message) {
  Bytes frame(relay::edge::FrameBytesMax(100));
  frame.resize(relay::edge::WriteFrame(message, frame));
  return frame;
}

void AddEdge(std::vector<ParserSeed>& seeds) {
  using namespace relay::edge;
  OwnersRequest owners;
  owners.cameras.Add(relay::Camera(5));
  owners.cameras.Add(relay::Camera(6));
  OwnersReply found;
  found.lease = std::chrono::seconds(10);
  found.entries.Add(
      {relay::Camera(6), Outcome::kOk, relay::Account(3), relay::Name(1), Epoch(9), 1});
  found.entries.Add({relay::Camera(5), Outcome::kShed, {}, {}, {}, 0});
  Invalidation unlinked;
  unlinked.change = 77;
  unlinked.kind = Invalidation::Kind::kLink;
  const Bytes picture = Octets({0, 0, 1, 0x65, 9});
  const Bytes requests = Frame({7, StillRequest{relay::Camera(5), Epoch(9)}}) + Frame({8, owners}) +
                         Frame({0, Confirmation{77}});
  const Bytes replies =
      Frame({7, StillReply{Outcome::kOk, relay::Camera(5), Epoch(9), {}, picture}}) +
      Frame({8, found}) + Frame({0, unlinked});
  seeds.push_back({"fuzz_edge_wire/requests", Octets({200}) + requests});
  seeds.push_back({"fuzz_edge_wire/replies", Octets({2}) + replies});
  seeds.push_back({"fuzz_edge_wire/lost", Octets({5}) + requests + Bytes(9)});
  // A camera is asked for, looked up, opened, and its still fetched; then an invalidation, a rebind.
  const Bytes wait = Octets({3, 0, 2, 0});
  const Bytes open = Octets({0, 0, 1}) + wait + Octets({4, 0, 4, 1}) + wait;
  const Bytes owner = Octets({5, 0, 1, 0x10, 0x27, 1, 1, 0, 0, 0, 1, 1});
  const Bytes still = Octets({0, 0, 1, 1, 0, 7, 0, 1, 1, 1, 0});
  const Bytes invalidation = Octets({6, 0, 0, 1, 0, 0});
  seeds.push_back({"fuzz_edge/still", open + owner + still + Octets({1, 0})});
  seeds.push_back({"fuzz_edge/overtaken", open + owner + Octets({0, 0, 1, 1, 0}) + invalidation +
                                              still + open + owner + still});
}

void AddToken(std::vector<ParserSeed>& seeds) {
  relay::Grant grant;
  grant.account = relay::Account(3);
  grant.via_integration = true;
  grant.expires_at = relay::Time(300'000'000);
  seeds.push_back({"fuzz_token/signed", Text(relay::SignToken(grant, kTokenSecret).text())});
  seeds.push_back({"fuzz_token/to-sign", Octets({40, 'A', 1, 0, 0, 0, 2, 0, 0, 0, 3, 0,
                                                 0,  0,   4, 0, 0, 0, 1, 5, 0, 0, 0, 6})});
}

void AddDoor(std::vector<ParserSeed>& seeds) {
  seeds.push_back(
      {"fuzz_door/execute",
       Text(R"({"requestId":"a1","inputs":[{"intent":"action.devices.EXECUTE","payload":)"
            R"({"commands":[{"devices":[{"id":"12"}],"execution":[{"command":)"
            R"("action.devices.commands.GetCameraStream","params":{"StreamToChromecast":true,)"
            R"("SupportedStreamProtocols":["hls","webrtc"]}}]}]}}]})")});
  seeds.push_back({"fuzz_door/sync",
                   Text(R"({"requestId":"a2","inputs":[{"intent":"action.devices.SYNC"}]})")});
  seeds.push_back({"fuzz_door/unicode", Text(R"({"requestId":"\u00e9\ud83d\ude00","inputs":[]})")});
}

void AddCase(std::vector<ParserSeed>& seeds) {
  for (const SessionSeed& seed : SessionSeeds().first(4)) {
    seeds.push_back(
        {"fuzz_case/" + std::string(seed.name), Text("framefence case 1\n") + Text(seed.steps)});
  }
  seeds.push_back(
      {"fuzz_case/raw", Octets({0x12, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 1, 0, 4, 0, 0})});
  seeds.push_back({"fuzz_case/binary", Octets({'F', 'F', 'C', 'A', 'S',  'E', 1, 0, 1, 2, 0, 0,
                                               9,   0,   0,   0,   0x12, 0,   0, 0, 0, 0, 0, 0})});
}

}  // namespace

std::vector<ParserSeed> ParserSeeds() {
  std::vector<ParserSeed> seeds;
  AddRtp(seeds);
  AddRtx(seeds);
  AddFec(seeds);
  AddRepair(seeds);
  AddRtcp(seeds);
  AddH264(seeds);
  AddH265(seeds);
  AddMedia(seeds);
  AddInterleaved(seeds);
  AddEdge(seeds);
  AddToken(seeds);
  AddSavedStates(seeds);
  AddDoor(seeds);
  AddCase(seeds);
  return seeds;
}

}  // namespace fuzz
