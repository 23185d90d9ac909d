// The repair streams of publisher sessions: retransmissions (rtx.h) and forward error correction
// (fec.h).
//
// What comes out of them is as unproved as what comes from the network: the owner has it admitted by
// the core under the SSRC of the stream that it repairs, located and parsed like any other packet.
// Here it is only known which streams a session was described with.
#ifndef FRAMEFENCE_TARGETS_RELAY_REPAIR_STREAMS_H_
#define FRAMEFENCE_TARGETS_RELAY_REPAIR_STREAMS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "targets/relay/counters.h"
#include "targets/relay/fec.h"
#include "targets/relay/options.h"
#include "targets/relay/rtp.h"
#include "targets/relay/rtx.h"
#include "targets/relay/types.h"

namespace relay {

enum class RepairKind : std::uint8_t { kNone, kRetransmission, kFec };

class RepairStreams {
 public:
  explicit RepairStreams(Counters& counters) : counters_(counters) {}

  // The largest datagram of use with these options, of media or of repair.
  static std::size_t DatagramBytesMax(const Options& options) {
    return options.packet_bytes_max + kFecOverheadBytes;
  }

  // What they take. Bytes.
  static std::uint64_t ByteCount(const Options& options);

  // Allocates only to grow beyond any size before.
  void Reset(const Options& options);

  // A publisher session begins: nothing of the port's session before is kept, for a repair packet of
  // one publisher over packets of the next would mix the bytes of both. REQUIRES: IsWellFormed().
  void StartSession(Port port, const PublisherStreams& streams);

  // --- REQUIRES (all): the deployment has the port ---

  // Those of the session that began last.
  const PublisherStreams& streams(Port port) const { return streams_[port.value]; }

  // What a packet of that payload type repairs in the port's session; kNone also where its
  // description, or this deployment, has no such stream.
  RepairKind KindOf(Port port, std::uint8_t payload_type) const;

  // The packet that `rtx` carries, a view into `datagram`. kMalformed, kTooLarge, kForeignSource
  // (under an SSRC that is not the retransmission stream's). REQUIRES: ParseRtp() has read
  // `datagram` into `rtx`, of kRetransmission.
  Status Unwrap(Port port, std::span<const std::byte> datagram, const RtpPacket& rtx,
                RtpPacket& original);

  // Reads a repair packet: whose packets it is for is to be admitted next. kMalformed.
  Status Parse(std::span<const std::byte> datagram, FecPacket& fec);
  // Keeps it, if that is of use. kForeignSource (of another repair stream), kTooLarge (what it
  // repairs, or their number); kOk also
  // where it comes twice, late or too early. REQUIRES: `fec.source_ssrc` was admitted on the port;
  // the packet is of kFec.
  Status Keep(Port port, const FecPacket& fec);

  // Whether forward error correction is on at all.
  bool recovers() const { return recovers_; }
  // A packet of the media stream in whole, as it was sent, that was admitted and is new.
  void OnSource(Port port, ExtendedSequence sequence, std::span<const std::byte> datagram) {
    if (recovers_ && streams_[port.value].repair)
      decoders_[port.value].OnSource(sequence, datagram);
  }
  // The next packet that can be recovered, valid until the next call; to be called until there is
  // none after each packet that was new. REQUIRES: recovers().
  std::optional<std::span<const std::byte>> Recover(Port port);

 private:
  Counters& counters_;
  Options options_;
  bool recovers_ = false;
  std::vector<PublisherStreams> streams_;  // by port
  std::vector<FecDecoder> decoders_;       // by port, while recovers_
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_REPAIR_STREAMS_H_
