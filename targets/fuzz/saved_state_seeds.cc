#include "targets/fuzz/saved_state_seeds.h"

#include <array>

#include "harness/base/check.h"
#include "targets/fuzz/saved_state_relay.h"
#include "targets/relay/rtp.h"
#include "targets/relay/silent_transport_for_tests.h"

namespace fuzz {
namespace {

using relay::Account;
using relay::Camera;
using relay::Integration;
using relay::Name;
using relay::Status;

constexpr relay::Time kNow{1'000'000};
constexpr relay::Source kSource{70};
constexpr relay::Ssrc kSsrc{7};

void SendSlice(relay::Relay& relay, relay::Port port, std::uint16_t sequence_number) {
  std::array<std::byte, relay::kRtpHeaderBytes + 2> slice{};
  relay::WriteRtpHeader(
      {true, 96, sequence_number, sequence_number * 3000U, kSsrc.value, {}},
      std::span<std::byte, relay::kRtpHeaderBytes>(slice.data(), relay::kRtpHeaderBytes));
  slice[relay::kRtpHeaderBytes] = std::byte{0x65};
  FRAMEFENCE_CHECK(relay.OnDatagram(port, kSource, slice, kNow) == Status::kOk);
}

void Bind(relay::Relay& relay) {
  for (std::uint32_t i = 0; i < 3; ++i) {
    FRAMEFENCE_CHECK(relay.Bind(Camera(i), Account(i), Name(i % 2)) == Status::kOk);
    FRAMEFENCE_CHECK(relay.Link(Account(i), Integration(i % 2)) == Status::kOk);
  }
}

// Sessions of every kind: by both doors, live and degraded, current and void.
void Open(relay::Relay& relay) {
  const auto port = relay.StartPublisher(Camera(0), kSource, kSsrc, kNow);
  SendSlice(relay, port.value, 65535);
  const auto open = [&relay](const relay::Answer<relay::Token>& token) {
    const auto opened = relay.OpenViewer(token.value.text(), kNow);
    FRAMEFENCE_CHECK(opened.status == Status::kOk);
    return opened.value;
  };
  open(relay.IssueAppToken(Account(0), Name(0), kNow));
  const auto display = open(relay.IssueIntegrationToken(Account(0), Name(0), Integration(0), kNow));
  FRAMEFENCE_CHECK(relay.OnLossReport(display, 255, kNow) == Status::kOk);
  open(relay.IssueIntegrationToken(Account(1), Name(1), Integration(1), kNow));
  FRAMEFENCE_CHECK(relay.Unlink(Account(1), Integration(1)) == Status::kOk);
  SendSlice(relay, port.value, 1);  // behind a gap
}

void Withdraw(relay::Relay& relay) {
  const relay::ViewerHandle last{relay::Viewer(2), relay::Generation(1)};
  FRAMEFENCE_CHECK(relay.CloseViewer(last, kNow) == Status::kNoSession);  // unlinked, and ends so
  FRAMEFENCE_CHECK(relay.RevokeAccount(Account(0)) == Status::kOk);
  FRAMEFENCE_CHECK(relay.Suspend(Integration(1)) == Status::kOk);
  FRAMEFENCE_CHECK(relay.Restore(Integration(0)) == Status::kOk);
  FRAMEFENCE_CHECK(relay.Unbind(Camera(0)) == Status::kOk);
}

}  // namespace

void AddSavedStates(std::vector<ParserSeed>& seeds) {
  relay::testing::SilentTransport transport;
  relay::Relay relay(transport);
  FRAMEFENCE_CHECK(relay.Reset(SavedStateOptions()) == Status::kOk);
  seeds.push_back({"fuzz_saved_state/empty", relay.Save(kNow)});
  Bind(relay);
  seeds.push_back({"fuzz_saved_state/bound", relay.Save(kNow)});
  Open(relay);
  seeds.push_back({"fuzz_saved_state/open", relay.Save(kNow)});
  Withdraw(relay);
  seeds.push_back({"fuzz_saved_state/withdrawn", relay.Save(kNow)});
}

}  // namespace fuzz
