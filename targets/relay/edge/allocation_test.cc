// That an edge and its origin allocate nothing in the steady state: operator new counts.
//
// Seen to fail: with a vector made in StillCache::Fill(), and in Origin::Tell().
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "targets/relay/edge/edge_relay.h"
#include "targets/relay/edge/origin.h"

namespace {

std::size_t allocations = 0;

void* Counted(void* space) {
  ++allocations;
  if (space == nullptr) std::abort();
  return space;
}

}  // namespace

// The array and nothrow forms come to these.
void* operator new(std::size_t bytes) { return Counted(std::malloc(bytes)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  return Counted(std::aligned_alloc(align, (bytes + align - 1) / align * align));
}
void operator delete(void* space) noexcept { std::free(space); }
// Inlined, g++ takes it for the wrong one.
[[gnu::noinline]] void operator delete(void* space, std::size_t) noexcept { std::free(space); }
void operator delete(void* space, std::align_val_t) noexcept { std::free(space); }
void operator delete(void* space, std::size_t, std::align_val_t) noexcept { std::free(space); }

namespace relay::edge {
namespace {

constexpr Account kAnna{0};
constexpr Camera kPorch{0};
constexpr Name kFront{0};

// One stream each way, without delay, whose bytes lie in a buffer of fixed size.
class Wire final : public StreamTransport {
 public:
  void Open(Connection connection) override { opening = connection; }
  bool Send(Connection, std::span<const std::byte> bytes) override {
    std::ranges::copy(bytes, buffer.begin() + static_cast<std::ptrdiff_t>(size));
    size += bytes.size();
    return true;
  }
  void Close(Connection) override { ADD_FAILURE(); }
  std::span<const std::byte> Take() { return {buffer.data(), std::exchange(size, 0)}; }

  std::optional<Connection> opening;
  std::array<std::byte, 65536> buffer;
  std::size_t size = 0;
};

class AllocationTest : public ::testing::Test,
                       public OriginSource,
                       public OriginEvents,
                       public ViewerAnswers {
 protected:
  void SetUp() override {
    ASSERT_EQ(origin_.Reset({}), Status::kOk);
    ASSERT_EQ(edge_.Reset({}), Status::kOk);
  }
  OwnerEntry FindOwner(Camera camera) override {
    return {camera, Outcome::kOk, kAnna, kFront, Epoch(epoch_), 1};
  }
  StillReply FindStill(const StillRequest& request, Time) override {
    return {Outcome::kOk, request.camera, Epoch(epoch_), {}, picture_};
  }
  void OnSettled(std::uint64_t) override { ++settled_; }
  void SendStill(ViewerHandle, std::span<const std::byte>) override { ++shown_; }
  void OnStillRefused(ViewerHandle, Status) override {}
  void OnOwner(Camera, LookUp) override {}

  // Time passes, and what is sent arrives.
  void Pass(std::chrono::microseconds time) {
    now_ = Later(now_, time);
    for (int i = 0; i < 4; ++i) {
      edge_.AdvanceTo(now_);
      origin_.AdvanceTo(now_);
      if (const auto opening = std::exchange(to_origin_.opening, std::nullopt)) {
        connection_ = *opening;
        ASSERT_EQ(origin_.OnOpened(connection_, 0, now_), Status::kOk);
        edge_.OnOpened(connection_, now_);
      }
      origin_.OnBytes(connection_, to_origin_.Take(), now_);
      edge_.OnBytes(connection_, to_edge_.Take(), now_);
    }
  }
  // A viewer session's life, and a change that ends it.
  void Round() {
    const EdgeRelay::Wish wish{kAnna, kPorch, Integration(0)};
    edge_.OpenViewer(wish, now_);
    Pass(std::chrono::milliseconds(3));
    const auto opened = edge_.OpenViewer(wish, now_);
    ASSERT_EQ(opened.status, Status::kOk);
    for (int i = 0; i < 5; ++i) {
      edge_.RequestStill(opened.value, now_);
      Pass(std::chrono::milliseconds(1500));
    }
    Invalidation what;
    what.camera = kPorch;
    const auto changed = origin_.Apply(what, now_, [&] {
      ++epoch_;
      return Status::kOk;
    });
    ASSERT_EQ(changed.status, Status::kOk);
    Pass(std::chrono::milliseconds(200));
    ASSERT_EQ(edge_.RequestStill(opened.value, now_), Status::kNoSession);
  }

  std::array<std::byte, 3000> picture_{};
  std::uint32_t epoch_ = 1;
  int shown_ = 0, settled_ = 0;
  Wire to_origin_, to_edge_;
  Connection connection_;
  Origin origin_{to_edge_, *this, *this};
  EdgeRelay edge_{to_origin_, *this};
  Time now_{100'000'000};
};

TEST_F(AllocationTest, AnEdgeAndItsOriginAllocateNothingOnceTheyAreReset) {
  const std::size_t before = allocations;
  for (int i = 0; i < 10; ++i) Round();
  EXPECT_EQ(allocations, before);
  EXPECT_GE(shown_, 50);
  EXPECT_EQ(settled_, 10);
}

TEST_F(AllocationTest, ResetToTheSameSizeAllocatesNothing) {
  Round();
  const std::size_t before = allocations;
  ASSERT_EQ(origin_.Reset({}), Status::kOk);
  ASSERT_EQ(edge_.Reset({}), Status::kOk);
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace relay::edge
