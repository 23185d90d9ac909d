#include "targets/adapters/fibre_crew.h"

#include <utility>

namespace adapters {

namespace contract = framefence::contract;
using framefence::schedule::Fibres;

FibreCrew::FibreCrew(std::uint32_t workers, std::function<void(std::uint32_t)> turn, Mutex&)
    : turn_(std::move(turn)),
      woken_(workers),
      schedule_([this](const contract::StepHandover& handover) {
        if (observer_ != nullptr) observer_->OnHandover(handover);
      }) {
  for (std::uint32_t worker = 0; worker < workers; ++worker)
    fibres_.Add([this, worker] { Live(worker); });
  Enter();
  Drain();
  fibres_.Leave();
}

FibreCrew::~FibreCrew() {
  BeginCase({}, nullptr);
  stopping_ = true;
  Enter();
  for (std::uint32_t worker = 0; worker < woken_.size(); ++worker) Wake(worker);
  Drain();
  fibres_.Leave();
}

void FibreCrew::Live(std::uint32_t worker) {
  while (true) {
    while (!woken_[worker] && !stopping_) Fibres::Sleep();
    if (stopping_) return;
    woken_[worker] = false;
    turn_(worker);
  }
}

void FibreCrew::BeginCase(const contract::ThreadSchedule& schedule, contract::Observer* observer) {
  observer_ = observer;
  schedule_.BeginCase(schedule);
}

void FibreCrew::Leave() {
  constexpr int kRounds = 2;
  for (int round = 0; round < kRounds && !Fibres::IsAlone(); ++round) Fibres::GiveWay();
  fibres_.Leave();
}

void FibreCrew::Drain() {
  while (!Fibres::IsAlone()) Fibres::Wait();
}

void FibreCrew::Wake(std::uint32_t worker) {
  woken_[worker] = true;
  Fibres::Wake(worker);
}

}  // namespace adapters
