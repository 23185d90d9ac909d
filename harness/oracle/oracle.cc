#include "harness/oracle/oracle.h"

#include <algorithm>
#include <bit>

#include "harness/oracle/payload.h"

namespace framefence::oracle {
namespace {

// Footage is kept from case to case up to this size, then learnt anew.
constexpr std::size_t kFootageBytesKept = std::size_t{256} << 20;

Property PropertyOf(End end) {
  switch (end) {
    case End::kNeverBegan:
      return Property::kIso001;
    case End::kSuspended:
      return Property::kIso004;
    default:
      return Property::kIso003;
  }
}

// Whether `wanted` is somewhere in `content`, but for one bit at most.
bool HoldsButForABit(std::span<const std::byte> content, std::span<const std::byte> wanted) {
  for (std::size_t at = 0; at + wanted.size() <= content.size(); ++at) {
    int bits = 0;
    for (std::size_t i = 0; i < wanted.size() && bits <= 1; ++i)
      bits += std::popcount(std::to_integer<unsigned>(content[at + i] ^ wanted[i]));
    if (bits <= 1) return true;
  }
  return false;
}

}  // namespace

Oracle::Oracle() : provenance_(ledger_, footage_) { violations_.reserve(kViolationsKept); }

void Oracle::Reset(const contract::Deployment& deployment) {
  deployment_ = deployment;
  event_ = 0;
  entitlements_.Reset(deployment);
  ledger_.Reset(deployment.cameras);
  if (footage_.bytes() > kFootageBytesKept) footage_.Clear();
  provenance_.Reset();
  cursors_.assign(deployment.viewers, {});
  violations_.clear();
  statistics_ = {};
}

void Oracle::OnRequest(const contract::Request& request) {
  entitlements_.OnRequest(request, ++event_);
  if (request.operation == contract::Operation::kStartPublisher)
    ledger_.OnPublisherSession(request.camera);
}

void Oracle::OnAck(const contract::Request& request, const contract::Ack& ack, VirtualTime now) {
  ++event_;
  entitlements_.OnAck(request, ack, now);
}

void Oracle::OnPublished(CameraId camera, BindingEpoch epoch, FrameNumber frame, Bytes annex_b,
                         VirtualTime now, Content content) {
  const AccessUnitDigest digest = DigestOf(annex_b);
  Publication publication{.camera = camera,
                          .epoch = epoch,
                          .frame = frame,
                          .nal_bytes = digest.bytes,
                          .last_ingress = now,
                          .last_ingress_event = ++event_,
                          .identity = digest.identity};
  if (content == Content::kFootage) {
    publication.content = footage_.Add(annex_b, publication.identity);
  } else {  // each NAL unit may end with a cut cell
    const std::size_t cells = digest.bytes / media::kCellBytes + digest.nal_units;
    publication.cells_max =
        static_cast<std::uint32_t>(std::min(cells, std::size_t{1} << media::kStampCellBits));
  }
  ledger_.Add(publication);
}

void Oracle::OnIngress(CameraId camera, FrameNumber frame, VirtualTime now) {
  ledger_.OnIngress(camera, frame, now, ++event_);
}

void Oracle::OnDamaged(CameraId camera, FrameNumber frame) { ledger_.OnDamaged(camera, frame); }

void Oracle::OnDamaged(ViewerId viewer, contract::RequestNumber session) {
  entitlements_.OnDamaged(viewer, session);
}

void Oracle::OnDelivery(const contract::Delivery& delivery, VirtualTime now) {
  ++event_;
  ++statistics_.deliveries;
  const Judgement judgement = JudgementOf(delivery, now);
  if (IsUndecided(judgement)) {
    ++statistics_.deliveries_undecided;
    return;
  }
  runs_.clear();
  if (judgement.observation == Observation::kStill) {
    JudgeAccessUnit(judgement, delivery.bytes);
  } else {
    JudgePacket(judgement, delivery.bytes);
  }
  if (judgement.end != End::kNot) JudgeEnded(judgement, delivery.bytes.size());
}

void Oracle::OnFrame(ViewerId viewer, Bytes annex_b, VirtualTime now) {
  ++event_;
  ++statistics_.frames;
  const ViewerPlace& place = entitlements_.place(viewer);
  runs_.clear();
  JudgeAccessUnit({.observation = Observation::kFrame,
                   .now = now,
                   .viewer = viewer,
                   .session = place.sessions.empty() ? nullptr : &place.sessions.back(),
                   .rights = place.ever,
                   .end = End::kNot},
                  annex_b);
}

void Oracle::OnStarved(ViewerId viewer, contract::RequestNumber session, VirtualTime now) {
  const Entitlement* entitlement = entitlements_.place(viewer).Session(session);
  Report({.violation_class = ViolationClass::kStarved,
          .property = Property::kIso008,
          .observation = Observation::kFrame,
          .at = now,
          .viewer = viewer,
          .account = entitlement->account,
          .entitled = Entitled{entitlement->grant.camera, entitlement->grant.epoch}});
}

std::optional<Grant> Oracle::RightOf(ViewerId viewer, contract::RequestNumber session,
                                     VirtualTime at) const {
  const Entitlement* entitlement = entitlements_.place(viewer).Session(session);
  if (entitlement == nullptr || !entitlement->resolved || entitlement->EndAt(at) != End::kNot ||
      entitlements_.AwaitsGrant()) {
    return std::nullopt;
  }
  return entitlement->grant;
}

bool Oracle::WasPublished(Bytes annex_b, CameraId camera, BindingEpoch epoch,
                          FrameNumber first) const {
  for (const Publication* alike = ledger_.FirstAlike(DigestOf(annex_b).identity); alike != nullptr;
       alike = ledger_.NextAlike(*alike)) {
    if (alike->camera == camera && alike->epoch == epoch && alike->frame.value >= first.value)
      return true;
  }
  return false;
}

Oracle::Judgement Oracle::JudgementOf(const contract::Delivery& delivery, VirtualTime now) {
  Judgement judgement{.now = now, .viewer = delivery.viewer};
  if (delivery.kind == contract::DeliveryKind::kStill) judgement.observation = Observation::kStill;
  judgement.session = entitlements_.place(delivery.viewer).Session(delivery.session);
  if (judgement.session == nullptr) return judgement;
  judgement.end = judgement.session->EndAt(now);
  if (judgement.session->resolved) judgement.rights = std::span(&judgement.session->grant, 1);
  return judgement;
}

// Not entitled so far; but with a right on its way that the system may have used already, nobody
// can tell.
bool Oracle::IsUndecided(const Judgement& judgement) const {
  return judgement.end != End::kNot && judgement.end != End::kExpired &&
         judgement.session != nullptr && !judgement.session->taken && entitlements_.AwaitsGrant();
}

void Oracle::JudgePacket(const Judgement& judgement, Bytes packet) {
  Cursor& cursor =
      judgement.viewer.value < cursors_.size() ? cursors_[judgement.viewer.value] : scratch_cursor_;
  ForEachBody(packet, [&](const Body& body) {
    const std::size_t first_run = runs_.size();
    provenance_.Trace(packet.subspan(body.offset, body.length), body.offset, body.starts_nal_unit,
                      judgement.rights, cursor, runs_);
    JudgeRuns(judgement, packet, first_run);
  });
  if (runs_.size() > 1) JudgeOneFrame(judgement);
}

// All that is in a packet is of one access unit (RFC 6184 5.7, RFC 7798 4.4): what is of an own one
// besides is what the buffer held before. Less than half a cell may be like another frame's by
// chance, and of footage two may hold the same bytes.
void Oracle::JudgeOneFrame(const Judgement& judgement) {
  const auto tells = [](const Run& run) {
    return run.right && run.length >= CellIndex::kHalfBytes && run.publication->content == kNone;
  };
  const auto first = std::find_if(runs_.begin(), runs_.end(), tells);
  const auto other = std::find_if(first, runs_.end(), [&](const Run& run) {
    return tells(run) && run.publication != first->publication;
  });
  if (other == runs_.end() || MayBeDamaged(judgement)) return;
  Violation violation = Blame(judgement, *other);
  violation.violation_class = ViolationClass::kSpliced;
  violation.property = Property::kIso010;
  Report(violation);
}

void Oracle::JudgeAccessUnit(const Judgement& judgement, Bytes annex_b) {
  if (annex_b.empty()) return;
  const AccessUnitDigest digest = DigestOf(annex_b);
  const Publication* published = BestAlike(judgement, digest.identity);
  if (published != nullptr) {
    JudgeWhole(judgement, *published, annex_b);
  } else {
    JudgeInexact(judgement, annex_b, digest);
  }
}

// The publication of an access unit that speaks best for the system: one that is allowed, else one of
// the entitled camera, else any; of several the last.
const Publication* Oracle::BestAlike(const Judgement& judgement, std::uint64_t identity) const {
  const auto merit = [&](const Publication& publication) {
    if (Allows(judgement.rights, publication)) return 2;
    return std::any_of(judgement.rights.begin(), judgement.rights.end(),
                       [&](const Grant& grant) { return grant.camera == publication.camera; })
               ? 1
               : 0;
  };
  const Publication* best = nullptr;
  for (const Publication* alike = ledger_.FirstAlike(identity); alike != nullptr;
       alike = ledger_.NextAlike(*alike)) {
    if (best == nullptr || merit(*alike) > merit(*best)) best = alike;
  }
  return best;
}

void Oracle::JudgeWhole(const Judgement& judgement, const Publication& publication, Bytes annex_b) {
  const std::size_t size = annex_b.size();
  Run run{.length = size,
          .attributed = true,
          .right = Allows(judgement.rights, publication),
          .origin = {.camera = publication.camera,
                     .epoch = publication.epoch,
                     .frame = publication.frame},
          .publication = &publication,
          .whole_frame = true};
  runs_.push_back(run);
  statistics_.bytes_judged += size;
  statistics_.bytes_attributed += size;
  if (!run.right) {
    if (MayBeOwnDamaged(judgement, run, annex_b)) return;
    if (judgement.rights.empty() && judgement.observation == Observation::kStill) return;
    return Report(Blame(judgement, run));
  }
  JudgeAge(judgement, run);
}

// REQUIRES: the run is right.
void Oracle::JudgeAge(const Judgement& judgement, const Run& run) {
  const bool stale = judgement.now - run.publication->last_ingress > deployment_.still_age_max;
  if (judgement.observation != Observation::kStill || judgement.end != End::kNot || !stale) return;
  Violation violation = Blame(judgement, run);
  violation.violation_class = ViolationClass::kStaleStill;
  violation.property = Property::kIso005;
  Report(violation);
}

void Oracle::JudgeInexact(const Judgement& judgement, Bytes annex_b,
                          const AccessUnitDigest& digest) {
  scratch_cursor_ = {};
  NalUnits units(annex_b);
  while (units.Next()) {
    provenance_.Trace(units.nal_unit().subspan(1), units.offset() + 1, true, judgement.rights,
                      scratch_cursor_, runs_);
  }
  JudgeRuns(judgement, annex_b, 0);
  JudgeExactness(judgement, digest);
}

void Oracle::JudgeRuns(const Judgement& judgement, Bytes bytes, std::size_t first_run) {
  const bool judged = !judgement.rights.empty();  // else JudgeEnded() says all that there is to say
  bool some_right = false;
  for (std::size_t i = first_run; i < runs_.size(); ++i) {
    Run& run = runs_[i];
    const bool foreign = judged && run.attributed && !run.right;
    if (foreign && MayBeOwnDamaged(judgement, run, bytes)) run.right = run.ambiguous = true;
    statistics_.bytes_judged += run.length;
    (run.attributed ? statistics_.bytes_attributed : statistics_.bytes_unattributed) += run.length;
    statistics_.bits_flipped += run.bits_flipped;
    if (run.right && run.ambiguous) statistics_.bytes_ambiguous += run.length;
    some_right = some_right || run.right;
    if (judged && run.attributed && !run.right) Report(Blame(judgement, run));
  }
  if (!some_right || !runs_.back().attributed || runs_.back().right) return;
  Violation tail = Blame(
      judgement, runs_.back());  // ours in front, a stranger's behind: what the buffer held before
  if (tail.property == Property::kIso010) return;
  tail.property = Property::kIso010;
  Report(tail);
}

// Footage of two cameras can be alike but for a bit: filler, parameter sets, pictures in which nothing
// moves. If the network damaged the own one, nobody can tell. Asked only before a violation would be
// reported, for it reads all that was published. REQUIRES: the run is attributed, and not right.
bool Oracle::MayBeOwnDamaged(const Judgement& judgement, const Run& run, Bytes bytes) const {
  if (run.publication == nullptr || run.publication->content == kNone) return false;
  const auto may_be_of = [&](const Publication& own) {
    if (own.content == kNone || !Allows(judgement.rights, own) || !ledger_.InDamagedSession(own))
      return false;
    if (!run.whole_frame)
      return HoldsButForABit(footage_.content(own.content), bytes.subspan(run.offset, run.length));
    NalUnits units(bytes);
    while (units.Next()) {
      if (!HoldsButForABit(footage_.content(own.content), units.nal_unit())) return false;
    }
    return true;
  };
  const auto publications = ledger_.publications();
  return std::any_of(publications.begin(), publications.end(), may_be_of);
}

// An access unit that nobody published: torn, or mixed, or with bits flipped.
void Oracle::JudgeExactness(const Judgement& judgement, const AccessUnitDigest& digest) {
  if (judgement.rights.empty()) return;
  if (MayBeDamaged(judgement)) return JudgeDamaged(judgement);
  const auto attributed = [](const Run& run) { return run.attributed; };
  const auto first = std::find_if(runs_.begin(), runs_.end(), attributed);
  const auto odd = std::find_if(first, runs_.end(), [&](const Run& run) {
    return run.attributed &&
           (run.origin.camera != first->origin.camera || run.origin.frame != first->origin.frame);
  });
  const auto blamed = odd != runs_.end() ? odd : first != runs_.end() ? first : runs_.begin();
  Violation violation = Blame(judgement, blamed != runs_.end() ? *blamed : Run{});
  violation.violation_class =
      IsCorrupted(digest) ? ViolationClass::kCorrupted : ViolationClass::kSpliced;
  violation.property = Property::kIso006;
  Report(violation);
}

// Whether the network may be why it is not exact: the runs are of a damaged session, or nobody's at
// all.
bool Oracle::MayBeDamaged(const Judgement& judgement) const {
  if (judgement.observation == Observation::kFrame && judgement.session != nullptr &&
      judgement.session->damaged) {
    return true;
  }
  bool attributed = false;
  for (const Run& run : runs_) {
    attributed = attributed || run.attributed;
    if (run.publication != nullptr && MayBeOfDamaged(judgement, *run.publication)) return true;
  }
  return !attributed &&
         std::any_of(judgement.rights.begin(), judgement.rights.end(),
                     [&](const Grant& grant) { return ledger_.HasDamagedSession(grant.camera); });
}

// Of footage that several entitled cameras play any may be the one whose packets were damaged.
bool Oracle::MayBeOfDamaged(const Judgement& judgement, const Publication& publication) const {
  if (ledger_.InDamagedSession(publication)) return true;
  if (publication.content == kNone) return false;
  for (const Publication* alike = ledger_.FirstAlike(publication.identity); alike != nullptr;
       alike = ledger_.NextAlike(*alike)) {
    if (ledger_.InDamagedSession(*alike) && Allows(judgement.rights, *alike)) return true;
  }
  return false;
}

// It need not be exact; but a still is as old as the newest picture in it.
void Oracle::JudgeDamaged(const Judgement& judgement) {
  ++statistics_.frames_damaged;
  const Run* newest = nullptr;
  for (const Run& run : runs_) {
    if (run.publication == nullptr || !run.right) continue;
    if (newest == nullptr || run.publication->last_ingress > newest->publication->last_ingress)
      newest = &run;
  }
  if (newest != nullptr) JudgeAge(judgement, *newest);
}

// One frame from end to end, in all its bytes but some bits. (The second byte of a NAL unit's header
// in H.265 is nobody's.)
bool Oracle::IsCorrupted(const AccessUnitDigest& digest) const {
  const Publication* publication = nullptr;
  bool flipped = false;
  for (const Run& run : runs_) {
    if (!run.attributed && run.length == 1) continue;
    if (run.publication == nullptr || (publication != nullptr && run.publication != publication))
      return false;
    publication = run.publication;
    flipped = flipped || run.bits_flipped != 0;
  }
  return flipped && publication->nal_bytes == digest.bytes;
}

void Oracle::JudgeEnded(const Judgement& judgement, std::size_t size) {
  const auto run = std::find_if(runs_.begin(), runs_.end(),
                                [](const Run& candidate) { return candidate.attributed; });
  Violation violation = Blame(judgement, run != runs_.end() ? *run : Run{.length = size});
  violation.property = PropertyOf(judgement.end);
  if (judgement.end != End::kNeverBegan) {
    violation.violation_class = ViolationClass::kAfterRevoke;
  }
  Report(violation);
}

Origin Oracle::OriginOf(const media::Stamp& stamp) const {
  return {.camera = stamp.camera,
          .epoch = stamp.epoch,
          .frame = stamp.frame,
          .owner = entitlements_.OwnerIn(stamp.camera, stamp.epoch)};
}

// Says what is wrong with a run that no right covers. Of an attributed run that nobody published in
// this case the system's memory is the only source.
Violation Oracle::Blame(const Judgement& judgement, const Run& run) const {
  Violation violation{.observation = judgement.observation,
                      .at = judgement.now,
                      .viewer = judgement.viewer,
                      .offset = run.offset,
                      .length = run.length,
                      .whole_frame = run.whole_frame};
  if (const Entitlement* session = judgement.session; session != nullptr) {
    violation.account = session->account;
    violation.end = judgement.end;
    if (session->resolved) violation.entitled = {session->grant.camera, session->grant.epoch};
  }
  if (!run.attributed) return violation;
  violation.origin = OriginOf(run.origin);
  const auto granted = [&](const auto& covers) {
    return std::any_of(judgement.rights.begin(), judgement.rights.end(), covers);
  };
  if (run.publication == nullptr) {
    violation.violation_class = ViolationClass::kSpliced;
    violation.property = Property::kIso010;
  } else if (!granted([&](const Grant& grant) { return grant.camera == run.origin.camera; })) {
    const bool same_account = violation.account && violation.origin->owner == violation.account;
    violation.violation_class =
        same_account ? ViolationClass::kCrossCamera : ViolationClass::kCrossAccount;
    violation.property = Property::kIso001;
  } else if (!granted([&](const Grant& grant) {
               return grant.camera == run.origin.camera && grant.epoch == run.origin.epoch;
             })) {
    violation.violation_class = ViolationClass::kStaleEpoch;
    violation.property = Property::kIso002;
  } else {
    violation.violation_class = ViolationClass::kAfterRevoke;
    violation.property = Property::kIso004;
  }
  return violation;
}

void Oracle::Report(const Violation& violation) {
  ++statistics_.violations;
  if (violations_.size() < kViolationsKept) violations_.push_back(violation);
  if (on_violation) on_violation(violation);
}

}  // namespace framefence::oracle
