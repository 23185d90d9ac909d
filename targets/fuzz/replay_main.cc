// The main() of fuzz targets in ordinary builds: replays the files given, and those in the folders
// given.
//
// Each file is named before it is replayed, so that the last line before a failure names the file
// that fails. Exit status: 0 all were replayed; 2 there is nothing to replay, or a file cannot be
// read.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/base/files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kInputBytesMax = std::size_t{64} << 20;

// Notes about a corpus, and what keeps its folder in the repository, are no inputs.
bool IsInput(const fs::path& path) {
  const std::string name = path.filename().string();
  return !name.starts_with('.') && path.extension() != ".md";
}

// The files of a folder in order of name, so that a replay repeats; or the file itself.
std::vector<fs::path> InputsAt(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> inputs;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file() && IsInput(entry.path())) inputs.push_back(entry.path());
  }
  std::ranges::sort(inputs);
  return inputs;
}

bool Replay(const fs::path& path) {
  std::fprintf(stderr, "replaying %s\n", path.c_str());
  const auto bytes = framefence::ReadFile(path, kInputBytesMax);
  if (!bytes) {
    std::fprintf(stderr, "%s\n", bytes.error().message.c_str());
    return false;
  }
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  std::vector<fs::path> inputs;
  for (int i = 1; i < argc; ++i) {
    const std::vector<fs::path> more = InputsAt(argv[i]);
    inputs.insert(inputs.end(), more.begin(), more.end());
  }
  if (inputs.empty()) {
    std::fprintf(stderr, "%s: nothing to replay\nusage: %s FILE|FOLDER ...\n", argv[0], argv[0]);
    return 2;
  }
  const auto refused =
      std::ranges::count_if(inputs, [](const fs::path& path) { return !Replay(path); });
  std::fprintf(stderr, "%zu inputs replayed\n", inputs.size() - static_cast<std::size_t>(refused));
  return refused == 0 ? 0 : 2;
}
