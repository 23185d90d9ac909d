// For tests: edges and an origin on one virtual clock, and a network of byte streams between them
// that delays, cuts, holds back and drops what is sent.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_SIMULATED_STREAMS_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_SIMULATED_STREAMS_FOR_TESTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "targets/relay/edge/edge_relay.h"
#include "targets/relay/edge/origin.h"

namespace relay::edge::testing {

class SimulatedStreams {
 public:
  static constexpr std::uint32_t kPlacesPerEdge = 4;
  using Delay = std::function<std::chrono::microseconds()>;

  explicit SimulatedStreams(Time begin) : now_(begin) {}

  // What all is connected to; REQUIRES: both outlive the last Run().
  StreamTransport& AddEdge() {
    sides_.push_back(std::make_unique<EdgeSide>(*this, static_cast<std::uint32_t>(sides_.size())));
    return *sides_.back();
  }
  void Attach(std::uint32_t edge, EdgeRelay& relay) { sides_[edge]->relay = &relay; }
  StreamTransport& origin_side() { return origin_side_; }
  void Attach(Origin& origin) { origin_ = &origin; }

  Time now() const { return now_; }

  // --- the weather ---
  Delay delay = [] { return std::chrono::milliseconds(5); };  // of each thing sent, one way
  std::size_t piece_bytes = 0;                                // 0: as sent
  bool refuses_to_open = false;

  // Streams are numbered in the order of their opening.
  std::size_t streams() const { return streams_.size(); }
  std::uint32_t edge_of(std::size_t stream) const { return streams_[stream]->edge; }
  bool is_open(std::size_t stream) const { return streams_[stream]->edge_open; }
  // Nothing arrives on the stream, one way or both, until it is let go on.
  void HoldTowardEdge(std::size_t stream, bool held) { streams_[stream]->held[kToEdge] = held; }
  void HoldTowardOrigin(std::size_t stream, bool held) { streams_[stream]->held[kToOrigin] = held; }
  // Both ends hear that it is gone; what was on its way is lost.
  void Drop(std::size_t number) {
    Stream& stream = *streams_[number];
    for (auto& queue : stream.queues) queue.clear();
    for (auto& held : stream.held) held = false;
    Post(stream, kToEdge, {Event::kClosed, now_, {}});
    Post(stream, kToOrigin, {Event::kClosed, now_, {}});
  }

  // Lets time pass, and everything happen that is due.
  void Run(std::chrono::microseconds time) {
    const Time end = Later(now_, time);
    int still = 0;  // steps that took no time
    for (;;) {
      const Time before = now_;
      const auto next = Next();
      now_ = next ? std::max(now_, std::min(*next, end)) : end;
      AdvanceAll();
      DeliverDue();
      still = before == now_ ? still + 1 : 0;
      ASSERT_LT(still, 10000) << "a timer that is due is not served";
      const auto rest = Next();
      if (now_ == end && (!rest || end < *rest)) return;
    }
  }
  // Time passes for everybody but this edge's timers, which are late.
  void Skip(std::chrono::microseconds time) { now_ = Later(now_, time); }

 private:
  enum Way : std::size_t { kToEdge, kToOrigin };
  struct Event {
    enum Kind { kOpened, kBytes, kClosed } kind;
    Time at;
    std::vector<std::byte> bytes;
  };
  struct Stream {
    std::uint32_t edge;
    Connection at_edge;
    Connection at_origin;
    bool edge_open = true;
    bool origin_open = false;
    bool held[2] = {false, false};
    std::deque<Event> queues[2];
  };
  class EdgeSide final : public StreamTransport {
   public:
    EdgeSide(SimulatedStreams& network, std::uint32_t edge) : network_(network), edge_(edge) {}
    void Open(Connection connection) override { network_.Open(edge_, connection); }
    bool Send(Connection connection, std::span<const std::byte> bytes) override {
      return network_.Send(network_.FindAtEdge(edge_, connection), kToOrigin, bytes);
    }
    void Close(Connection connection) override {
      Stream* stream = network_.FindAtEdge(edge_, connection);
      stream->edge_open = false;
      network_.Post(*stream, kToOrigin, {Event::kClosed, {}, {}});
    }
    EdgeRelay* relay = nullptr;

   private:
    SimulatedStreams& network_;
    std::uint32_t edge_;
  };
  class OriginSide final : public StreamTransport {
   public:
    explicit OriginSide(SimulatedStreams& network) : network_(network) {}
    void Open(Connection) override { ADD_FAILURE() << "an origin opens nothing"; }
    bool Send(Connection connection, std::span<const std::byte> bytes) override {
      return network_.Send(network_.FindAtOrigin(connection), kToEdge, bytes);
    }
    void Close(Connection connection) override {
      Stream* stream = network_.FindAtOrigin(connection);
      stream->origin_open = false;
      network_.Post(*stream, kToEdge, {Event::kClosed, {}, {}});
    }

