// For fuzz_fec: one publisher session after another, whose source packets arrive or do not, with
// repair packets that may lie; and what a decoder may recover from them.
#ifndef FRAMEFENCE_TARGETS_FUZZ_FEC_EXCHANGE_H_
#define FRAMEFENCE_TARGETS_FUZZ_FEC_EXCHANGE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "harness/base/check.h"
#include "targets/relay/big_endian.h"
#include "targets/relay/fec.h"
#include "targets/relay/fec_encoder_for_tests.h"
#include "targets/relay/rtp.h"

namespace fuzz {

class FecExchange {
 public:
  using Bytes = std::vector<std::byte>;
  static constexpr std::uint32_t kSourceSsrc = 7;
  static constexpr std::uint32_t kRepairSsrc = 8;
  static constexpr std::uint32_t kPacketsMax = 64;
  static constexpr std::size_t kBytesMax = 80;

  // The numbers of every session begin at `first`.
  FecExchange(relay::FecDecoder& decoder, std::uint16_t first) : decoder_(decoder), first_(first) {
    decoder_.Reset(kPacketsMax, kBytesMax);
    StartSession();
  }

  // The same stream and the same numbers again, so that only the decoder can keep sessions apart.
  void StartSession() {
    decoder_.StartSession(kSourceSsrc, kRepairSsrc);
    next_ = first_;
    sent_.clear();
    had_.clear();
    honest_ = true;
  }

  // The source's next packet: `bytes`, with its version, number and SSRC put right; none if that is
  // no packet.
  void Send(std::span<const std::byte> bytes, bool arrives) {
    Bytes packet(bytes.begin(), bytes.end());
    packet.resize(std::max(bytes.size(), relay::kRtpHeaderBytes));
    packet[0] = (packet[0] & std::byte{0x3f}) | std::byte{0x80};
    relay::WriteBigEndian(&packet[2], static_cast<std::uint16_t>(next_));
    relay::WriteBigEndian(&packet[8], kSourceSsrc);
    relay::RtpPacket read;
    if (relay::ParseRtp(packet, read) != relay::RtpParse::kOk || packet.size() > kBytesMax) return;
    if (arrives && decoder_.OnSource(next_, packet) == relay::FecPlace::kKept) {
      had_.insert(next_);
      FRAMEFENCE_CHECK(decoder_.OnSource(next_, packet) == relay::FecPlace::kDuplicate);
    }
    sent_[next_++] = packet;
    TakeRecovered();
  }

  // A repair packet over those of the last 64 packets that `mask` says, the newest at bit 0; its own
  // mask begins with so many `zeros`, modulo 46. If `flip` is not 0, its byte at `at` is changed, and
  // it may lie.
  void Repair(std::uint64_t mask, std::uint8_t zeros, std::size_t at, std::byte flip) {
    std::vector<Bytes> sources;
    std::uint64_t base = 0;
    for (unsigned back = 64; back-- > 0;) {
      if ((mask >> back & 1U) != 0 && back < sent_.size()) {
        if (sources.empty()) base = next_ - 1 - back - zeros % 46;
        sources.push_back(sent_[next_ - 1 - back]);
      }
    }
    if (sources.empty()) return;
    Bytes datagram = encoder_.Encode(sources, static_cast<std::uint16_t>(base));
    datagram[at % datagram.size()] ^= flip;
    if (flip == std::byte{0}) {
      TakeRepair(datagram);
    } else {
      TakeHostile(datagram, 0);
    }
  }

  // Anything, as a repair packet and as a source packet `ahead` of the next.
  void TakeHostile(std::span<const std::byte> datagram, std::uint8_t ahead) {
    honest_ = false;
    decoder_.OnSource(next_ + ahead, datagram);
    TakeRepair(datagram);
  }

 private:
  void TakeRepair(std::span<const std::byte> datagram) {
    relay::FecPacket fec;
    if (relay::ParseFec(datagram, fec) == relay::FecParse::kOk) decoder_.OnFec(fec);
    TakeRecovered();
  }
  void TakeRecovered() {
    std::span<const std::byte> datagram;
    for (;;) {
      const relay::FecRecovery recovery = decoder_.Recover(datagram);
      if (recovery == relay::FecRecovery::kNothing) return;
      FRAMEFENCE_CHECK(!honest_ || recovery == relay::FecRecovery::kRecovered);
      if (recovery == relay::FecRecovery::kRecovered) Check(datagram);
    }
  }
  void Check(std::span<const std::byte> recovered) {
    relay::RtpPacket packet;
    FRAMEFENCE_CHECK(recovered.size() <= kBytesMax);
    FRAMEFENCE_CHECK(relay::ParseRtp(recovered, packet) == relay::RtpParse::kOk);
    FRAMEFENCE_CHECK(packet.ssrc == kSourceSsrc);
    if (!honest_) return;
    const std::uint64_t sequence =
        next_ - static_cast<std::uint16_t>(next_ - packet.sequence_number);
    const auto original = sent_.find(sequence);
    FRAMEFENCE_CHECK(original != sent_.end() && had_.insert(sequence).second);
    FRAMEFENCE_CHECK(std::ranges::equal(recovered, original->second));
  }

  relay::FecDecoder& decoder_;
  relay::testing::FecEncoder encoder_{kSourceSsrc, kRepairSsrc};
  std::uint64_t first_;
  std::uint64_t next_ = 0;
  // Of this session.
  std::map<std::uint64_t, Bytes> sent_;
  std::set<std::uint64_t> had_;  // arrived or recovered
  bool honest_ = true;
};

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_FEC_EXCHANGE_H_
