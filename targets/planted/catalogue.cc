#include "targets/planted/catalogue.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace leaks {
namespace {

constexpr std::array<Entry, kLeakCount> kCatalogue = {{
    {Leak::kStillFallbackSkipsOwner, "A3",
     "the still that a display falls back to under loss is found by its slot, and whose it is is "
     "not checked again",
     "loss, after the slot's port was leased to another camera", "ISO-001",
     "fits every public fact of the incident of December 2019; its root cause was never published",
     "A3"},
    {Leak::kStillOwnerFromDirectory, "A3-twin",
     "the still's owner is checked against the directory's binding instead of the grant's, which "
     "was just found equal",
     "", "", "", ""},
    {Leak::kReusedBufferKeepsLength, "B5",
     "a shorter picture in a re-used buffer is published at the old length: its tail is the last "
     "camera's",
     "loss, after the buffer's port was leased to another camera with smaller pictures", "ISO-010",
     "blakeblackshear/frigate#8324 (half the picture from another camera)", "B5"},
    {Leak::kReusedBufferClearsTail, "B5-twin",
     "the old length is kept, and the rest is overwritten with trailing_zero_8bits (H.264 Annex B)",
     "", "", "", ""},
    {Leak::kResolutionKeyOmitsAccount, "K1",
     "the cache of resolved names is keyed without the account, and a hit returns before "
     "authorisation runs",
     "two accounts that call a camera by the same name", "ISO-001",
     "a camera vendor's web cache, September 2023; fluojs/fluo#423", "K1"},
    {Leak::kResolutionHitChecksAccount, "K1-twin",
     "the key omits the account, and a hit for another account is treated as a miss", "", "", "",
     ""},
    {Leak::kIngestPortSkipsSource, "R1",
     "an ingest port is leased again while the camera before still sends to it, and neither source "
     "nor SSRC is checked",
     "a publisher session that timed out, or whose BYE was lost", "ISO-001",
     "wvp-GB28181-pro#1004 and #314; ZLMediaKit#4049 (in poor network, pressing play on B plays A)",
     "R1"},
    {Leak::kIngestPortAcceptsNewSsrc, "R1-twin",
     "a publisher may change its SSRC (RFC 3550 8.2), as long as its source address stays the same",
     "", "", "", ""},
    {Leak::kChangeLeavesMail, "C6",
     "a change of rights leaves what waits between two workers: what was lent before it is sent "
     "after it",
     "a right that goes while another worker has not yet taken what was posted to it", "ISO-003",
     "maypok86/otter#137 (an invalidation races a load in flight, which is published after it)",
     "C6", kWorkersAlone},
    {Leak::kChangeStrikesAllMail, "C6-twin",
     "a change strikes all that waits between workers, also what is lent still: frames are lost",
     "", "", "", "", kWorkersAlone},
    {Leak::kMailNamesThePlace, "C7",
     "what waits for another worker names the viewer's place, and is sent to whose that is by then",
     "a session that closes, and another that takes its place, before the worker comes to it",
     "ISO-001",
     "a code host's session mix-up, March 2021; Tomcat CVE-2021-43980 (a request's context is used "
     "again while a thread still holds it)",
     "C7", kWorkersAlone},
    {Leak::kMailIsOfItsSession, "C7-twin",
     "the place is looked up when it is sent, and who has it by then is compared with whose it was",
     "", "", "", "", kWorkersAlone},
    {Leak::kMailFreedBeforeItIsSent, "B2",
     "a record between workers is given back before it is sent: its producer writes over it "
     "meanwhile",
     "a worker that is behind, and a producer that needs the room", "ISO-006",
     "jitsi/jitsi-videobridge#676 (a buffer goes back to its pool while it is sent)", "B2",
     kWorkersAlone},
    {Leak::kMailCopiedThenFreed, "B2-twin",
     "the record is given back before it is sent, and what is sent is a copy", "", "", "", "",
     kWorkersAlone},
}};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kCatalogue.size(); ++i) {
    if (static_cast<std::size_t>(kCatalogue[i].leak) != i) return false;
  }
  return true;
}
static_assert(InOrder(), "an entry's place in the catalogue is its enumerator's value");

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

std::span<const Entry> Catalogue() { return kCatalogue; }

const Entry* FindLeak(std::string_view id) {
  const auto found = std::find_if(kCatalogue.begin(), kCatalogue.end(), [id](const Entry& entry) {
    return SameIgnoringCase(entry.id, id);
  });
  return found == kCatalogue.end() ? nullptr : &*found;
}

std::string KnownIds() {
  std::string ids;
  for (const Entry& entry : kCatalogue) ids += (ids.empty() ? "" : ", ") + std::string(entry.id);
  return ids;
}

}  // namespace leaks