   private:
    SimulatedStreams& network_;
  };

  void Open(std::uint32_t edge, Connection connection) {
    // The origin's places are used again, too, and perhaps before it has heard of the last one's end.
    const Connection at_origin{edge * kPlacesPerEdge + connection.place,
                               static_cast<std::uint32_t>(streams_.size())};
    streams_.push_back(std::make_unique<Stream>(Stream{edge, connection, at_origin}));
    Stream& stream = *streams_.back();
    if (refuses_to_open) {
      Post(stream, kToEdge, {Event::kClosed, {}, {}});
      return;
    }
    Post(stream, kToOrigin, {Event::kOpened, {}, {}});
    Post(stream, kToEdge, {Event::kOpened, {}, {}});
  }
  bool Send(Stream* stream, Way way, std::span<const std::byte> bytes) {
    const std::size_t step = piece_bytes == 0 ? bytes.size() : piece_bytes;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const auto piece = bytes.subspan(at).first(std::min(step, bytes.size() - at));
      Post(*stream, way, {Event::kBytes, {}, {piece.begin(), piece.end()}});
    }
    return true;
  }
  // In the order of the stream.
  void Post(Stream& stream, Way way, Event event) {
    event.at = Later(now_, delay());
    auto& queue = stream.queues[way];
    if (!queue.empty()) event.at = std::max(event.at, queue.back().at);
    queue.push_back(std::move(event));
  }

  Stream* FindAtEdge(std::uint32_t edge, Connection connection) {
    return Find([&](const Stream& s) { return s.edge == edge && s.at_edge == connection; });
  }
  Stream* FindAtOrigin(Connection connection) {
    return Find([&](const Stream& s) { return s.at_origin == connection; });
  }
  template <class Is>
  Stream* Find(Is&& is) {
    for (auto stream = streams_.rbegin(); stream != streams_.rend(); ++stream) {
      if (is(**stream)) return stream->get();
    }
    ADD_FAILURE() << "no such connection";
    return nullptr;
  }

  std::optional<Time> Next() const {
    std::optional<Time> next = origin_->NextTimer();
    for (const auto& side : sides_) next = Soonest({next, side->relay->NextTimer()});
    for (const auto& stream : streams_) {
      for (const Way way : {kToEdge, kToOrigin}) {
        if (!stream->held[way] && !stream->queues[way].empty())
          next = Soonest({next, stream->queues[way].front().at});
      }
    }
    return next;
  }
  void AdvanceAll() {
    origin_->AdvanceTo(now_);
    for (const auto& side : sides_) side->relay->AdvanceTo(now_);
  }
  void DeliverDue() {
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      Stream& stream = *streams_[i];
      for (const Way way : {kToEdge, kToOrigin}) {
        auto& queue = stream.queues[way];
        while (!stream.held[way] && !queue.empty() && queue.front().at <= now_) {
          const Event event = std::move(queue.front());
          queue.pop_front();
          Deliver(stream, way, event);
        }
      }
    }
  }
  // Also to an edge that has given the connection up: a transport may be as late as that.
  void Deliver(Stream& stream, Way way, const Event& event) {
    if (way == kToEdge) {
      EdgeRelay& edge = *sides_[stream.edge]->relay;
      if (event.kind == Event::kOpened) edge.OnOpened(stream.at_edge, now_);
      if (event.kind == Event::kBytes) edge.OnBytes(stream.at_edge, event.bytes, now_);
      if (event.kind == Event::kClosed) edge.OnClosed(stream.at_edge, now_);
      if (event.kind == Event::kClosed) stream.edge_open = false;
      return;
    }
    if (event.kind == Event::kOpened) {
      stream.origin_open = true;
      origin_->OnOpened(stream.at_origin, stream.edge, now_);
    }
    if (event.kind == Event::kBytes) origin_->OnBytes(stream.at_origin, event.bytes, now_);
    if (event.kind == Event::kClosed && stream.origin_open)
      origin_->OnClosed(stream.at_origin, now_);
  }

  Time now_;
  Origin* origin_ = nullptr;
  std::vector<std::unique_ptr<EdgeSide>> sides_;
  OriginSide origin_side_{*this};
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace relay::edge::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_SIMULATED_STREAMS_FOR_TESTS_H_
