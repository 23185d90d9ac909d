#include "targets/fuzz/session_seeds.h"

namespace fuzz {
namespace {

// None of them shows a planted leak: finding those is left to the fuzzers.
// In the default world camera i is account i's, and there are fewer ingest ports (3) than cameras
// (4).
constexpr SessionSeed kSeeds[] = {
    {"app-viewer", R"(publish camera=0
open viewer=0 account=0 camera=0
frame camera=0
frame camera=0
frame camera=0
)"},
    {"integration-viewer", R"(publish camera=1
open viewer=0 account=1 camera=1 path=integration
frame camera=1
frame camera=1
)"},
    {"gop-burst-to-late-viewer", R"(publish camera=0
frame camera=0 idr=yes
frame camera=0
frame camera=0
open viewer=0 account=0 camera=0
frame camera=0
)"},
    {"fallback-still", R"(publish camera=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
report viewer=0 lost=200
advance ms=1000
frame camera=0 idr=yes
advance ms=1000
)"},
    {"still-recovery", R"(publish camera=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
report viewer=0 lost=255
advance ms=1500
report viewer=0 lost=0
frame camera=0 idr=yes
frame camera=0
)"},
    {"stale-still", R"(option still_age_max_ms 1000
publish camera=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
report viewer=0 lost=200
advance ms=800
advance ms=800
)"},
    {"large-then-small-still", R"(publish camera=0
open viewer=0 account=0 camera=0 path=integration
report viewer=0 lost=200
frame camera=0 idr=yes payload_bytes=1500
frame camera=0 idr=yes payload_bytes=900
frame camera=0 idr=yes payload_bytes=200
advance ms=1000
)"},
    {"port-released-and-leased", R"(publish camera=0
frame camera=0 idr=yes
unpublish camera=0
publish camera=1
open viewer=0 account=1 camera=1
frame camera=1 idr=yes
)"},
    {"bye-lost", R"(publish camera=0
frame camera=0 idr=yes
unpublish camera=0 lost=yes
frame camera=0
)"},
    {"publisher-times-out", R"(option publisher_timeout_ms 500
publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
advance ms=600
frame camera=0
publish camera=0
frame camera=0 idr=yes
)"},
    {"ports-run-out", R"(publish camera=0
publish camera=1
publish camera=2
publish camera=3
frame camera=3 idr=yes
)"},
    {"rebind", R"(publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes payload_bytes=80
bind account=1 camera=0
publish camera=0
open viewer=1 account=1 camera=0
frame camera=0 idr=yes
)"},
    {"factory-reset", R"(publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
unbind camera=0
frame camera=0
bind account=0 camera=0
)"},
    {"suspended-integration", R"(publish camera=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
suspend integration=0
frame camera=0
restore integration=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
)"},
    {"suspended-under-loss", R"(publish camera=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
report viewer=0 lost=200
suspend integration=0
advance ms=1000
restore integration=0
advance ms=1000
)"},
    {"unlink-and-link", R"(publish camera=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
unlink account=0 integration=0
frame camera=0
link account=0 integration=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
)"},
    {"sign-out-everywhere", R"(publish camera=0
open viewer=0 account=0 camera=0
open viewer=1 account=0 camera=0 path=integration
frame camera=0 idr=yes
revoke account=0
frame camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
)"},
    {"upgrade", R"(publish camera=0
publish camera=1
open viewer=0 account=0 camera=0
open viewer=1 account=1 camera=1 path=integration
issue token=0 account=0 camera=0
frame camera=0 idr=yes
frame camera=1 idr=yes
report viewer=1 lost=200
upgrade
frame camera=0 idr=yes
frame camera=1 idr=yes
present viewer=2 token=0
revoke account=0
upgrade
present viewer=2 token=0
frame camera=0 idr=yes
frame camera=1 idr=yes
advance ms=1000
)"},
    {"token-expires", R"(option token_lifetime_ms 700
publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
advance ms=800
frame camera=0
)"},
    {"close-and-reuse-place", R"(publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
close viewer=0
open viewer=1 account=0 camera=0
frame camera=0
)"},
    {"not-entitled", R"(publish camera=0
open viewer=0 account=3 camera=0
open viewer=1 account=3 camera=0 path=integration
frame camera=0 idr=yes
)"},
    {"uplink-loss", R"(weather link=uplink all=yes model=bernoulli loss=9000
publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes payload_bytes=900
frame camera=0
advance ms=50
frame camera=0
)"},
    {"burst-loss-downlink",
     R"(weather link=downlink all=yes model=gilbert-elliott good_to_bad=30 bad_to_good=60 loss_bad=200
publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
frame camera=0
frame camera=0
)"},
    {"gap-given-up", R"(publish camera=0
open viewer=0 account=0 camera=0
drop link=uplink camera=0 packets=1
frame camera=0 idr=yes payload_bytes=700
advance ms=30
frame camera=0
)"},
    {"blackout-and-back", R"(publish camera=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
weather link=uplink camera=0 model=blackout
frame camera=0
report viewer=0 lost=255
advance ms=1000
weather link=uplink camera=0 model=clean
frame camera=0 idr=yes
)"},
    {"latency-over-rebind", R"(option uplink_latency_us 50000
option downlink_latency_us 80000
publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
advance ms=20
bind account=1 camera=0
advance ms=200
)"},
    {"whole-fleet-reconnects", R"(publish camera=0
publish camera=1
open viewer=0 account=0 camera=0
open viewer=1 account=1 camera=1
frame camera=0 idr=yes
frame camera=1 idr=yes
reconnect publishers=yes viewers=yes
frame camera=0
frame camera=1
)"},
    {"cameras-by-clock", R"(option frame_interval_ms 100
option report_interval_ms 300
publish camera=0
open viewer=0 account=0 camera=0 path=integration
weather link=downlink viewer=0 model=bernoulli loss=30000
advance ms=1500
)"},
    {"json-door", R"(option json_door 1
publish camera=1
open viewer=0 account=1 camera=1 path=integration
frame camera=1 idr=yes
)"},
    {"two-cameras-one-home", R"(option accounts 2
publish camera=0
publish camera=2
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
frame camera=2 idr=yes
)"},
    {"nothing-provisioned", R"(option provisioned 0
bind account=0 camera=0
link account=0 integration=0
publish camera=0
open viewer=0 account=0 camera=0 path=integration
frame camera=0 idr=yes
)"},
    {"unsignalled-ssrc", R"(publish camera=0 unsignalled=yes
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
frame camera=0 idr=yes
frame camera=0
)"},
    {"stale-sender-during-probation", R"(option publishers 1
option publisher_timeout_ms 500
publish camera=0
frame camera=0 idr=yes
unpublish camera=0 lost=yes
advance ms=600
publish camera=1 unsignalled=yes
open viewer=0 account=1 camera=1
frame camera=0
frame camera=1 idr=yes
frame camera=1 idr=yes
)"},
    {"byte-stream", R"(publish camera=0 stream=yes
open viewer=0 account=0 camera=0
frame camera=0 idr=yes payload_bytes=900
frame camera=0
frame camera=0
)"},
    {"byte-stream-stalls", R"(publish camera=0 stream=yes
open viewer=0 account=0 camera=0
drop link=uplink camera=0 packets=2
frame camera=0 idr=yes
frame camera=0
advance ms=200
frame camera=0
)"},
    {"byte-stream-ends-within-a-packet", R"(option publishers 1
option uplink_latency_us 20000
publish camera=0 stream=yes
drop link=uplink camera=0 packets=1
frame camera=0 idr=yes payload_bytes=900
advance ms=60
unpublish camera=0
publish camera=1 stream=yes
open viewer=0 account=1 camera=1
frame camera=1 idr=yes
advance ms=100
)"},
    {"retransmission-stream", R"(option feedback 1
publish camera=0 rtx=yes
open viewer=0 account=0 camera=0
drop link=uplink camera=0 packets=1
frame camera=0 idr=yes payload_bytes=700
advance ms=10
frame camera=0
)"},
    {"error-correction", R"(option fec_packets_max 16
publish camera=0 fec=3
open viewer=0 account=0 camera=0
drop link=uplink camera=0 packets=1
frame camera=0 idr=yes payload_bytes=700
frame camera=0
frame camera=0
)"},
    {"h265", R"(publish camera=0 codec=h265
open viewer=0 account=0 camera=0
open viewer=1 account=0 camera=0 path=integration
report viewer=1 lost=200
frame camera=0 idr=yes payload_bytes=700
frame camera=0
advance ms=1000
frame camera=0 idr=yes
)"},
    {"another-codec-on-the-same-port", R"(option publishers 1
publish camera=0 codec=h265
open viewer=0 account=0 camera=0
frame camera=0 idr=yes
unpublish camera=0
publish camera=0
frame camera=0 idr=yes
frame camera=0
)"},
    {"slices", R"(option slices 3
option mtu_bytes 120
publish camera=0
open viewer=0 account=0 camera=0
frame camera=0 idr=yes slices=4 payload_bytes=1200
frame camera=0 slices=2
)"},
};

}  // namespace

std::span<const SessionSeed> SessionSeeds() { return kSeeds; }

}  // namespace fuzz
