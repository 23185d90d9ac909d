// Case files and footage, from paths that a person typed.
#ifndef FRAMEFENCE_HARNESS_CLI_CASE_FILES_H_
#define FRAMEFENCE_HARNESS_CLI_CASE_FILES_H_

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/cases/case.h"
#include "harness/media/footage.h"

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

// Says on standard error that a case asks for footage and none is loaded, so that it is not what was
// seen that is played.
void WarnIfWithoutFootage(const std::filesystem::path& path, const cases::Case& loaded,
                          std::span<const media::Footage> clips);

}  // namespace framefence::cli

#endif  // FRAMEFENCE_HARNESS_CLI_CASE_FILES_H_
