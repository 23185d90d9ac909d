// For tests: what is said on byte streams that lead nowhere.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_RECORDING_STREAMS_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_RECORDING_STREAMS_FOR_TESTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "targets/relay/edge/stream_transport.h"
#include "targets/relay/edge/wire.h"

namespace relay::edge::testing {

class RecordingStreams final : public StreamTransport {
 public:
  struct Sent {
    Connection on;
    Message message;
    std::vector<std::byte> frame;  // what the message refers to
  };
  void Open(Connection connection) override { opened.push_back(connection); }
  bool Send(Connection connection, std::span<const std::byte> bytes) override {
    if (refuses_all || std::ranges::find(refused, connection) != refused.end()) return false;
    sent.push_back({connection, {}, {bytes.begin(), bytes.end()}});
    EXPECT_EQ(ParseFrame(sent.back().frame, sent.back().message), WireParse::kOk);
    return true;
  }
  void Close(Connection connection) override { closed.push_back(connection); }

  bool refuses_all = false;
  std::vector<Connection> refused;  // connections that take nothing
  std::vector<Connection> opened, closed;
  std::vector<Sent> sent;
};

}  // namespace relay::edge::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_RECORDING_STREAMS_FOR_TESTS_H_
