// The byte streams between an edge and its origin, supplied by whoever embeds either: sockets, or a
// simulated network.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_STREAM_TRANSPORT_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_STREAM_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace relay::edge {

// A place for a connection, and which of the place's connections it is: what is said late of an
// earlier one is told apart, as it is not where a descriptor's number is used again.
struct Connection {
  std::uint32_t place = 0;
  std::uint32_t generation = 0;
  friend bool operator==(const Connection&, const Connection&) = default;
};

// Never blocks. Spans are valid during the call only. REQUIRES: an implementation does not call
// back from inside these; it reports later what came of them: OnOpened(), OnBytes() in the order of
// the stream, OnClosed().
class StreamTransport {
 public:
  // Begins to open a connection to the origin; only an edge calls this. OnOpened() or OnClosed()
  // follows, but not if it is given up before.
  virtual void Open(Connection connection) = 0;

  // All of the bytes, or false: none, and the connection is of no further use. Backpressure beyond
  // what the transport will hold counts as that.
  virtual bool Send(Connection connection, std::span<const std::byte> bytes) = 0;

  // Gives the connection up at once, also one that is not open yet. OnClosed() need not follow.
  virtual void Close(Connection connection) = 0;

 protected:
  ~StreamTransport() = default;
};

}  // namespace relay::edge

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_STREAM_TRANSPORT_H_
