// Catches a system under test that reads the clock of the machine, or randomness that no seed
// determines, while a case is being played (harness/base/ambient.h).
//
// A program that calls WatchAmbientReads() has the C library's functions for both, and
// std::random_device, replaced by ones that look at the thread first and then do as ever. Not seen are
// other threads than the one that plays the case, instructions that read a clock (rdtsc) or draw
// (rdrand) by themselves, files such as /dev/urandom, and calls from within the C library. A library
// that is loaded while the program runs (dlopen) is seen as far as another one uses the same function.
#ifndef FRAMEFENCE_HARNESS_AMBIENT_AMBIENT_H_
#define FRAMEFENCE_HARNESS_AMBIENT_AMBIENT_H_

#include <string>

namespace framefence {

// Told what was read, the cure, and lines to paste that name the callers, and ends the program; that
// is aborted if it does not.
using AmbientReadHandler = void (*)(const std::string& what);

// From now on. False where this build cannot watch, because a sanitizer has replaced the same
// functions.
bool WatchAmbientReads(AmbientReadHandler end);

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_AMBIENT_AMBIENT_H_
