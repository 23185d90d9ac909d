// The way out of the relay, supplied by whoever embeds it: sockets, or a simulated network.
#ifndef FRAMEFENCE_TARGETS_RELAY_TRANSPORT_H_
#define FRAMEFENCE_TARGETS_RELAY_TRANSPORT_H_

#include <cstddef>
#include <span>

#include "targets/relay/types.h"

namespace relay {

// The relay never blocks. Spans are valid during the call only. A call may come from inside any of
// the relay's operations; one for a new session comes before OpenViewer() returns its handle.
// REQUIRES: an implementation does not call the relay back.
//
// What goes to a viewer may be refused (false: its channel is full). After a packet was, the relay
// sends the viewer no packet until Relay::OnWritable(), and keeps its place in the stream as long as
// its queue lasts; a still is sent again when it is next due. A transport that drops what it cannot
// send answers true.
class Transport {
 public:
  // One RTP packet in two parts, so that its payload need not be copied: the fixed header (RFC
  // 3550 5.1), 12 bytes, and a payload of H.264 (RFC 6184) or H.265 (RFC 7798), as its payload type
  // says (options.h). Belongs on a lossy channel.
  virtual bool SendPacket(ViewerHandle to, std::span<const std::byte> header,
                          std::span<const std::byte> payload) = 0;

  // One access unit in Annex B form (ITU-T H.264, H.265 annex B). Belongs on a reliable channel.
  virtual bool SendStill(ViewerHandle to, std::span<const std::byte> access_unit) = 0;

  // One RTCP compound packet (RFC 3550 6.1) to the publisher session on `port`. Belongs on the way
  // that the publisher's datagrams come by.
  virtual void SendToPublisher(Port port, Source to, std::span<const std::byte> rtcp) = 0;

 protected:
  ~Transport() = default;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_TRANSPORT_H_
