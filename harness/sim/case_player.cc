#include "harness/sim/case_player.h"

namespace framefence::sim {

void CasePlayer::Play(const cases::Case& played, bool stop_at_violation) {
  twice_ = played.options.two_runs != 0;
  if (twice_) {
    two_runs_.Play(played, stop_at_violation);
  } else {
    world_.Play(played, stop_at_violation);
  }
}

}  // namespace framefence::sim
