// Identifiers as types of their own: a camera's number cannot be passed where an account's is
// wanted.
#ifndef FRAMEFENCE_HARNESS_BASE_IDS_H_
#define FRAMEFENCE_HARNESS_BASE_IDS_H_

#include <compare>
#include <cstdint>
#include <functional>

namespace framefence {

template <class Tag, class Representation = std::uint32_t>
struct Id {
  Representation value = 0;

  constexpr Id() = default;
  constexpr explicit Id(Representation number) : value(number) {}
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

// All count from 0; the harness numbers them densely, so that they index arrays.
using AccountId = Id<struct AccountTag>;          // a household: the isolation boundary
using CameraId = Id<struct CameraTag>;            // a media source
using IntegrationId = Id<struct IntegrationTag>;  // a third party's cloud
using ViewerId = Id<struct ViewerTag>;        // a place for a viewer session; re-used after close
using PublisherId = Id<struct PublisherTag>;  // a publisher session; never re-used within a case
using NameId = Id<struct NameTag>;            // what an account calls a camera ("front-door")
using BindingEpoch =
    Id<struct BindingEpochTag>;  // counts the bindings of one camera, the first is 1
using FrameNumber =
    Id<struct FrameNumberTag>;  // counts the frames of one camera over all its bindings, from 0

}  // namespace framefence

template <class Tag, class Representation>
struct std::hash<framefence::Id<Tag, Representation>> {
  std::size_t operator()(framefence::Id<Tag, Representation> id) const noexcept {
    return std::hash<Representation>{}(id.value);
  }
};

#endif  // FRAMEFENCE_HARNESS_BASE_IDS_H_
