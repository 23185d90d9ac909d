// A system under test for the world's tests: a test scripts what it can do, answers and delivers,
// and reads what it was told.
#ifndef FRAMEFENCE_HARNESS_SIM_SYSTEM_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_SIM_SYSTEM_FOR_TESTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/contract/system_under_test.h"

namespace framefence::sim::testing {

class ScriptedSystem final : public contract::SystemUnderTest {
 public:
  struct Datagram {
    contract::IngestPort port = 0;
    contract::SourceAddress from = 0;
    std::vector<std::byte> bytes;
    VirtualTime at;
  };

  // The script: Reset() leaves it as it is.
  contract::Capabilities can{.operations = (1U << contract::kOperationCount) - 1,
                             .live = true,
                             .viewer_feedback = true,
                             .backpressure = true,
                             .unsignalled_ssrc = true,
                             .retransmissions = true,
                             .fec = true,
                             .byte_streams = true,
                             .h265 = true};
  std::optional<contract::Status> answer = contract::Status::kOk;  // none: when Answer() is called
  std::optional<ViewerId> relays_to;  // every datagram goes on to this viewer, whoever sent it
  std::optional<VirtualTime> timer;
  bool timer_stays_due = false;
  std::optional<contract::StepHandover> hands_over;  // at each request for an unbinding

  // What it was told since Reset().
  std::vector<contract::Request> requests;
  std::vector<Datagram> datagrams;
  std::vector<Datagram> pieces;  // of byte streams
  std::vector<VirtualTime> advances;
  std::vector<std::vector<contract::StepHandover>> steps;  // their handovers
  std::vector<std::vector<std::byte>> viewer_feedback;
  struct Writable {
    ViewerId viewer;
    VirtualTime at;
  };
  std::vector<Writable> writable;

  static contract::IngestPort PortOf(PublisherId publisher) { return 5000 + publisher.value; }

  void Answer(const contract::Request& request, contract::Status status = contract::Status::kOk) {
    observer_->OnAck(
        {.number = request.number, .status = status, .port = PortOf(request.publisher)});
  }
  void Deliver(ViewerId viewer, contract::RequestNumber session, std::span<const std::byte> bytes,
               contract::DeliveryKind kind = contract::DeliveryKind::kRtp) {
    observer_->OnDelivery({.viewer = viewer, .session = session, .kind = kind, .bytes = bytes});
  }

  // Its requests for this operation, in order.
  std::vector<contract::Request> Asked(contract::Operation operation) const {
    std::vector<contract::Request> asked;
    for (const contract::Request& request : requests) {
      if (request.operation == operation) asked.push_back(request);
    }
    return asked;
  }
  // The session that was opened last.
  contract::RequestNumber session() const {
    return Asked(contract::Operation::kOpenViewer).back().number;
  }

  std::string_view name() const override { return "scripted"; }
  contract::Capabilities capabilities() const override { return can; }
  void OnViewerFeedback(ViewerId, std::span<const std::byte> rtcp, VirtualTime) override {
    viewer_feedback.emplace_back(rtcp.begin(), rtcp.end());
  }
  void OnWritable(ViewerId viewer, VirtualTime now) override { writable.push_back({viewer, now}); }
  bool TakesPackets(ViewerId viewer) { return observer_->TakesPackets(viewer); }
  void AskPublisher(contract::SourceAddress to, std::span<const std::byte> rtcp) {
    observer_->OnPublisherFeedback(to, rtcp);
  }
  void Reset(const contract::Deployment&, contract::Observer& observer) override {
    observer_ = &observer;
    requests.clear();
    datagrams.clear();
    pieces.clear();
    advances.clear();
    steps.clear();
    viewer_feedback.clear();
    writable.clear();
  }
  void Submit(const contract::Request& request, VirtualTime) override {
    requests.push_back(request);
    if (hands_over && request.operation == contract::Operation::kUnbind)
      observer_->OnHandover(*hands_over);
    if (answer) Answer(request, *answer);
  }
  void Ingest(contract::IngestPort port, contract::SourceAddress from,
              std::span<const std::byte> datagram, VirtualTime now) override {
    datagrams.push_back({port, from, {datagram.begin(), datagram.end()}, now});
    if (relays_to) Deliver(*relays_to, session(), datagram);
  }
  void IngestStream(contract::IngestPort port, contract::SourceAddress from,
                    std::span<const std::byte> piece, VirtualTime now) override {
    pieces.push_back({port, from, {piece.begin(), piece.end()}, now});
  }
  void FollowHandovers(std::span<const contract::StepHandover> handovers) override {
    steps.emplace_back(handovers.begin(), handovers.end());
  }
  void AdvanceTo(VirtualTime now) override {
    advances.push_back(now);
    if (timer && *timer <= now && !timer_stays_due) timer.reset();
  }
  std::optional<VirtualTime> NextTimer() const override { return timer; }

 private:
  contract::Observer* observer_ = nullptr;
};

}  // namespace framefence::sim::testing

#endif  // FRAMEFENCE_HARNESS_SIM_SYSTEM_FOR_TESTS_H_
