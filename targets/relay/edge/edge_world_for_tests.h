// For tests: an origin with a directory and stills made up, and edges around it. Every still says in
// its bytes whose it is.
#ifndef FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_WORLD_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_WORLD_FOR_TESTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "targets/relay/edge/simulated_streams_for_tests.h"

namespace relay::edge::testing {

// What a made-up still is: written over and over into its bytes.
struct Stamp {
  std::uint32_t camera = 0;
  std::uint32_t binding_epoch = 0;
  std::uint64_t captured_at = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};
inline constexpr std::size_t kStampsPerStill = 20;

inline std::vector<std::byte> PictureOf(const Stamp& stamp) {
  std::vector<std::byte> bytes(kStampsPerStill * sizeof stamp);
  for (std::size_t i = 0; i < kStampsPerStill; ++i)
    std::memcpy(bytes.data() + i * sizeof stamp, &stamp, sizeof stamp);
  return bytes;
}

inline Stamp StampOf(std::span<const std::byte> picture) {
  Stamp stamp;
  EXPECT_EQ(picture.size(), kStampsPerStill * sizeof stamp);
  if (picture.size() < sizeof stamp) return stamp;
  std::memcpy(&stamp, picture.data(), sizeof stamp);
  const auto whole = PictureOf(stamp);
  EXPECT_TRUE(std::ranges::equal(picture, whole)) << "spliced";
  return stamp;
}

class MadeUpSource final : public OriginSource {
 public:
  struct MadeUpCamera {
    bool bound = false;
    Account owner{};
    Name name{};
    std::uint32_t epoch = 0;
    std::optional<Time> captured_at;  // its last still
  };

  OwnerEntry FindOwner(Camera camera) override {
    ++look_ups;
    const MadeUpCamera& known = cameras[camera.value];
    if (!known.bound) return {camera, Outcome::kNotFound, {}, {}, {}, 0};
    std::uint64_t open_integrations = 0;
    for (std::size_t i = 0; i < suspended.size(); ++i) {
      if (linked[known.owner.value][i] && !suspended[i]) open_integrations |= std::uint64_t{1} << i;
    }
    return {camera, Outcome::kOk, known.owner, known.name, Epoch(known.epoch), open_integrations};
  }
  StillReply FindStill(const StillRequest& request, Time now) override {
    ++stills;
    const MadeUpCamera& known = cameras[request.camera.value];
    StillReply reply{Outcome::kOk, request.camera, Epoch(known.epoch), {}, {}};
    if (!known.bound) {
      reply.outcome = Outcome::kNotFound;
    } else if (request.binding_epoch.value != known.epoch) {
      reply.outcome = Outcome::kStaleBinding;
    } else if (!known.captured_at) {
      reply.outcome = Outcome::kNoStill;
    } else {
      reply.age = std::chrono::microseconds(now.value - known.captured_at->value);
      picture_ = PictureOf({request.camera.value, known.epoch, known.captured_at->value});
      reply.picture = picture_;
    }
    return reply;
  }

  std::vector<MadeUpCamera> cameras = std::vector<MadeUpCamera>(16);
  std::array<std::array<bool, 2>, 8> linked{};  // by account, integration
  std::array<bool, 2> suspended{};
  std::size_t look_ups = 0;
  std::size_t stills = 0;

 private:
  std::vector<std::byte> picture_;
};

class RecordingAnswers : public ViewerAnswers {
 public:
  virtual ~RecordingAnswers() = default;

  struct Shown {
    ViewerHandle to;
    Stamp what;
  };
  struct Refused {
    ViewerHandle to;
    Status status;
  };
  struct Owner {
    Camera camera;
    LookUp result;
  };
  void SendStill(ViewerHandle to, std::span<const std::byte> access_unit) override {
    shown.push_back({to, StampOf(access_unit)});
  }
  void OnStillRefused(ViewerHandle to, Status status) override { refused.push_back({to, status}); }
  void OnOwner(Camera camera, LookUp result) override { owners.push_back({camera, result}); }

  std::vector<Shown> shown;
  std::vector<Refused> refused;
  std::vector<Owner> owners;
};

class RecordingSettling final : public OriginEvents {
 public:
  void OnSettled(std::uint64_t change) override { settled.push_back(change); }
  std::vector<std::uint64_t> settled;
};

inline constexpr Account kAnna{0}, kBert{1};
inline constexpr Camera kPorch{0}, kCrib{1}, kYard{2};
inline constexpr Name kFront{0}, kBack{1};
inline constexpr Integration kDisplay{0};

class EdgeWorld : public ::testing::Test {
 protected:
  using milliseconds = std::chrono::milliseconds;
  using seconds = std::chrono::seconds;

  void SetUp() override { Start(1); }

  // `edges` edges that know nothing, and Anna's porch camera and Bert's crib.
  void Start(std::uint32_t edges) {
    origin_options_.edges = edges;
    origin_options_.connections = edges * SimulatedStreams::kPlacesPerEdge;
    origin_options_.accounts = edge_options_.accounts = 4;
    origin_options_.cameras = edge_options_.cameras = 8;
    network_ = std::make_unique<SimulatedStreams>(Time(100'000'000));
    origin_ = std::make_unique<Origin>(network_->origin_side(), source_, settling_);
    ASSERT_EQ(origin_->Reset(origin_options_), Status::kOk);
    network_->Attach(*origin_);
    edges_.clear();
    answers_ = std::vector<RecordingAnswers>(edges);
    for (std::uint32_t i = 0; i < edges; ++i) {
      edges_.push_back(std::make_unique<EdgeRelay>(network_->AddEdge(), answers_[i]));
      ASSERT_EQ(edges_.back()->Reset(edge_options_), Status::kOk);
      network_->Attach(i, *edges_.back());
    }
    source_ = MadeUpSource();
    settling_.settled.clear();
    Place(kPorch, kAnna, kFront);
    Place(kCrib, kBert, kFront);
  }
  Time now() const { return network_->now(); }
  void Run(std::chrono::microseconds time) { network_->Run(time); }
  EdgeRelay& edge(std::uint32_t i = 0) { return *edges_[i]; }
  RecordingAnswers& answers(std::uint32_t i = 0) { return answers_[i]; }

