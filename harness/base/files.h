// Whole files in, whole files out.
#ifndef FRAMEFENCE_HARNESS_BASE_FILES_H_
#define FRAMEFENCE_HARNESS_BASE_FILES_H_

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace framefence {

// Reads a regular file. Error: it cannot be read, or is larger than size_bytes_max (which is found
// out before it is read).
Result<std::vector<std::byte>> ReadFile(const std::filesystem::path& path,
                                        std::size_t size_bytes_max);

// Writes a file whole or not at all: to a temporary name in the same folder, flushed, then renamed.
// Creates the folders above it.
Outcome WriteFileWhole(const std::filesystem::path& path, std::span<const std::byte> bytes);
Outcome WriteFileWhole(const std::filesystem::path& path, std::string_view text);

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_BASE_FILES_H_
