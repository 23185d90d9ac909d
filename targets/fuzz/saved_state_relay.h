// What fuzz_saved_state resumes states in, and what its seeds are saved from.
#ifndef FRAMEFENCE_TARGETS_FUZZ_SAVED_STATE_RELAY_H_
#define FRAMEFENCE_TARGETS_FUZZ_SAVED_STATE_RELAY_H_

#include "targets/fuzz/token_secret.h"
#include "targets/relay/relay.h"

namespace fuzz {

inline relay::Options SavedStateOptions() {
  relay::Options options;
  options.accounts = options.cameras = options.ports = 3;
  options.integrations = 2;
  options.viewers = 4;
  options.gop_packets_max = options.reorder_packets_max = 8;
  options.packet_bytes_max = 64;
  options.still_bytes_max = 256;
  options.secret = kTokenSecret;
  return options;
}

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SAVED_STATE_RELAY_H_
