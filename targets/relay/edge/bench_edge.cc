// What a still costs at an edge, beside one memcpy of it in the same run: served from its place, and
// fetched from the origin, both relays' work and both ways over the wire included. A deployment
// checks its answer before it is timed: the viewer gets the picture, whole.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "targets/relay/edge/edge_relay.h"
#include "targets/relay/edge/origin.h"

namespace relay::edge {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t kStillBytes = 20'000;
constexpr std::uint32_t kCameras = 1000;
constexpr Account kAnna{0};

// One stream each way, without delay.
class Pipe final : public StreamTransport {
 public:
  Pipe() : buffer_(1U << 20) {}
  void Open(Connection connection) override { opening = connection; }
  bool Send(Connection, std::span<const std::byte> bytes) override {
    std::memcpy(buffer_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
    return true;
  }
  void Close(Connection) override {}
  std::span<const std::byte> Take() { return {buffer_.data(), std::exchange(size_, 0)}; }

  std::optional<Connection> opening;

 private:
  Bytes buffer_;
  std::size_t size_ = 0;
};

class Deployment final : public OriginSource, public OriginEvents, public ViewerAnswers {
 public:
  explicit Deployment(std::chrono::microseconds still_fresh) : picture_(kStillBytes) {
    EdgeOptions edge;
    edge.cameras = edge.names = edge.partitions = edge.viewers = kCameras;
    edge.connections = 1;
    edge.pipeline_depth = 64;
    edge.still_bytes_max = kStillBytes;
    edge.still_fresh = still_fresh;
    OriginOptions origin;
    origin.cameras = kCameras;
    origin.still_bytes_max = kStillBytes;
    origin.owners_per_window = kCameras;
    ok_ = edge_.Reset(edge) == Status::kOk && origin_.Reset(origin) == Status::kOk && OpenAll();
  }
  // Every viewer has been shown the picture twice: when it was fetched, and from its place.
  bool ok() {
    for (const ViewerHandle viewer : viewers_) {
      Request(viewer);
      Request(viewer);
    }
    return ok_ && shown_ == 2 * kCameras && !is_torn_;
  }
  void RequestNext() {
    Request(viewers_[next_]);
    next_ = (next_ + 1) % kCameras;
  }

 private:
  bool OpenAll() {
    for (std::uint32_t i = 0; i < kCameras; ++i) edge_.OpenViewer({kAnna, Camera(i), {}}, now_);
    now_ = Later(now_, std::chrono::milliseconds(2));
    for (int i = 0; i < 40; ++i) Exchange();
    for (std::uint32_t i = 0; i < kCameras; ++i) {
      const auto opened = edge_.OpenViewer({kAnna, Camera(i), {}}, now_);
      if (opened.status != Status::kOk) return false;
      viewers_.push_back(opened.value);
    }
    return true;
  }
  void Request(ViewerHandle viewer) {
    edge_.RequestStill(viewer, now_);
    Exchange();
  }
  void Exchange() {
    if (const auto opening = std::exchange(to_origin_.opening, std::nullopt)) {
      connection_ = *opening;
      origin_.OnOpened(connection_, 0, now_);
      edge_.OnOpened(connection_, now_);
    }
    if (const auto bytes = to_origin_.Take(); !bytes.empty())
      origin_.OnBytes(connection_, bytes, now_);
    if (const auto bytes = to_edge_.Take(); !bytes.empty()) edge_.OnBytes(connection_, bytes, now_);
  }

  OwnerEntry FindOwner(Camera camera) override {
    return {camera, Outcome::kOk, kAnna, Name(camera.value), Epoch(1), 0};
  }
  StillReply FindStill(const StillRequest& request, Time) override {
    return {Outcome::kOk, request.camera, request.binding_epoch, {}, picture_};
  }
  void OnSettled(std::uint64_t) override {}
  void SendStill(ViewerHandle, std::span<const std::byte> access_unit) override {
    ++shown_;
    is_torn_ = is_torn_ || access_unit.size() != picture_.size();
    benchmark::DoNotOptimize(access_unit.data());
  }
  void OnStillRefused(ViewerHandle, Status) override { is_torn_ = true; }
  void OnOwner(Camera, LookUp) override {}

  Bytes picture_;
  std::size_t shown_ = 0;
  bool ok_ = false;
  bool is_torn_ = false;
  Pipe to_origin_, to_edge_;
  Connection connection_;
  Origin origin_{to_edge_, *this, *this};
  EdgeRelay edge_{to_origin_, *this};
  std::vector<ViewerHandle> viewers_;
  std::size_t next_ = 0;
  Time now_{100'000'000};
};

void Measure(benchmark::State& state, std::chrono::microseconds still_fresh) {
  const auto deployment = std::make_unique<Deployment>(still_fresh);
  if (!deployment->ok()) return state.SkipWithError("a viewer did not get its still");
  for (auto _ : state) deployment->RequestNext();
  state.SetItemsProcessed(state.iterations());
}

void BM_MemcpyOfTheStill(benchmark::State& state) {
  Bytes from(kStillBytes, std::byte{1}), to(kStillBytes);
  for (auto _ : state) {
    benchmark::DoNotOptimize(from.data());
    std::memcpy(to.data(), from.data(), kStillBytes);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_MemcpyOfTheStill);

void BM_StillFromItsPlace(benchmark::State& state) { Measure(state, std::chrono::hours(1)); }
BENCHMARK(BM_StillFromItsPlace);

// Served from its place, and fetched anew behind it, each time.
void BM_StillFetched(benchmark::State& state) { Measure(state, std::chrono::microseconds(0)); }
BENCHMARK(BM_StillFetched);

}  // namespace
}  // namespace relay::edge

BENCHMARK_MAIN();
