// What isolation costs: a packet's way through the relay, beside the same way with the guards taken
// out (unguarded.h), in one run and by turns, so that whatever else the machine does weighs on both.
// Prints for each path a name, and nanoseconds a packet with guards and without: medians. Under
// callgrind it counts instead (ci/isolation).
#include <valgrind/callgrind.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "targets/relay/isolation/path.h"

namespace isolation {
namespace {

constexpr unsigned kCalls = 1024;  // as in ci/isolation
constexpr unsigned kTurns = 400;

struct Setting {
  const char* name;
  std::uint32_t viewers;
  Transport transport;
};
constexpr std::array kSettings = {
    Setting{"ingest", 0, Transport::kDrops},
    Setting{"to-1-viewer", 1, Transport::kDrops},
    Setting{"to-10-viewers", 10, Transport::kDrops},
    Setting{"to-100-viewers", 100, Transport::kDrops},
    Setting{"to-1-viewer-copied", 1, Transport::kCopies},
    Setting{"to-10-viewers-copied", 10, Transport::kCopies},
    Setting{"to-100-viewers-copied", 100, Transport::kCopies},
    Setting{"to-10-viewers-sent", 10, Transport::kSends},
    Setting{"to-100-viewers-sent", 100, Transport::kSends},
};

void Count(const std::string& name, Path& path) {
  CALLGRIND_ZERO_STATS;
  for (unsigned call = 0; call < kCalls; ++call) path.Send();
  CALLGRIND_DUMP_STATS_AT(name.c_str());
}

double NanosecondsPerPacket(Path& path, unsigned packets) {
  const auto began = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < packets; ++i) path.Send();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
  return took.count() / packets;
}

double MedianOf(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Turns of some 50 us: shorter than the slices in which a scheduler takes the processor away.
void Time(const Setting& setting, Path& guarded, Path& unguarded) {
  const unsigned packets = std::max(1U, 256 / (1 + setting.viewers));
  std::vector<double> with(kTurns), without(kTurns);
  for (unsigned turn = 0; turn < kTurns; ++turn) {
    with[turn] = NanosecondsPerPacket(guarded, packets);
    without[turn] = NanosecondsPerPacket(unguarded, packets);
  }
  std::printf("%s %.1f %.1f\n", setting.name, MedianOf(with), MedianOf(without));
}

bool Measure(const Setting& setting) {
  const auto guarded = relay::bench::MakePath(setting.viewers, setting.transport);
  const auto unguarded = unguarded_relay::bench::MakePath(setting.viewers, setting.transport);
  if (!guarded->ok() || !unguarded->ok()) return false;
  if (RUNNING_ON_VALGRIND && setting.transport == Transport::kSends)
    return true;  // the kernel's are not counted
  if (RUNNING_ON_VALGRIND) {
    Count(std::string("with:") + setting.name, *guarded);
    Count(std::string("without:") + setting.name, *unguarded);
  } else {
    Time(setting, *guarded, *unguarded);
  }
  return guarded->ok() && unguarded->ok();
}

}  // namespace
}  // namespace isolation

int main() { return std::ranges::all_of(isolation::kSettings, isolation::Measure) ? 0 : 1; }
