// The oracle: it knows what was published and sees what was delivered, and says whether isolation
// held.
//
// The world tells it, in the order in which they happen:
//   OnRequest(), then OnAck()   what was asked of the system and what it answered
//   OnPublished()               a camera sent an access unit: before any packet of it
//   OnIngress()                 a packet of it entered the system: before the system sees it
//   OnDelivery()                the system handed bytes to the network; nothing that the network
//                               does comes in between
//   OnFrame()                   a viewer made an access unit of what arrived
// and, as soon as the network flips bits of a packet or cuts it short:
//   OnDamaged(camera, frame)     on its way into the system: before its OnIngress()
//   OnDamaged(viewer, session)   on its way to a viewer: before what arrives there
//
// Damage is no leak, and hides none. Bytes of somebody else's picture are his, also with a few bits
// flipped or cut short (provenance.h), whoever flipped them; and own ones stay own. But a damaged
// header can tear or mix any frames near by: a flipped sequence number puts a packet into another
// one's place, a cut one makes forward error correction restore nonsense. So of a publisher session,
// or a viewer session, that the network damaged nobody can say that a frame must be exactly one that
// was published. All else holds on. A frame with bits flipped that the network left alone is the
// system's fault (ISO-006, corrupted).
//
// Deliveries are judged by the entitlement of their viewer session at that moment (ISO-001 to 005);
// a still, and what a viewer makes of packets, must also be exactly one published access unit
// (ISO-006). A frame at a viewer may have been under way while rights changed, so that it is judged
// by all rights that its place ever had.
//
// It is deliberately dumber than any system under test, and shares nothing with one: arrays and
// loops.
#ifndef FRAMEFENCE_HARNESS_ORACLE_ORACLE_H_
#define FRAMEFENCE_HARNESS_ORACLE_ORACLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/base/ids.h"
#include "harness/base/virtual_time.h"
#include "harness/contract/system_under_test.h"
#include "harness/oracle/annex_b.h"
#include "harness/oracle/entitlements.h"
#include "harness/oracle/footage_index.h"
#include "harness/oracle/ledger.h"
#include "harness/oracle/provenance.h"
#include "harness/oracle/violation.h"

namespace framefence::oracle {

enum class Content : std::uint8_t {
  kStamped,  // made of stamp cells
  kFootage,  // real video: recognised by what it looks like
};

struct Statistics {
  std::uint64_t deliveries = 0;
  std::uint64_t frames = 0;            // at viewers
  std::uint64_t bytes_judged = 0;      // camera bytes of both
  std::uint64_t bytes_attributed = 0;  // of these, published by somebody
  // Of these, published by several cameras, the entitled one among them.
  std::uint64_t bytes_ambiguous = 0;
  std::uint64_t bytes_unattributed = 0;  // nobody's: corrupted beyond recognition, or made up
  std::uint64_t bits_flipped = 0;        // in which attributed bytes are not as published
  // Not exact, but of a session that the network damaged.
  std::uint64_t frames_damaged = 0;
  // A right for them was requested, but not yet acknowledged.
  std::uint64_t deliveries_undecided = 0;
  std::uint64_t violations = 0;  // also those that are not kept
  friend bool operator==(const Statistics&, const Statistics&) = default;
};

class Oracle {
 public:
  static constexpr std::size_t kViolationsKept = 64;

  Oracle();
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  // A new case; what was before is forgotten. In the steady state nothing here allocates.
  void Reset(const contract::Deployment& deployment);

  void OnRequest(const contract::Request& request);
  void OnAck(const contract::Request& request, const contract::Ack& ack, VirtualTime now);

  // As the acknowledgements so far say: 1 from the first bind on, 0 before it.
  BindingEpoch epoch_of(CameraId camera) const { return entitlements_.epoch_of(camera); }

