// The permutation of stamps and its inverse, one block at a time, by tables: for what is not hot,
// and for machines without vectors. Internal to the codec; cells.cc holds the fast forward
// direction.
#ifndef FRAMEFENCE_HARNESS_MEDIA_STAMP_PERMUTATION_H_
#define FRAMEFENCE_HARNESS_MEDIA_STAMP_PERMUTATION_H_

#include "harness/media/stamp/stamp_layout.h"

namespace framefence::media::stamp_layout {

// kRounds AES rounds without the special last one (FIPS 197 5.1), under kRoundKeys.
Block Permute(const Block& block);

// Permute(Invert(block)) == block.
Block Invert(const Block& block);

}  // namespace framefence::media::stamp_layout

#endif  // FRAMEFENCE_HARNESS_MEDIA_STAMP_PERMUTATION_H_
