// The decision core's publisher sessions and slots. Contracts in decision_core.h.
#include "targets/relay/core/decision_core.h"

namespace relay::core {

template <class M>
Status DecisionCore<M>::StartPublisher(Port port, Camera camera, Source source, Ssrc ssrc) {
  return LeasePort(port, camera, source, Bool(true), ssrc);
}

template <class M>
Status DecisionCore<M>::StartProbation(Port port, Camera camera, Source source) {
  return LeasePort(port, camera, source, Bool(false), Ssrc());
}

template <class M>
Status DecisionCore<M>::LeasePort(Port port, Camera camera, Source source, Bool ssrc_known,
                                  Ssrc ssrc) {
  if (!state_.ports.Has(port) || !state_.cameras.Has(camera)) return Status::kUnknownId;
  PortRecord<M> record = state_.ports.Read(port);
  if (record.leased) return Status::kBusy;
  const CameraRecord<M> bound = state_.cameras.Read(camera);
  if (!bound.bound) return Status::kNotFound;
  record.leased = Bool(true);
  record.camera = camera;
  record.binding_epoch = bound.binding_epoch;
  record.source = source;
  record.ssrc_known = ssrc_known;
  record.ssrc = ssrc;
  state_.ports.Write(port, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::LatchSsrc(Port port, Source source, Ssrc ssrc) {
  if (const Status status = CheckPublisher(port, source); status != Status::kOk) return status;
  PortRecord<M> record = state_.ports.Read(port);
  if (record.ssrc_known) return Status::kBusy;
  record.ssrc_known = Bool(true);
  record.ssrc = ssrc;
  state_.ports.Write(port, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::StopPublisher(Port port) {
  if (!state_.ports.Has(port)) return Status::kUnknownId;
  PortRecord<M> record = state_.ports.Read(port);
  if (!record.leased) return Status::kNoSession;
  record.leased = Bool(false);
  state_.ports.Write(port, record);
  return Status::kOk;
}

template <class M>
Status DecisionCore<M>::CheckPublisher(Port port, Source source) const {
  if (!state_.ports.Has(port)) return Status::kUnknownId;
  const PortRecord<M>& publisher = state_.ports.Read(port);
  if (!publisher.leased) return Status::kNoSession;
  if (state_.cameras.Read(publisher.camera).binding_epoch != publisher.binding_epoch)
    return Status::kStaleBinding;
  if (planted(Leak::kIngestPortSkipsSource)) {
    Triggered(Leak::kIngestPortSkipsSource, static_cast<bool>(publisher.source != source));
    return Status::kOk;
  }
  return publisher.source == source ? Status::kOk : Status::kForeignSource;
}

template <class M>
AdmissionAnswer<M> DecisionCore<M>::Admit(Port port, Source source, Ssrc ssrc, Time now) {
  if (const Status status = CheckPublisher(port, source); status != Status::kOk) return {status};
  const PortRecord<M>& publisher = state_.ports.Read(port);
  if (const Status status = CheckSsrc(publisher, ssrc); status != Status::kOk) return {status};
  if (state_.next_ticket.IsLast()) return {Status::kExhausted};
  AdmissionAnswer<M> answer;
  answer.admission.camera_ = publisher.camera;
  answer.admission.binding_epoch_ = publisher.binding_epoch;
  answer.admission.ticket_ = state_.next_ticket;
  answer.admission.arrived_at_ = now;
  state_.next_ticket = state_.next_ticket.Next();
  return answer;
}

template <class M>
Status DecisionCore<M>::CheckSsrc(const PortRecord<M>& publisher, Ssrc ssrc) const {
  if (!publisher.ssrc_known) return Status::kOnProbation;
  if (planted(Leak::kIngestPortSkipsSource)) return Status::kOk;
  if (planted(Leak::kIngestPortAcceptsNewSsrc)) {
    Triggered(Leak::kIngestPortAcceptsNewSsrc, static_cast<bool>(publisher.ssrc != ssrc));
    return Status::kOk;
  }
  return publisher.ssrc == ssrc ? Status::kOk : Status::kForeignSource;
}

template <class M>
FillingAnswer<M> DecisionCore<M>::BeginFill(const Admission<M>& admission, Slot slot) {
  FillingAnswer<M> answer;
  if (!state_.slots.Has(slot)) {
    answer.status = Status::kUnknownId;
    return answer;
  }
  SlotRecord<M> record = state_.slots.Read(slot);
  record.filled = Bool(false);
  record.camera = admission.camera();
  record.binding_epoch = admission.binding_epoch();
  state_.slots.Write(slot, record);
  answer.filling.slot_ = slot;
  return answer;
}

template <class M>
Status DecisionCore<M>::Commit(const Filling<M>& filling, const Admission<M>& first,
                               Length length) {
  SlotRecord<M> record = state_.slots.Read(filling.slot());
  if (record.camera != first.camera() || record.binding_epoch != first.binding_epoch())
    return Status::kForeignSlot;
  if (planted(Leak::kReusedBufferKeepsLength) && state_.first_still_slot <= filling.slot() &&
      length < record.length) {
    Triggered(Leak::kReusedBufferKeepsLength, true);
  } else {
    record.length = length;
  }
  record.filled = Bool(true);
  record.ticket = first.ticket();
  record.arrived_at = first.arrived_at();
  state_.slots.Write(filling.slot(), record);
  return Status::kOk;
}

}  // namespace relay::core
