// What libav says while it works: kept from the terminal, and counted.
#ifndef FRAMEFENCE_HARNESS_MEDIA_AV_AV_LOG_H_
#define FRAMEFENCE_HARNESS_MEDIA_AV_AV_LOG_H_

#include <string>

namespace framefence::media {

// While one exists, libav's log lines of this thread go to it. From the first one on libav never
// prints again in this process: its log callback is global, and stays ours. Not to be nested within
// a thread.
class AvLogCapture {
 public:
  AvLogCapture();
  ~AvLogCapture();
  AvLogCapture(const AvLogCapture&) = delete;
  AvLogCapture& operator=(const AvLogCapture&) = delete;

  // Lines of level AV_LOG_ERROR and worse.
  int errors() const { return errors_; }

  // The first of them, without its newline; empty if there is none.
  const std::string& first_error() const { return first_error_; }

  void OnLine(int level, const std::string& line);  // for the callback

 private:
  int errors_ = 0;
  std::string first_error_;
};

// What a libav return code below 0 means.
std::string AvErrorText(int code);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_AV_AV_LOG_H_
