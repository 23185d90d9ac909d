// Fuzzes saved states, as they come and with their seal made anew, which is how a fuzzer gets behind it:
//   1. a state with any other seal than its own is refused;
//   2. one that is refused leaves the relay as it was;
//   3. one that is accepted, saved again, is the same bytes;
//   4. a relay that goes on from one comes to no state that would be refused.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "harness/base/check.h"
#include "targets/fuzz/saved_state_relay.h"
#include "targets/relay/rtp.h"
#include "targets/relay/saved_state.h"
#include "targets/relay/silent_transport_for_tests.h"

namespace {

using relay::Status;

constexpr relay::Time kNowMax{std::uint64_t{1} << 60};

// All that sessions, ports and doors can be asked.
void GoOn(const relay::SavedState& saved, relay::Relay& relay, relay::Time now) {
  saved.Table<relay::SavedPort>().ForEach([&](const relay::SavedPort& port) {
    std::array<std::byte, relay::kRtpHeaderBytes + 2> idr{};
    relay::WriteRtpHeader(
        {true, 96, static_cast<std::uint16_t>(port.next), 5, port.ssrc.value, {}},
        std::span<std::byte, relay::kRtpHeaderBytes>(idr.data(), relay::kRtpHeaderBytes));
    idr[relay::kRtpHeaderBytes] = std::byte{0x65};
    relay.OnDatagram(port.port, port.source, idr, now);
    relay.OnStream(port.port, port.source, std::span(idr).first(3), now);
  });
  saved.Table<relay::SavedSession>().ForEach([&](const relay::SavedSession& session) {
    relay.OnLossReport({session.viewer, session.generation}, 255, now);
    if (session.viewer.value % 2 == 0) relay.CloseViewer({session.viewer, session.generation}, now);
  });
  for (std::uint32_t i = 0; i < 6; ++i) {
    const auto token = relay.IssueAppToken(relay::Account(i % 3), relay::Name(i / 3), now);
    if (token.status == Status::kOk) relay.OpenViewer(token.value.text(), now);
  }
  relay.Bind(relay::Camera(0), relay::Account(1), relay::Name(1));
  relay.StartPublisher(relay::Camera(0), relay::Source(8), relay::Ssrc(9), now);
  relay.Restore(relay::Integration(0));
  relay.AdvanceTo(relay::Later(now, std::chrono::seconds(1)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static relay::testing::SilentTransport transport;
  static relay::Relay relay(transport);
  const relay::Options options = fuzz::SavedStateOptions();
  FRAMEFENCE_CHECK(relay.Reset(options) == Status::kOk);
  relay.Bind(relay::Camera(2), relay::Account(2), relay::Name(1));
  const auto input = std::as_bytes(std::span(data, size));
  std::vector<std::byte> state(input.begin(), input.end());
  if (size >= relay::kSealBytes) relay::SealState(state, options.secret);
  if (!std::ranges::equal(state, input))
    FRAMEFENCE_CHECK(relay.Resume(options, input, kNowMax) != Status::kOk);

  const auto before = relay.Save(relay::Time(0));
  const auto read = relay::SavedState::Read(state, options.secret);
  const relay::Time now = std::min(read.value.header().saved_at, kNowMax);
  if (relay.Resume(options, state, now) != Status::kOk) {
    FRAMEFENCE_CHECK(relay.Save(relay::Time(0)) == before);
    return 0;
  }
  const auto again = relay.Save(now);
  FRAMEFENCE_CHECK(again.size() == state.size());  // a smaller deployment's differs in its header
  FRAMEFENCE_CHECK(
      std::ranges::equal(std::span(again).first(again.size() - relay::kSealBytes).subspan(48),
                         std::span(state).first(state.size() - relay::kSealBytes).subspan(48)));
  GoOn(read.value, relay, now);
  const relay::Time later = relay::Later(now, std::chrono::seconds(1));
  FRAMEFENCE_CHECK(relay.Resume(options, relay.Save(later), later) == Status::kOk);
  return 0;
}
