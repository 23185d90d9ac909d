// A system for tests of determinism: it sends what comes in to every viewer, in an order of its choice.
// Each order is an odd one or its near twin, which looks alike and replays.
#ifndef FRAMEFENCE_HARNESS_SIM_FAN_OUT_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_SIM_FAN_OUT_FOR_TESTS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "harness/contract/system_under_test.h"

namespace framefence::sim::testing {

struct Thing {
  ViewerId viewer;
  contract::RequestNumber session = 0;
};
// What an order may hang on.
struct Surroundings {
  std::vector<Thing*> things;  // in the order of their opening
  VirtualTime now;
  std::uint64_t seed = 0;
  std::uint64_t cases = 0;  // that this system has played
};

struct BySetOfPointers {
  static std::vector<Thing*> Order(const Surroundings& here) {
    const std::set<Thing*> set(here.things.begin(), here.things.end());
    return {set.begin(), set.end()};
  }
};
struct BySetOfIds {  // its twin
  static std::vector<Thing*> Order(const Surroundings& here) {
    const auto by_id = [](const Thing* a, const Thing* b) { return a->viewer < b->viewer; };
    const std::set<Thing*, decltype(by_id)> set(here.things.begin(), here.things.end());
    return {set.begin(), set.end()};
  }
};
struct ByHashOfPointers {
  static std::vector<Thing*> Order(const Surroundings& here) {
    std::unordered_map<Thing*, int> map;
    for (Thing* thing : here.things) map[thing] = 1;
    std::vector<Thing*> order;
    for (const auto& [thing, one] : map) order.push_back(thing);
    return order;
  }
};
struct LookedUpByHashOfPointers {  // its twin
  static std::vector<Thing*> Order(const Surroundings& here) {
    const std::unordered_set<Thing*> known(here.things.begin(), here.things.end());
    std::vector<Thing*> order = here.things;
    std::erase_if(order, [&](Thing* thing) { return !known.contains(thing); });
    return order;
  }
};
// By blocks that are made for it and given back last one first: an allocator that nobody disturbs gives
// out the same ones again, in the same order. As many as the C library keeps aside of a size, of a
// size that nothing else here is of.
struct ByBlocksOfTheMoment {
  static std::vector<Thing*> Order(const Surroundings& here) {
    using Block = std::array<std::byte, 184>;
    std::array<std::unique_ptr<Block>, 6> blocks;
    for (auto& block : blocks) block = std::make_unique<Block>();
    std::vector<std::size_t> ranks(here.things.size());
    std::iota(ranks.begin(), ranks.end(), 0);
    const auto end = ranks.begin() + std::min(ranks.size(), blocks.size());
    std::sort(ranks.begin(), end, [&](std::size_t a, std::size_t b) {
      return std::less<>()(blocks[a].get(), blocks[b].get());
    });
    std::vector<Thing*> order;
    for (const std::size_t rank : ranks) order.push_back(here.things[rank]);
    std::for_each(blocks.rbegin(), blocks.rend(), [](auto& block) { block.reset(); });
    return order;
  }
};
struct ByVirtualTime {  // the twin of one by the clock
  static std::vector<Thing*> Order(const Surroundings& here) {
    std::vector<Thing*> order = here.things;
    const auto now = Microseconds(here.now);
    std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(now)));
    return order;
  }
};
struct BySeed {  // the twin of one by rand()
  static std::vector<Thing*> Order(const Surroundings& here) {
    std::vector<Thing*> order = here.things;
    std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(here.seed)));
    return order;
  }
};
struct ByLeftover {
  static std::vector<Thing*> Order(const Surroundings& here) {
    std::vector<Thing*> order = here.things;
    std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(here.cases)));
    return order;
  }
};

template <class Policy>
class FanOut final : public contract::SystemUnderTest {
 public:
  std::string_view name() const override { return "fan-out"; }
  contract::Capabilities capabilities() const override {
    return {.operations = contract::Operations({contract::Operation::kBind,
                                                contract::Operation::kStartPublisher,
                                                contract::Operation::kOpenViewer})};
  }
  void Reset(const contract::Deployment& deployment, contract::Observer& observer) override {
    observer_ = &observer;
    things_.clear();
    here_ = {.seed = deployment.seed, .cases = here_.cases + 1};
  }
  void Submit(const contract::Request& request, VirtualTime) override {
    observer_->OnAck({.number = request.number});
    if (request.operation != contract::Operation::kOpenViewer) return;
    things_[request.viewer] =
        std::make_unique<Thing>(Thing{.viewer = request.viewer, .session = request.number});
  }
  void Ingest(contract::IngestPort, contract::SourceAddress, std::span<const std::byte> datagram,
              VirtualTime now) override {
    here_.now = now;
    here_.things.clear();
    for (const auto& [viewer, thing] : things_) here_.things.push_back(thing.get());
    for (const Thing* thing : Policy::Order(here_)) {
      observer_->OnDelivery(
          {.viewer = thing->viewer, .session = thing->session, .bytes = datagram});
    }
  }
  void AdvanceTo(VirtualTime) override {}

 private:
  contract::Observer* observer_ = nullptr;
  std::map<ViewerId, std::unique_ptr<Thing>> things_;
  Surroundings here_;
};

}  // namespace framefence::sim::testing

#endif  // FRAMEFENCE_HARNESS_SIM_FAN_OUT_FOR_TESTS_H_