  // --- the origin's directory and stills ---
  // Without telling anybody: before any edge asks.
  void Place(Camera camera, Account owner, Name name) {
    auto& known = source_.cameras[camera.value];
    known = {true, owner, name, known.epoch + 1, now()};
  }
  Origin::Changed Apply(const Invalidation& what, const std::function<void()>& change) {
    const auto answer = origin_->Apply(what, now(), [&] {
      change();
      return Status::kOk;
    });
    EXPECT_EQ(answer.status, Status::kOk);
    return answer.value;
  }
  static Invalidation What(Invalidation::Kind kind, Camera camera, Account account,
                           Integration integration) {
    Invalidation what;
    what.kind = kind;
    what.camera = camera;
    what.account = account;
    what.integration = integration;
    return what;
  }
  Origin::Changed Bind(Camera camera, Account owner, Name name) {
    return Apply(What(Invalidation::Kind::kCamera, camera, {}, {}),
                 [&] { Place(camera, owner, name); });
  }
  Origin::Changed Unbind(Camera camera) {
    return Apply(What(Invalidation::Kind::kCamera, camera, {}, {}), [&] {
      source_.cameras[camera.value].bound = false;
      ++source_.cameras[camera.value].epoch;
    });
  }
  Origin::Changed Revoke(Account account) {
    return Apply(What(Invalidation::Kind::kAccount, {}, account, {}), [] {});
  }
  Origin::Changed Unlink(Account account) {
    return Apply(What(Invalidation::Kind::kLink, {}, account, kDisplay),
                 [&] { source_.linked[account.value][kDisplay.value] = false; });
  }
  Origin::Changed Suspend() {
    return Apply(What(Invalidation::Kind::kIntegration, {}, {}, kDisplay),
                 [&] { source_.suspended[kDisplay.value] = true; });
  }
  Status Restore() {
    return origin_->Restore(kDisplay, now(), [&] {
      source_.suspended[kDisplay.value] = false;
      return Status::kOk;
    });
  }
  void Link(Account account) { source_.linked[account.value][kDisplay.value] = true; }
  void Capture(Camera camera) { source_.cameras[camera.value].captured_at = now(); }
  bool IsSettled(const Origin::Changed& change) const {
    return change.settled || std::ranges::count(settling_.settled, change.number) == 1;
  }

  // --- two streams ---
  // Both of the edge's connections are open; what is asked next goes on the first of them, and what
  // is asked while that is not answered, on the second.
  void OpenBothStreams() {
    const ViewerHandle bert = MustOpen({kBert, kCrib, {}});
    edge().RequestStill(bert, now());
    edge().OpenViewer({kBert, Camera(7), {}}, now());
    Run(milliseconds(100));
    edge().CloseViewer(bert, now());
    ASSERT_EQ(network_->streams(), 2U);
    Capture(kPorch);
  }
  // Keeps the first stream busy with a fetch for Bert while `ask` asks for something, on the second,
  // whose reply is on its way when this returns and comes when the second stream is let go on.
  void AskOnSecondStream(const std::function<void()>& ask) {
    const auto bert = Open({kBert, kCrib, {}});
    ASSERT_EQ(bert.status, Status::kOk);
    ASSERT_EQ(edge().RequestStill(bert.value, now()), Status::kBusy);
    network_->HoldTowardEdge(1, true);
    const auto before = source_.stills + source_.look_ups;
    ask();
    Run(milliseconds(30));
    ASSERT_GE(source_.stills + source_.look_ups, before + 2);
    edge().CloseViewer(bert.value, now());
  }

  // --- viewers ---
  using Wish = EdgeRelay::Wish;
  // Asks, waits for the look-up where there is one, and asks again.
  Answer<ViewerHandle> Open(const Wish& wish, std::uint32_t i = 0) {
    auto answer = edge(i).OpenViewer(wish, now());
    if (answer.status == Status::kBusy) {
      Run(milliseconds(60));
      answer = edge(i).OpenViewer(wish, now());
    }
    return answer;
  }
  ViewerHandle MustOpen(const Wish& wish, std::uint32_t i = 0) {
    const auto answer = Open(wish, i);
    EXPECT_EQ(answer.status, Status::kOk);
    return answer.value;
  }
  ViewerHandle OpenPorch(std::uint32_t i = 0) { return MustOpen({kAnna, kPorch, {}}, i); }
  // The first still that came of asking, if one did.
  std::optional<Stamp> See(ViewerHandle viewer, std::uint32_t i = 0) {
    const std::size_t before = answers(i).shown.size();
    const Status status = edge(i).RequestStill(viewer, now());
    if (status == Status::kBusy) Run(milliseconds(60));
    for (std::size_t at = before; at < answers(i).shown.size(); ++at) {
      if (answers(i).shown[at].to == viewer) return answers(i).shown[at].what;
    }
    return std::nullopt;
  }

  EdgeOptions edge_options_;
  OriginOptions origin_options_;
  MadeUpSource source_;
  RecordingSettling settling_;
  std::unique_ptr<SimulatedStreams> network_;
  std::unique_ptr<Origin> origin_;
  std::vector<std::unique_ptr<EdgeRelay>> edges_;
  std::vector<RecordingAnswers> answers_;
};

}  // namespace relay::edge::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_EDGE_EDGE_WORLD_FOR_TESTS_H_
