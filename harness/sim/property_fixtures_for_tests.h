// For each property a system that breaks it and no other, and the case in which it shows.
#ifndef FRAMEFENCE_HARNESS_SIM_PROPERTY_FIXTURES_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_SIM_PROPERTY_FIXTURES_FOR_TESTS_H_

#include <set>
#include <string_view>
#include <vector>

#include "harness/base/check.h"
#include "harness/cases/text.h"
#include "harness/oracle/violation.h"
#include "harness/sim/case_player.h"
#include "harness/sim/small_relay_for_tests.h"
#include "harness/sim/world.h"

namespace framefence::sim::testing {

struct PropertyFixture {
  oracle::Property property;
  Flaw flaw;
  std::string_view lines;  // of the case
};

struct Judged {
  std::set<oracle::Property> broken;
  std::uint64_t deliveries = 0;  // a system that delivers nothing breaks nothing
};

// As the case's options say: by the oracle in one run, after the network healed, or in two runs.
inline Judged Judge(Flaw flaw, const PropertyFixture& situation) {
  const auto played = cases::ReadText("framefence case 1\n" + std::string(situation.lines));
  FRAMEFENCE_CHECK(static_cast<bool>(played));
  SmallRelay relay(flaw);
  World world(relay);
  CasePlayer player(world);
  player.Play(*played, /*stop_at_violation=*/false);
  Judged judged{.deliveries = world.counters().packets_delivered};
  for (const oracle::Violation& violation : player.violations())
    judged.broken.insert(violation.property);
  return judged;
}

// Camera i is account i's, and is called i % 2. Viewers open by name.
inline std::vector<PropertyFixture> PropertyFixtures() {
  using enum oracle::Property;
  return {
      // Account 3 calls its camera as account 1 does.
      {kIso001, Flaw::kNamesOfAllAccounts,
       "publish camera=1\npublish camera=3\nopen viewer=0 account=3 camera=3 path=app\n"
       "frame camera=1 payload_bytes=100\nframe camera=3 payload_bytes=100\n"},
      // Account 2 has had camera 0 since.
      {kIso002, Flaw::kStillOutlivesBinding,
       "publish camera=0\nframe camera=0 idr=yes payload_bytes=100\n"
       "frame camera=0 payload_bytes=100\nbind account=2 camera=0\n"
       "open viewer=0 account=2 camera=2 path=app\npublish camera=0\n"
       "frame camera=0 payload_bytes=100\n"},
      {kIso003, Flaw::kCloseForgotten,
       "publish camera=0\nopen viewer=0 account=0 camera=0 path=app\n"
       "frame camera=0 payload_bytes=100\nclose viewer=0\nframe camera=0 payload_bytes=100\n"},
      {kIso004, Flaw::kSuspensionForgotten,
       "publish camera=0\nopen viewer=0 account=0 camera=0 path=integration integration=0\n"
       "frame camera=0 payload_bytes=100\nsuspend integration=0\n"
       "frame camera=0 payload_bytes=100\n"},
      {kIso005, Flaw::kStillOfAnyAge,
       "publish camera=0\nframe camera=0 idr=yes payload_bytes=100\n"
       "frame camera=0 payload_bytes=100\nopen viewer=0 account=0 camera=0 path=app\n"
       "advance ms=11000\nopen viewer=0 account=0 camera=0 path=app\n"},
      {kIso006, Flaw::kStillCutShort,
       "publish camera=0\nframe camera=0 idr=yes payload_bytes=100\n"
       "frame camera=0 payload_bytes=100\nopen viewer=0 account=0 camera=0 path=app\n"},
      // Without account 0's sessions there is room for account 1's.
      {kIso007, Flaw::kAccountsShareSessions,
       "option two_runs 2\noption observer 1\n"
       "open viewer=0 account=0 camera=0 path=app\nopen viewer=1 account=0 camera=0 path=app\n"
       "open viewer=2 account=0 camera=0 path=app\nopen viewer=3 account=0 camera=0 path=app\n"
       "open viewer=0 account=1 camera=1 path=app\n"
       "publish camera=1\nframe camera=1 payload_bytes=100\n"},
      // Once the network has healed, cameras connect anew.
      {kIso008, Flaw::kPublisherOutlived,
       "option liveness_ms 2000\n"
       "publish camera=0\nopen viewer=0 account=0 camera=0 path=app\n"
       "frame camera=0 payload_bytes=100\n"},
      // Account 1 learns whether account 0 watches.
      {kIso009, Flaw::kSsrcCountsSessions,
       "option two_runs 2\noption observer 1\n"
       "open viewer=0 account=0 camera=0 path=app\nopen viewer=0 account=1 camera=1 path=app\n"
       "publish camera=1\nframe camera=1 payload_bytes=100\n"},
      // The padding of the second frame's packet lies where the first one's slice was.
      {kIso010, Flaw::kPaddingLeftAsItIs,
       "publish camera=0\nopen viewer=0 account=0 camera=0 path=app\n"
       "frame camera=0 payload_bytes=110\nframe camera=0 payload_bytes=50\n"},
  };
}

}  // namespace framefence::sim::testing

#endif  // FRAMEFENCE_HARNESS_SIM_PROPERTY_FIXTURES_FOR_TESTS_H_
