// Case files, footage and recorded networks, from paths that a person typed.
#ifndef FRAMEFENCE_HARNESS_CLI_CASE_FILES_H_
#define FRAMEFENCE_HARNESS_CLI_CASE_FILES_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/cases/case.h"
#include "harness/cli/commands.h"
#include "harness/media/footage.h"
#include "harness/net/delivery_trace.h"
#include "harness/net/error_pattern.h"
#include "harness/sim/path_change.h"

namespace framefence::cli {

// Reads one case in any of its forms. Error: names the path, and in a text the line and column.
Result<cases::Case> LoadCase(const std::filesystem::path& path);

// The files behind the paths: a folder stands for the files below it, in order of name; in a folder
// of findings only the cases (case.txt) count. Error: a path that is not there, or a folder without
// files.
Result<std::vector<std::filesystem::path>> CasePaths(const std::vector<std::string>& paths);

// Loads footage. Without paths, that of the first folder of Program::footage that has some; else
// none.
Result<std::vector<media::Footage>> LoadFootage(const std::vector<std::string>& paths);

// Equal clips in the same order give equal hashes; 0 for none.
std::uint64_t HashOf(std::span<const media::Footage> clips);

// Recorded networks, which a world plays where a case says so.
struct RecordingFiles {
  std::optional<net::DeliveryTrace> capacity;
  std::optional<net::ErrorPattern> losses;

  // Valid as long as this stands where it is.
  sim::Recordings recordings() const {
    return {.capacity = capacity ? &*capacity : nullptr, .losses = losses ? &*losses : nullptr};
  }
};
// Those that the command line names. Error: unreadable, or not of their format (it names the file).
Result<RecordingFiles> LoadRecordings(const Common& common);

// Say on standard error that a case asks for what is not loaded, so that it is not what was seen that
// is played.
void WarnIfWithoutFootage(const std::filesystem::path& path, const cases::Case& loaded,
                          std::span<const media::Footage> clips);
void WarnIfWithoutRecordings(const std::filesystem::path& path, const cases::Case& loaded,
                             const sim::Recordings& recordings);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_CASE_FILES_H_
