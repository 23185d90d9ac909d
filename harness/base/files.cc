#include "harness/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

namespace framefence {
namespace {

Error Failed(const char* what, const std::filesystem::path& path, int error_number) {
  return Error{std::string(what) + " '" + path.string() + "': " + std::strerror(error_number)};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// 0, or the number of the error.
int WriteAll(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

Result<std::vector<std::byte>> ReadFile(const std::filesystem::path& path,
                                        std::size_t size_bytes_max) {
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a FIFO must not block us
  if (file.number() < 0) return Failed("cannot read", path, errno);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return Failed("cannot read", path, errno);
  if (!S_ISREG(status.st_mode))
    return Error{"cannot read '" + path.string() + "': not a regular file"};
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > size_bytes_max) {
    return Error{"cannot read '" + path.string() + "': " + std::to_string(size) +
                 " bytes, the limit here is " + std::to_string(size_bytes_max)};
  }
  std::vector<std::byte> bytes(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t count = ::read(file.number(), bytes.data() + filled, size - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("cannot read", path, errno);
    if (count == 0) break;  // it shrank while we read
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

Result<WholeFile> WholeFile::Create(const std::filesystem::path& named) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(named, failure);
  // A device or a FIFO would be replaced by a file, and so would a link to one.
  if (std::filesystem::is_other(status))
    return Error{"cannot write '" + named.string() + "': not a regular file"};
  const std::filesystem::path path =
      std::filesystem::is_regular_file(status) ? std::filesystem::canonical(named, failure) : named;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::filesystem::create_directories(folder, failure);
  if (failure) return Error{"cannot create folder '" + folder.string() + "': " + failure.message()};
  std::string name = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return Failed("cannot write", path, errno);
  return WholeFile(path, std::move(name), descriptor);
}

WholeFile::WholeFile(std::filesystem::path path, std::string name, int descriptor)
    : path_(std::move(path)), temporary_(std::move(name)), descriptor_(descriptor) {}

WholeFile::WholeFile(WholeFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      error_number_(other.error_number_),
      pending_(std::move(other.pending_)) {}

WholeFile::~WholeFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void WholeFile::Append(std::span<const std::byte> bytes) {
  constexpr std::size_t kPendingMax = std::size_t{1} << 18;
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  if (pending_.size() < kPendingMax) return;
  Write(pending_);
  pending_.clear();
}

void WholeFile::Write(std::span<const std::byte> bytes) {
  if (error_number_ == 0) error_number_ = WriteAll(descriptor_, bytes);
}

Outcome WholeFile::Commit() {
  Write(pending_);
  if (error_number_ == 0 && (::fchmod(descriptor_, 0644) != 0 || ::fsync(descriptor_) != 0 ||
                             ::rename(temporary_.c_str(), path_.c_str()) != 0)) {
    error_number_ = errno;
  }
  if (error_number_ != 0) return Failed("cannot write", path_, error_number_);
  temporary_.clear();
  return Unit{};
}

Outcome WriteFileWhole(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  auto file = WholeFile::Create(path);
  if (!file) return file.error();
  file->Append(bytes);
  return file->Commit();
}

Outcome WriteFileWhole(const std::filesystem::path& path, std::string_view text) {
  return WriteFileWhole(path, std::as_bytes(std::span(text)));
}

}  // namespace framefence
