// A system under test with one thing wrong, outside it: what a rule must object to.
#ifndef FRAMEFENCE_PROPERTIES_STATEFUL_FAULTY_SYSTEM_FOR_TESTS_H_
#define FRAMEFENCE_PROPERTIES_STATEFUL_FAULTY_SYSTEM_FOR_TESTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/contract/system_under_test.h"

namespace framefence::stateful {

enum class Fault : std::uint8_t {
  kNone,
  kRefusesClose,  // after the session was closed
  kLosesAnAck,    // of a receiver report
  kLosesPackets,  // one in a hundred
  kServesNoStills,
  kSendsToTheRevoked,  // a packet without a byte of anybody's camera
  kCountsCases,        // over Reset(), and tells
};

class FaultySystem final : public contract::SystemUnderTest, private contract::Observer {
 public:
  // `system` outlives this.
  FaultySystem(contract::SystemUnderTest& system, Fault fault) : system_(system), fault_(fault) {}

  std::string_view name() const override { return "faulty"; }
  contract::Capabilities capabilities() const override { return system_.capabilities(); }
  void Reset(const contract::Deployment& deployment, contract::Observer& observer) override {
    observer_ = &observer;
    packets_ = 0;
    viewers_ = deployment.viewers;
    system_.Reset(deployment, *this);
    if (fault_ == Fault::kCountsCases) observer.OnNote({.what = "case", .subject = ++cases_});
  }
  void Submit(const contract::Request& request, VirtualTime now) override {
    operation_ = request.operation;
    system_.Submit(request, now);
    if (fault_ != Fault::kSendsToTheRevoked ||
        request.operation != contract::Operation::kRevokeAccount)
      return;
    constexpr std::array<std::byte, 12> kHeaderAlone = {std::byte{0x80},
                                                        std::byte{96}};  // RFC 3550 5.1
    observer_->OnDelivery(
        {.viewer = ViewerId(viewers_ - 1), .session = request.number, .bytes = kHeaderAlone});
  }
  void Ingest(contract::IngestPort port, contract::SourceAddress from,
              std::span<const std::byte> datagram, VirtualTime now) override {
    system_.Ingest(port, from, datagram, now);
  }
  void AdvanceTo(VirtualTime now) override { system_.AdvanceTo(now); }
  std::optional<VirtualTime> NextTimer() const override { return system_.NextTimer(); }

 private:
  void OnAck(const contract::Ack& ack) override {
    if (fault_ == Fault::kLosesAnAck && operation_ == contract::Operation::kReportLoss) return;
    contract::Ack answer = ack;
    if (fault_ == Fault::kRefusesClose && operation_ == contract::Operation::kCloseViewer)
      answer.status = contract::Status::kRefused;
    observer_->OnAck(answer);
  }
  void OnDelivery(const contract::Delivery& delivery) override {
    const bool still = delivery.kind == contract::DeliveryKind::kStill;
    if (fault_ == Fault::kServesNoStills && still) return;
    if (fault_ == Fault::kLosesPackets && !still && ++packets_ % 100 == 0) return;
    observer_->OnDelivery(delivery);
  }

  contract::SystemUnderTest& system_;
  contract::Observer* observer_ = nullptr;
  Fault fault_;
  contract::Operation operation_ = contract::Operation::kBind;
  std::uint64_t packets_ = 0;
  std::uint64_t cases_ = 0;
  std::uint32_t viewers_ = 0;
};

}  // namespace framefence::stateful

#endif  // FRAMEFENCE_PROPERTIES_STATEFUL_FAULTY_SYSTEM_FOR_TESTS_H_
