#include "targets/adapters/leveldb_cache_adapter.h"

#include <leveldb/cache.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/media/rtp_depacketizer.h"

namespace adapters {
namespace {

using namespace framefence;
using namespace framefence::contract;
using enum Operation;

struct Still {
  std::vector<std::byte> bytes;
  VirtualTime at;
};

struct Camera {  // its ingest port is its number
  std::optional<AccountId> owner;
  NameId name;
  std::uint32_t binding = 0;  // counts the bindings of all cameras
  std::optional<SourceAddress> source;
  media::RtpDepacketizer stream;
};

struct Viewer {
  Request opened;
  std::uint32_t binding = 0;
  VirtualTime expires;
};

class LevelDbCache final : public SystemUnderTest, private media::AccessUnitSink {
 public:
  explicit LevelDbCache(StillKey key) : key_(key) {}
  std::string_view name() const override { return "leveldb-cache"; }
  void AdvanceTo(VirtualTime) override {}  // it has no timers
  Capabilities capabilities() const override {
    return {.operations =
                Operations({kBind, kStartPublisher, kOpenViewer, kCloseViewer, kRevokeAccount}),
            .stills = true};
  }

  void Reset(const Deployment& deployment, Observer& observer) override {
    deployment_ = deployment;
    observer_ = &observer;
    bindings_ = 0;
    cameras_.assign(deployment.cameras, {});
    viewers_.clear();
    cache_->Prune();
  }

  void Submit(const Request& request, VirtualTime now) override {
    now_ = now;
    const bool done = Perform(request);
    observer_->OnAck({request.number, done ? Status::kOk : Status::kRefused, request.camera.value});
    if (done && request.operation == kOpenViewer) Serve(viewers_.back());
  }

  void Ingest(IngestPort port, SourceAddress from, std::span<const std::byte> datagram,
              VirtualTime now) override {
    now_ = now;
    sending_ = &cameras_[port];
    // Late packets of an earlier publisher session come from another source.
    if (sending_->source == from) sending_->stream.Push(datagram, *this);
  }

 private:
  bool Perform(const Request& request) {
    Camera& camera = cameras_[request.camera.value];
    const auto named = std::ranges::find_if(
        cameras_, [&](auto& c) { return c.owner == request.account && c.name == request.name; });
    switch (request.operation) {
      case kBind:
        if (named != cameras_.end() && &*named != &camera) return false;  // the name is taken
        camera = {.owner = request.account, .name = request.name, .binding = ++bindings_};
        return true;
      case kStartPublisher:
        if (!camera.owner) return false;
        camera.source = request.source;
        // A window of 1 waits for nothing: a still is as fresh as its last packet.
        camera.stream = media::RtpDepacketizer({.ssrc = request.ssrc, .reorder_window = 1});
        return true;
      case kOpenViewer:
        if (named == cameras_.end() || request.path != AccessPath::kApp) return false;
        viewers_.push_back({request, named->binding, now_ + deployment_.token_lifetime});
        return true;
      case kCloseViewer:
        std::erase_if(viewers_, [&](auto& v) { return v.opened.viewer == request.viewer; });
        return true;
      default:  // kRevokeAccount
        std::erase_if(viewers_, [&](auto& v) { return v.opened.account == request.account; });
        return true;
    }
  }

  std::string KeyOf(AccountId account, NameId name, std::uint32_t binding) const {
    std::string key = std::to_string(name.value);
    if (key_ != StillKey::kName) key += "/" + std::to_string(account.value);
    if (key_ == StillKey::kAccountNameBinding) key += "/" + std::to_string(binding);
    return key;
  }

  // From Push(): a whole picture.
  void OnAccessUnit(const media::ReceivedAccessUnit& unit) override {
    if (!unit.idr) return;
    cache_->Release(cache_->Insert(
        KeyOf(*sending_->owner, sending_->name, sending_->binding),
        new Still{{unit.annex_b.begin(), unit.annex_b.end()}, now_}, unit.annex_b.size(),
        [](const leveldb::Slice&, void* still) { delete static_cast<Still*>(still); }));
    for (const Viewer& viewer : viewers_) {
      if (viewer.binding == sending_->binding) Serve(viewer);
    }
  }

  void Serve(const Viewer& viewer) {
    if (now_ > viewer.expires) return;
    auto* const hit =
        cache_->Lookup(KeyOf(viewer.opened.account, viewer.opened.name, viewer.binding));
    if (hit == nullptr) return;
    const auto& still = *static_cast<const Still*>(cache_->Value(hit));
    if (now_ - still.at <= deployment_.still_age_max)
      observer_->OnDelivery(
          {viewer.opened.viewer, viewer.opened.number, DeliveryKind::kStill, still.bytes});
    cache_->Release(hit);
  }

  const StillKey key_;
  const std::unique_ptr<leveldb::Cache> cache_{leveldb::NewLRUCache(1U << 20)};
  Deployment deployment_;
  Observer* observer_ = nullptr;
  VirtualTime now_;
  std::uint32_t bindings_ = 0;
  std::vector<Camera> cameras_;
  std::vector<Viewer> viewers_;  // of a binding that is over too: nothing is published under it
  Camera* sending_ = nullptr;
};

}  // namespace

std::unique_ptr<contract::SystemUnderTest> MakeLevelDbCache(StillKey key) {
  return std::make_unique<LevelDbCache>(key);
}

}  // namespace adapters
