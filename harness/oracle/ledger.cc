#include "harness/oracle/ledger.h"

#include <algorithm>

#include "harness/base/check.h"

namespace framefence::oracle {

void Ledger::Reset(std::uint32_t cameras) {
  publications_.clear();
  cameras_.Resize(cameras);
  for (Camera& camera : cameras_) {
    camera.frames.clear();
    camera.damaged_sessions.assign(1, 0);
  }
  alike_.Clear();
  has_stamped_ = false;
  has_footage_ = false;
}

void Ledger::Add(Publication publication) {
  FRAMEFENCE_CHECK(publication.camera.value < cameras_.size());
  auto& frames = cameras_[publication.camera.value].frames;
  const std::size_t frame = publication.frame.value;
  if (frame >= frames.size()) frames.resize(frame + 1, kNone);
  FRAMEFENCE_CHECK(frames[frame] == kNone);
  publication.session =
      static_cast<std::uint32_t>(cameras_[publication.camera.value].damaged_sessions.size() - 1);
  const auto index = static_cast<std::uint32_t>(publications_.size());
  frames[frame] = index;
  (publication.content == kNone ? has_stamped_ : has_footage_) = true;
  publications_.push_back(publication);
  LinkAlike(index);
}

void Ledger::LinkAlike(std::uint32_t index) {
  Publication& added = publications_[index];
  const std::uint32_t first = alike_.Find(added.identity);
  alike_.Set(added.identity, index);
  added.next_alike = first;
  for (std::uint32_t* link = &added.next_alike; *link != kNone;) {
    Publication& other = publications_[*link];
    if (other.camera == added.camera && other.epoch == added.epoch) {
      other.replaced_by = index;
      added.stands_for_others = true;
      *link = other.next_alike;
      return;
    }
    link = &other.next_alike;
  }
}

void Ledger::OnIngress(CameraId camera, FrameNumber frame, VirtualTime now, EventNumber event) {
  const Publication* found = Find(camera, frame);
  if (found == nullptr) return;
  auto index = static_cast<std::size_t>(found - publications_.data());
  for (;;) {
    publications_[index].last_ingress = now;
    publications_[index].last_ingress_event = event;
    if (publications_[index].replaced_by == kNone) return;
    index = publications_[index].replaced_by;
  }
}

void Ledger::OnPublisherSession(CameraId camera) {
  if (camera.value < cameras_.size()) cameras_[camera.value].damaged_sessions.push_back(0);
}

void Ledger::OnDamaged(CameraId camera, FrameNumber frame) {
  const Publication* found = Find(camera, frame);
  if (found != nullptr) cameras_[camera.value].damaged_sessions[found->session] = 1;
}

bool Ledger::HasDamagedSession(CameraId camera) const {
  if (camera.value >= cameras_.size()) return false;
  const auto& damaged = cameras_[camera.value].damaged_sessions;
  return std::find(damaged.begin(), damaged.end(), 1) != damaged.end();
}

const Publication* Ledger::Find(CameraId camera, FrameNumber frame) const {
  if (camera.value >= cameras_.size()) return nullptr;
  const auto& frames = cameras_[camera.value].frames;
  return frame.value < frames.size() ? At(frames[frame.value]) : nullptr;
}

const Publication* Ledger::Newest(CameraId camera) const {
  if (camera.value >= cameras_.size()) return nullptr;
  const auto& frames = cameras_[camera.value].frames;
  return frames.empty() ? nullptr : At(frames.back());
}

}  // namespace framefence::oracle
