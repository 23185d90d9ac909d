// All that was published in this case.
#ifndef FRAMEFENCE_HARNESS_ORACLE_LEDGER_H_
#define FRAMEFENCE_HARNESS_ORACLE_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/base/ids.h"
#include "harness/base/virtual_time.h"
#include "harness/oracle/entitlements.h"
#include "harness/oracle/hash_table.h"
#include "harness/oracle/reused_vector.h"

namespace framefence::oracle {

inline constexpr std::uint32_t kNone = HashTable::kNone;

struct Publication {
  CameraId camera;
  BindingEpoch epoch;
  FrameNumber frame;
  std::uint32_t content = kNone;  // in the footage index; kNone for a stamped frame
  std::uint32_t cells_max = 0;    // a stamped frame has no more
  std::size_t nal_bytes = 0;      // of its NAL units, without start codes
  std::uint32_t session = 0;      // in which publisher session of its camera; set by Add()
  VirtualTime last_ingress;
  EventNumber last_ingress_event = 0;
  std::uint64_t identity = 0;
  // Among publications of one identity: the next one, of another camera or epoch. Where the same
  // camera published the same access unit again in the same epoch (looped footage), the later
  // publication stands for both.
  std::uint32_t next_alike = kNone;
  std::uint32_t replaced_by = kNone;
  bool stands_for_others = false;  // it has replaced some
};

class Ledger {
 public:
  // Publications are referred to by index: they move as the ledger grows.
  void Reset(std::uint32_t cameras);

  // REQUIRES: `publication.camera` is of this deployment, and its frame number is new.
  void Add(Publication publication);

  // A packet of that frame entered the system. Of a frame that was not published nothing is noted.
  void OnIngress(CameraId camera, FrameNumber frame, VirtualTime now, EventNumber event);
  // What the camera publishes from now on belongs to another publisher session than what it did.
  void OnPublisherSession(CameraId camera);
  void OnDamaged(CameraId camera, FrameNumber frame);

  // nullptr where there is none. The pointers are valid until the next Add().
  const Publication* Find(CameraId camera, FrameNumber frame) const;
  const Publication* Newest(CameraId camera) const;
  const Publication* FirstAlike(std::uint64_t identity) const { return At(alike_.Find(identity)); }
  const Publication* NextAlike(const Publication& publication) const {
    return At(publication.next_alike);
  }

  bool has_stamped() const { return has_stamped_; }
  bool has_footage() const { return has_footage_; }
  std::span<const Publication> publications() const { return publications_; }

  // The network damaged the publisher session that it was published in, or may have damaged one that
  // the same access unit was published in before; some session of that camera.
  bool InDamagedSession(const Publication& publication) const {
    return cameras_[publication.camera.value].damaged_sessions[publication.session] != 0 ||
           (publication.stands_for_others && HasDamagedSession(publication.camera));
  }
  bool HasDamagedSession(CameraId camera) const;

 private:
  struct Camera {
    std::vector<std::uint32_t> frames;           // frame number -> publication, or kNone
    std::vector<std::uint8_t> damaged_sessions;  // by publisher session: whether it is
  };

  const Publication* At(std::uint32_t index) const {
    return index == kNone ? nullptr : &publications_[index];
  }
  void LinkAlike(std::uint32_t index);

  std::vector<Publication> publications_;
  ReusedVector<Camera> cameras_;
  HashTable alike_;  // identity -> the first publication of its chain
  bool has_stamped_ = false;
  bool has_footage_ = false;
};

// Whether one of the grants covers the publication.
inline bool Allows(std::span<const Grant> rights, const Publication& publication) {
  for (const Grant& grant : rights) {
    if (grant.camera == publication.camera && grant.epoch == publication.epoch &&
        publication.last_ingress_event > grant.fresh_after) {
      return true;
    }
  }
  return false;
}

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_LEDGER_H_
