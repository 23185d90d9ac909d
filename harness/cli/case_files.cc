#include "harness/cli/case_files.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdio>

#include "harness/base/files.h"
#include "harness/base/prng.h"
#include "harness/cases/schema.h"
#include "harness/cli/program.h"

namespace framefence::cli {
namespace {

namespace fs = std::filesystem;

// In a folder of findings each case lies in several forms beside its verdict; case.txt stands for
// all of them.
bool IsCaseInFolder(const fs::path& file) {
  const fs::path folder = file.parent_path();
  if (fs::exists(folder / "case.txt")) return file.filename() == "case.txt";
  const std::string extension = file.extension().string();
  for (const char* other : {".json", ".html", ".sarif", ".xml", ".png", ".md", ".dict"}) {
    if (extension == other) return false;
  }
  return file.filename().string().front() != '.';
}

Outcome AddFolder(const fs::path& folder, std::vector<fs::path>& out) {
  std::vector<fs::path> found;
  std::error_code failure;
  for (fs::recursive_directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    std::error_code unreadable;  // a link that leads to itself, say
    if (it->is_regular_file(unreadable) && IsCaseInFolder(it->path())) found.push_back(it->path());
  }
  if (failure) return Error{"cannot read folder '" + folder.string() + "': " + failure.message()};
  if (found.empty()) return Error{"no case below '" + folder.string() + "'"};
  std::sort(found.begin(), found.end());
  out.insert(out.end(), found.begin(), found.end());
  return Unit{};
}

std::vector<fs::path> FootageIn(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() == ".h264") found.push_back(it->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void Warn(const fs::path& path, const char* asks_for) {
  std::fprintf(stderr, "%s: warning: '%s' asks for %s\n", ThisProgram().name.c_str(), path.c_str(),
               asks_for);
}

}  // namespace

Result<cases::Case> LoadCase(const fs::path& path) {
  auto bytes = ReadFile(path, cases::kCaseFileBytesMax);
  if (!bytes) return bytes.error();
  auto parsed = cases::ParseCaseFile(*bytes);
  if (!parsed) return Error{"'" + path.string() + "': " + parsed.error().message};
  return parsed;
}

Result<std::vector<fs::path>> CasePaths(const std::vector<std::string>& paths) {
  std::vector<fs::path> result;
  for (const std::string& name : paths) {
    const fs::path path(name);
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
      result.push_back(path);  // whether it can be read is found out, and said, by reading it
      continue;
    }
    if (auto added = AddFolder(path, result); !added) return added.error();
  }
  return result;
}

Result<std::vector<media::Footage>> LoadFootage(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
      files.emplace_back(path);
      continue;
    }
    const auto found = FootageIn(path);
    if (found.empty()) return Error{"no .h264 file in '" + path + "'"};
    files.insert(files.end(), found.begin(), found.end());
  }
  for (const std::string_view folder : ThisProgram().footage) {
    if (paths.empty() && files.empty()) files = FootageIn(InCheckout(folder));
  }
  std::vector<media::Footage> clips;
  for (const fs::path& file : files) {
    auto clip = media::Footage::Load(file);
    if (!clip) return clip.error();
    clips.push_back(std::move(*clip));
  }
  return clips;
}

std::uint64_t HashOf(std::span<const media::Footage> clips) {
  std::uint64_t hash = 0;
  for (const media::Footage& clip : clips) {
    for (const media::FootageAccessUnit& unit : clip.access_units()) {
      const auto bytes = clip.bytes(unit);
      hash = Mix64(hash ^ XXH3_64bits(bytes.data(), bytes.size()));
    }
  }
  return hash;
}

Result<RecordingFiles> LoadRecordings(const Common& common) {
  RecordingFiles files;
  if (!common.error_pattern.empty()) {
    auto pattern = net::ErrorPattern::Load(common.error_pattern);
    if (!pattern) return pattern.error();
    files.losses = std::move(*pattern);
  }
  if (!common.delivery_trace.empty()) {
    auto trace = net::DeliveryTrace::Load(common.delivery_trace);
    if (!trace) return trace.error();
    files.capacity = std::move(*trace);
  }
  return files;
}

void WarnIfWithoutFootage(const fs::path& path, const cases::Case& loaded,
                          std::span<const media::Footage> clips) {
  if (loaded.options.footage == 0 || !clips.empty()) return;
  Warn(path,
       "footage (option footage 1) and none is loaded: synthetic frames take its place; give the "
       "clips with --footage");
}

void WarnIfWithoutRecordings(const fs::path& path, const cases::Case& loaded,
                             const sim::Recordings& recordings) {
  const auto has = [&](cases::Op op, const cases::Field& field, auto value) {
    return std::ranges::any_of(loaded.steps, [&](const cases::Step& step) {
      return step.op == op && Read(step, field) == static_cast<std::uint32_t>(value);
    });
  };
  if (recordings.losses == nullptr &&
      has(cases::Op::kWeather, cases::field::kWeatherModel, cases::Weather::kRecorded))
    Warn(path,
         "recorded losses (weather model=recorded) and none are loaded: nothing is lost in their "
         "place; give the file with --error-pattern");
  if (recordings.capacity == nullptr &&
      has(cases::Op::kPath, cases::field::kPathSets, cases::PathProperty::kTrace))
    Warn(path,
         "recorded capacity (path set=trace) and none is loaded: there is no bottleneck in its "
         "place; give the file with --delivery-trace");
}

}  // namespace framefence::cli
