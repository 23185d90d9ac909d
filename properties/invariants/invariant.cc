#include "properties/invariants/invariant.h"

namespace framefence::proofs {

std::string_view ToString(Conjunct conjunct) {
  static constexpr std::array<std::string_view, kConjunctCount> kNames = {
      "owner-is-true",
      "name-is-one-camera",
      "alias-is-known",
      "resolution-is-known",
      "resolution-is-of-its-account",
      "resolution-is-not-of-the-future",
      "resolution-is-owned-while-current",
      "door-is-true",
      "restore-is-past",
      "link-is-true",
      "port-is-known",
      "port-is-its-senders",
      "port-counts-its-binding",
      "port-is-its-uplinks",
      "port-knows-whether-it-has-its-ssrc",
      "slot-is-its-cameras",
      "slot-counts-its-binding",
      "slot-is-as-old-as-it-says",
      "slot-is-past",
      "slot-knows-restores",
      "slot-agrees-with-admissions",
      "slot-was-written",
      "place-is-true",
      "grant-names-its-account",
      "grant-names-its-camera",
      "grant-names-its-door",
      "grant-expires-as-promised",
      "grant-is-known",
      "grant-counts-its-binding",
      "grant-counts-sign-outs",
      "grant-counts-suspensions",
      "grant-counts-unlinks",
      "promise-is-owned-while-current",
      "promise-is-open-while-current",
      "session-is-counted",
      "admission-is-its-senders",
      "admission-is-as-old-as-it-says",
      "admission-counts-its-binding",
      "admission-is-past",
      "admission-knows-restores",
      "admissions-agree",
      "filling-is-known",
      "still-age-is-the-bound",
  };
  return kNames[static_cast<std::size_t>(conjunct)];
}

}  // namespace framefence::proofs
