// Whole files in, whole files out.
#ifndef FRAMEFENCE_HARNESS_BASE_FILES_H_
#define FRAMEFENCE_HARNESS_BASE_FILES_H_

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace framefence {

// Reads a regular file. Error: it cannot be read, or is larger than size_bytes_max (which is found
// out before it is read).
Result<std::vector<std::byte>> ReadFile(const std::filesystem::path& path,
                                        std::size_t size_bytes_max);

// A file that is written piece by piece, and is there whole or not at all: it has a temporary name in
// the same folder until Commit(), which flushes and renames it. Creates the folders above it.
class WholeFile {
 public:
  static Result<WholeFile> Create(const std::filesystem::path& path);
  WholeFile(WholeFile&& other) noexcept;
  WholeFile& operator=(WholeFile&&) = delete;
  ~WholeFile();  // not committed: nothing is left

  void Append(std::span<const std::byte> bytes);
  void Append(std::string_view text) { Append(std::as_bytes(std::span(text))); }
  // Error: what went wrong since Create(). Call once, as the last.
  Outcome Commit();

 private:
  WholeFile(std::filesystem::path path, std::string name, int descriptor);
  void Write(std::span<const std::byte> bytes);

  std::filesystem::path path_;
  std::string temporary_;
  int descriptor_ = -1;
  int error_number_ = 0;  // of the first write that failed
  std::vector<std::byte> pending_;
};

// The same in one go.
Outcome WriteFileWhole(const std::filesystem::path& path, std::span<const std::byte> bytes);
Outcome WriteFileWhole(const std::filesystem::path& path, std::string_view text);

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_BASE_FILES_H_