  // REQUIRES: the frame number is new, and small: an array is as long.
  void OnPublished(CameraId camera, BindingEpoch epoch, FrameNumber frame,
                   std::span<const std::byte> annex_b, VirtualTime now, Content content);
  void OnIngress(CameraId camera, FrameNumber frame, VirtualTime now);
  // Of a packet that carries, or repairs, several frames each is damaged.
  void OnDamaged(CameraId camera, FrameNumber frame);
  void OnDamaged(ViewerId viewer, contract::RequestNumber session);

  void OnDelivery(const contract::Delivery& delivery, VirtualTime now);

  void OnFrame(ViewerId viewer, std::span<const std::byte> annex_b, VirtualTime now);

  // The viewer's session did not receive what was due to it (ISO-008). REQUIRES: it is entitled.
  void OnStarved(ViewerId viewer, contract::RequestNumber session, VirtualTime now);

  // What the viewer's session is entitled to until `at`; none where it is not, where a request that
  // may give it a right is not answered yet, or where it never began.
  std::optional<Grant> RightOf(ViewerId viewer, contract::RequestNumber session,
                               VirtualTime at) const;
  // Whether these bytes are an access unit that the camera published in that epoch, `first` or later.
  bool WasPublished(std::span<const std::byte> annex_b, CameraId camera, BindingEpoch epoch,
                    FrameNumber first) const;

  std::span<const Violation> violations() const { return violations_; }  // the first ones
  // Called with each, also with those that are not kept; survives Reset(). For runs that count them
  // all.
  std::function<void(const Violation&)> on_violation;
  const Statistics& statistics() const { return statistics_; }

 private:
  using Bytes = std::span<const std::byte>;

  // What a delivery is judged by.
  struct Judgement {
    Observation observation = Observation::kRtp;
    VirtualTime now;
    ViewerId viewer;
    const Entitlement* session = nullptr;  // nullptr where there never was one
    std::span<const Grant> rights;         // those that it has, else had
    End end = End::kNeverBegan;            // kNot: it has them
  };

  Judgement JudgementOf(const contract::Delivery& delivery, VirtualTime now);
  bool IsUndecided(const Judgement& judgement) const;

  void JudgePacket(const Judgement& judgement, Bytes packet);
  void JudgeOneFrame(const Judgement& judgement);
  void JudgeAccessUnit(const Judgement& judgement, Bytes annex_b);
  void JudgeWhole(const Judgement& judgement, const Publication& publication, Bytes annex_b);
  void JudgeInexact(const Judgement& judgement, Bytes annex_b, const AccessUnitDigest& digest);
  // `bytes`: those of the delivery, which the runs are of.
  void JudgeRuns(const Judgement& judgement, Bytes bytes, std::size_t first_run);
  bool MayBeOwnDamaged(const Judgement& judgement, const Run& run, Bytes bytes) const;
  void JudgeExactness(const Judgement& judgement, const AccessUnitDigest& digest);
  void JudgeEnded(const Judgement& judgement, std::size_t size);
  void JudgeAge(const Judgement& judgement, const Run& run);
  void JudgeDamaged(const Judgement& judgement);
  bool MayBeDamaged(const Judgement& judgement) const;
  bool MayBeOfDamaged(const Judgement& judgement, const Publication& publication) const;
  bool IsCorrupted(const AccessUnitDigest& digest) const;

  const Publication* BestAlike(const Judgement& judgement, std::uint64_t identity) const;
  Origin OriginOf(const media::Stamp& stamp) const;
  Violation Blame(const Judgement& judgement, const Run& run) const;
  void Report(const Violation& violation);

  contract::Deployment deployment_;
  EventNumber event_ = 0;
  Entitlements entitlements_;
  Ledger ledger_;
  FootageIndex footage_;
  Provenance provenance_;
  std::vector<Cursor> cursors_;  // by viewer
  Cursor scratch_cursor_;        // for viewers that there are none, and for frames
  std::vector<Run> runs_;        // of the delivery being judged
  std::vector<Violation> violations_;
  Statistics statistics_;
};

}  // namespace framefence::oracle

#endif  // FRAMEFENCE_HARNESS_ORACLE_ORACLE_H_
