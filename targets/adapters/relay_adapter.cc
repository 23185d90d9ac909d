#include "targets/adapters/relay_adapter.h"

#include "harness/base/check.h"

namespace adapters {

namespace contract = framefence::contract;
using framefence::VirtualTime;

contract::Capabilities RelayCapabilities() {
  return {.operations = (1U << contract::kOperationCount) - 1,
          .live = true,
          .stills = true,
          .viewer_feedback = true,
          .backpressure = true,
          .unsignalled_ssrc = true,
          .retransmissions = true,
          .fec = true,
          .byte_streams = true,
          .h265 = true};
}

void RelayAdapter::Reset(const contract::Deployment& deployment, contract::Observer& observer) {
  observer_ = &observer;
  exit_.Observe(&observer);
  sessions_.Reset(deployment.viewers);
  caller_.Reset(deployment, deployment.publishers);
  options_ = OptionsOf(deployment);
  for (relay::Relay& each : relays_) each.Observe(&exit_);
  FRAMEFENCE_CHECK(serving().Reset(options_) == relay::Status::kOk);
}

void RelayAdapter::Submit(const contract::Request& request, VirtualTime now) {
  contract::Ack ack{.number = request.number};
  ack.status = ToContract(request.operation == contract::Operation::kUpgrade
                              ? Upgrade(TimeOf(now))
                              : caller_.Perform(serving(), request, TimeOf(now), ack));
  observer_->OnAck(ack);
}

relay::Status RelayAdapter::Upgrade(relay::Time now) {
  const std::size_t next = 1 - serving_;
  const relay::Status status = relays_[next].Resume(options_, serving().Save(now), now);
  if (status == relay::Status::kOk) serving_ = next;
  return status;
}

void RelayAdapter::Ingest(contract::IngestPort port, contract::SourceAddress from,
                          std::span<const std::byte> datagram, VirtualTime now) {
  serving().OnDatagram(relay::Port(port), relay::Source(from), datagram, TimeOf(now));
}

void RelayAdapter::IngestStream(contract::IngestPort port, contract::SourceAddress from,
                                std::span<const std::byte> piece, VirtualTime now) {
  serving().OnStream(relay::Port(port), relay::Source(from), piece, TimeOf(now));
}

void RelayAdapter::OnViewerFeedback(framefence::ViewerId viewer, std::span<const std::byte> rtcp,
                                    VirtualTime now) {
  caller_.OnViewerDatagram(serving(), viewer, rtcp, TimeOf(now));
}

void RelayAdapter::OnWritable(framefence::ViewerId viewer, VirtualTime now) {
  caller_.OnWritable(serving(), viewer, TimeOf(now));
}

void RelayAdapter::AdvanceTo(VirtualTime now) { serving().AdvanceTo(TimeOf(now)); }

std::optional<VirtualTime> RelayAdapter::NextTimer() const {
  return ToVirtualTime(serving().NextTimer());
}

}  // namespace adapters
