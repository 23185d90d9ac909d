// framefence show: a case as text.
#include <cstdio>

#include "harness/cases/text.h"
#include "harness/cli/case_files.h"
#include "harness/cli/commands.h"
#include "harness/cli/program.h"

namespace framefence::cli {

ExitStatus Show(const ShowOptions& options) {
  const auto loaded = LoadCase(options.path);
  if (!loaded) return UsageError(loaded.error());
  if (const auto clips = LoadFootage({})) WarnIfWithoutFootage(options.path, *loaded, *clips);
  if (options.binary) {
    const std::vector<std::byte> bytes = cases::EncodeCase(*loaded);
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  } else {
    std::fputs(cases::WriteText(*loaded).c_str(), stdout);
  }
  return std::fflush(stdout) == 0 ? kExitPass : UsageError({"cannot write to standard output"});
}

}  // namespace framefence::cli
