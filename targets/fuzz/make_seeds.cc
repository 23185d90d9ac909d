// Writes the seeds and dictionaries that fuzzers start from, or says which of those that are kept
// are out of date.
//
//   make_seeds FOLDER            writes them below FOLDER (corpora)
//   make_seeds --check FOLDER    exit status 1 if a file there is not what would be written
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/check.h"
#include "harness/base/files.h"
#include "harness/cases/case.h"
#include "harness/cases/describe.h"
#include "harness/cases/text.h"
#include "targets/fuzz/parser_seeds.h"
#include "targets/fuzz/session_seeds.h"

namespace {

namespace cases = framefence::cases;
namespace fs = std::filesystem;

std::vector<std::byte> BytesOf(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::vector<fuzz::ParserSeed> AllFiles() {
  std::vector<fuzz::ParserSeed> files = fuzz::ParserSeeds();
  for (const fuzz::SessionSeed& seed : fuzz::SessionSeeds()) {
    const auto read = cases::ReadText("framefence case 1\n" + std::string(seed.steps));
    if (!read)
      std::fprintf(stderr, "%s: %s\n", std::string(seed.name).c_str(),
                   read.error().message.c_str());
    FRAMEFENCE_CHECK(read.ok());
    files.push_back({"fuzz_session/" + std::string(seed.name), cases::EncodeCase(*read)});
  }
  files.push_back({"session.dict", BytesOf(cases::FuzzDictionary())});
  return files;
}

bool IsUpToDate(const fs::path& path, const std::vector<std::byte>& bytes) {
  const auto kept = framefence::ReadFile(path, std::size_t{1} << 20);
  if (kept.ok() && *kept == bytes) return true;
  std::fprintf(stderr, "%s is out of date; make_seeds writes it anew\n", path.c_str());
  return false;
}

bool Write(const fs::path& path, const std::vector<std::byte>& bytes) {
  const auto written = framefence::WriteFileWhole(path, bytes);
  if (!written) std::fprintf(stderr, "%s\n", written.error().message.c_str());
  return written.ok();
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc == 3 && std::string_view(argv[1]) == "--check";
  if (argc != 2 && !check) {
    std::fprintf(stderr, "usage: %s [--check] FOLDER\n", argv[0]);
    return 2;
  }
  const fs::path folder = argv[argc - 1];
  const auto files = AllFiles();
  const auto failed = std::ranges::count_if(files, [&](const fuzz::ParserSeed& file) {
    return !(check ? IsUpToDate(folder / file.file, file.bytes)
                   : Write(folder / file.file, file.bytes));
  });
  std::printf("%zu files, %zu failed\n", files.size(), static_cast<std::size_t>(failed));
  return failed == 0 ? 0 : 1;
}
