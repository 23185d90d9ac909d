// Ctrl-C: long work stops cleanly at its next look at Interrupted(), and still writes what was
// found.
#ifndef FRAMEFENCE_HARNESS_CLI_INTERRUPT_H_
#define FRAMEFENCE_HARNESS_CLI_INTERRUPT_H_

namespace framefence::cli {

// SIGINT and SIGTERM set a flag; a second one ends the program at once, as usual.
void CatchInterrupts();
bool Interrupted();

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_INTERRUPT_H_
