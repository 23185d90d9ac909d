// Fuzzes RTP captures: one that is read, written and read again is the same.
#include <span>

#include "harness/base/check.h"
#include "harness/media/rtp_dump.h"

namespace media = framefence::media;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto dump = media::ParseRtpDump(std::as_bytes(std::span(data, size)));
  if (!dump) return 0;
  const auto written = media::FormatRtpDump(*dump);
  if (!written) return 0;  // a packet of no bytes can be read, but is never written
  const auto again = media::ParseRtpDump(*written);
  FRAMEFENCE_CHECK(again.ok() && *again == *dump);
  return 0;
}
