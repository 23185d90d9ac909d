// What two runs made of the reference relay, once.
#include <gtest/gtest.h>

#include <string>

#include "harness/cases/text.h"
#include "harness/sim/case_player.h"
#include "targets/adapters/relay_adapter.h"

namespace adapters {
namespace {

namespace cases = framefence::cases;
namespace sim = framefence::sim;

// A camera goes, and what it sent last can be shown, and sent again, until another home's camera comes
// by its port. Seen to fail with nothing that is of the past; the second case where a camera counts as
// heard again after it was given up, the third where it does by repair packets.
TEST(TwoRunsOfTheRelayTest, WhatACameraSentLastLastsAsLongAsItsPort) {
  constexpr const char* kFound[] = {
      // a still
      "option two_runs 2\n"
      "open viewer=0 account=0 camera=0 path=app\npublish camera=0\n"
      "frame camera=0\nframe camera=0\nframe camera=0\nframe camera=0\nframe camera=0\n"
      "frame camera=0\nframe camera=0\nframe camera=0\nframe camera=0\n"
      "open viewer=1 account=0 camera=0 path=integration integration=0\n"
      "unpublish camera=0 lost=no\npublish camera=2\n"
      "frame camera=2\nframe camera=2 idr=yes\nframe camera=2 idr=yes\n"
      "report viewer=1 lost=65\n",
      // a still whose camera sends on when the system has just given it up
      "option gop_frames 2\noption two_runs 2\noption observer 1\n"
      "publish camera=1\nframe camera=1\nframe camera=1\nframe camera=1\n"
      "open viewer=0 account=1 camera=1 path=integration integration=0\nadvance ms=5000\n"
      "frame camera=1\npublish camera=0\nframe camera=0\nframe camera=0\nframe camera=0\n"
      "frame camera=0\nframe camera=0\nreport viewer=0 lost=65\n",
      // a still whose camera's repair packets alone came, and which this relay has no use for
      "option gop_frames 2\noption mtu_bytes 1500\noption two_runs 2\noption observer 1\n"
      "publish camera=1 fec=1\nframe camera=1\nframe camera=1\nframe camera=1\n"
      "open viewer=0 account=1 camera=1 path=integration integration=0\nadvance ms=3000\n"
      "drop link=uplink all=no camera=1 packets=1\nframe camera=1\nadvance ms=3000\n"
      "publish camera=0\nframe camera=0\nframe camera=0\nframe camera=0\nframe camera=0\n"
      "frame camera=0\nreport viewer=0 lost=200\n",
      // a packet that the viewer asked for again
      "option gop_frames 2\noption idr_bytes 1386\noption feedback 1\noption two_runs 1\n"
      "option observer 1\n"
      "weather link=downlink all=no viewer=0 model=bernoulli loss=1480\n"
      "publish camera=1\nframe camera=1\nopen viewer=0 account=1 camera=1 path=app\n"
      "frame camera=1\nframe camera=1\nunpublish camera=1 lost=no\npublish camera=0\n"
      "frame camera=0\nframe camera=0\nframe camera=0\n",
      // one of two such packets
      "option seed 923159075\noption idr_bytes 1559\noption feedback 1\noption two_runs 1\n"
      "option observer 1\n"
      "weather link=downlink all=no viewer=0 model=gilbert-elliott good_to_bad=0 bad_to_good=0 "
      "loss_good=2 loss_bad=0\n"
      "publish camera=1\nopen viewer=0 account=1 camera=1 path=app\nframe camera=1\n"
      "unpublish camera=1 lost=no\npublish camera=0\nframe camera=0\n",
  };
  for (const char* const lines : kFound) {
    const auto found = cases::ReadText("framefence case 1\n" + std::string(lines));
    ASSERT_TRUE(found) << found.error().message;
    RelayAdapter relay;
    sim::World world(relay);
    sim::CasePlayer player(world);
    player.Play(*found);
    EXPECT_TRUE(player.violations().empty()) << Describe(player.violations().front());
    const auto past = static_cast<std::size_t>(sim::Declassifier::kPastSession);
    EXPECT_EQ(player.two_runs().declassified[past], 1U) << lines;
  }
}

}  // namespace
}  // namespace adapters
