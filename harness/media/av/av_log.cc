#include "harness/media/av/av_log.h"

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "harness/base/check.h"

namespace framefence::media {
namespace {

thread_local AvLogCapture* capture = nullptr;

void OnAvLog(void* /*context*/, int level, const char* format, std::va_list arguments) {
  if (capture == nullptr || level > AV_LOG_ERROR) return;
  std::array<char, 512> line;
  if (std::vsnprintf(line.data(), line.size(), format, arguments) < 0) line[0] = '\0';
  capture->OnLine(level, line.data());
}

}  // namespace

AvLogCapture::AvLogCapture() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(OnAvLog); });
  FRAMEFENCE_CHECK(capture == nullptr);
  capture = this;
}

AvLogCapture::~AvLogCapture() { capture = nullptr; }

void AvLogCapture::OnLine(int level, const std::string& line) {
  if (level > AV_LOG_ERROR) return;
  if (errors_++ == 0) first_error_ = line.substr(0, line.find('\n'));
}

std::string AvErrorText(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return text.data();
}

}  // namespace framefence::media
