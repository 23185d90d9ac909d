// Retransmissions (RFC 4588), in a stream of their own beside the one that they repair (section 5.3,
// SSRC-multiplexed): an RTP packet whose payload is the original's sequence number and then the
// original's payload.
//
//      0                   1                   2                   3
//      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     |       RTP header of the retransmission: its own payload type,  |
//     |       sequence number and SSRC; the original's marker and time |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//     | original sequence number, OSN |      original payload ...      |
//     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
#ifndef FRAMEFENCE_TARGETS_RELAY_RTX_H_
#define FRAMEFENCE_TARGETS_RELAY_RTX_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "targets/relay/rtp.h"

namespace relay {

inline constexpr std::size_t kRtxOsnBytes = 2;
inline constexpr std::size_t kRtxHeaderBytes = kRtpHeaderBytes + kRtxOsnBytes;

// Which stream repairs which, as the session's description says: a=ssrc-group:FID (RFC 5576 4.2) and
// a=fmtp apt= (RFC 4588 8.6).
struct RtxAssociation {
  std::uint32_t ssrc = 0;
  std::uint32_t original_ssrc = 0;
  std::uint8_t payload_type = 0;
  std::uint8_t original_payload_type = 0;
};

enum class RtxParse : std::uint8_t {
  kOk,
  kForeignSource,       // not of the retransmission stream
  kForeignPayloadType,  // of that stream, but no retransmission of the original's payload type
  kTooShort,            // ends before its OSN does; also what is padding only, which some senders
                        // probe the bandwidth with
  kEmpty,               // ends after its OSN: an original without a payload is nothing to repair
};
inline constexpr std::size_t kRtxParseCount = 5;

// Reads the original out of `rtx`, which ParseRtp() has read: sequence number, payload type and SSRC
// are the original's, the payload lies within rtx.payload. What the original had of CSRCs, header
// extension and padding is not restored; padding never comes along (section 4). The original is as
// unproved as any received packet: its SSRC is to be admitted, its sequence number to be located.
//
// `original` is meaningful on kOk only; it may be `rtx`.
RtxParse UnwrapRtx(const RtpPacket& rtx, const RtxAssociation& association, RtpPacket& original);

// What goes before original.payload to make it a retransmission: the retransmission's fixed header
// and the OSN. `sequence_number` counts on in the retransmission stream, whatever is repaired
// (section 5.3). original.ssrc, original.payload_type and original.payload are not read. The
// retransmission is kRtxOsnBytes longer than an original with a fixed header was.
void WriteRtxHeader(const RtpPacket& original, const RtxAssociation& association,
                    std::uint16_t sequence_number, std::span<std::byte, kRtxHeaderBytes> out);

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RTX_H_
