// A relay of one's own, bound to Framefence: it forwards what cameras send, and keeps their last
// packets for viewers that come late. Twice: with a cache keyed by what the account calls the
// camera, which is a leak, and keyed by the account too.
#include <harness/cli/main.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace {

using namespace framefence;
using contract::Operation;

template <bool kWithAccount>
class Relay final : public contract::SystemUnderTest {
 public:
  std::string_view name() const override { return kWithAccount ? "keyed" : "naive"; }

  contract::Capabilities capabilities() const override {
    return {.operations = contract::Operations({Operation::kBind, Operation::kStartPublisher,
                                                Operation::kOpenViewer, Operation::kCloseViewer})};
  }

  void Reset(const contract::Deployment& deployment, contract::Observer& observer) override {
    observer_ = &observer;
    token_lifetime_ = deployment.token_lifetime;
    cameras_.assign(deployment.cameras, {});
    viewers_.clear();
    cache_.clear();
  }

  void Submit(const contract::Request& request, VirtualTime now) override {
    const bool done = Perform(request, now);
    observer_->OnAck({.number = request.number,
                      .status = done ? contract::Status::kOk : contract::Status::kRefused,
                      .port = request.camera.value});
    if (!done || request.operation != Operation::kOpenViewer) return;
    for (const Packet& packet : cache_[KeyOf(request)]) Send(viewers_.back(), packet, now);
  }

  void Ingest(contract::IngestPort port, contract::SourceAddress from,
              std::span<const std::byte> datagram, VirtualTime now) override {
    const Camera& camera = cameras_[port];
    if (!camera.publisher || camera.publisher->source != from || datagram.size() < 12) return;
    auto& packets = cache_[KeyOf(*camera.bound)];
    packets.emplace_back(datagram.begin(), datagram.end());
    // Two publisher sessions may draw the same SSRC: to viewers they are two sources all the same.
    for (int i = 0; i < 4; ++i)
      packets.back()[8 + i] = static_cast<std::byte>(camera.publisher->number >> (24 - 8 * i));
    if (packets.size() > 16) packets.pop_front();
    for (const Viewer& viewer : viewers_) {
      if (viewer.camera == port) Send(viewer, packets.back(), now);
    }
  }

  void AdvanceTo(VirtualTime) override {}

 private:
  using Packet = std::vector<std::byte>;
  using Key = std::pair<std::uint32_t, std::uint32_t>;
  struct Camera {
    std::optional<contract::Request> bound, publisher;
  };
  struct Viewer {
    contract::Request opened;
    std::uint32_t camera;
    VirtualTime expires;
  };

  static Key KeyOf(const contract::Request& request) {
    return {kWithAccount ? request.account.value : 0, request.name.value};
  }

  bool Perform(const contract::Request& request, VirtualTime now) {
    Camera& camera = cameras_[request.camera.value];
    const auto named = std::ranges::find_if(cameras_, [&](const Camera& each) {
      return each.bound && each.bound->account == request.account &&
             each.bound->name == request.name;
    });
    switch (request.operation) {
      case Operation::kBind:
        if (named != cameras_.end() && &*named != &camera) return false;  // the name is taken
        std::erase_if(viewers_, [&](const Viewer& v) { return v.camera == request.camera.value; });
        if (camera.bound) cache_.erase(KeyOf(*camera.bound));
        camera = {.bound = request};
        return true;
      case Operation::kStartPublisher:
        if (camera.bound) camera.publisher = request;
        return camera.bound.has_value();
      case Operation::kOpenViewer:
        if (named == cameras_.end() || request.path != contract::AccessPath::kApp) return false;
        viewers_.push_back(
            {request, static_cast<std::uint32_t>(named - cameras_.begin()), now + token_lifetime_});
        return true;
      default:  // kCloseViewer
        std::erase_if(viewers_, [&](const Viewer& v) { return v.opened.viewer == request.viewer; });
        return true;
    }
  }

  void Send(const Viewer& to, const Packet& packet, VirtualTime now) {
    if (now > to.expires) return;
    observer_->OnDelivery(
        {.viewer = to.opened.viewer, .session = to.opened.number, .bytes = packet});
  }

  contract::Observer* observer_ = nullptr;
  VirtualDuration token_lifetime_{};
  std::vector<Camera> cameras_;  // by number, which is the ingest port too
  std::vector<Viewer> viewers_;
  std::map<Key, std::deque<Packet>> cache_;
};

constexpr contract::Target kTargets[] = {
    {"naive", "keyed by the camera's name", contract::Make<Relay<false>>},
    {"keyed", "keyed by the account and the camera's name", contract::Make<Relay<true>>},
};

}  // namespace

int main(int argc, char** argv) { return framefence::Main(argc, argv, kTargets); }
