// RTP packets as ffmpeg makes them: the second opinion that our own packetizer cannot give.
#ifndef FRAMEFENCE_HARNESS_MEDIA_AV_FFMPEG_RTP_MUXER_H_
#define FRAMEFENCE_HARNESS_MEDIA_AV_FFMPEG_RTP_MUXER_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "harness/base/result.h"

namespace framefence::media {

struct FfmpegRtpOptions {
  std::uint32_t ssrc = 1;  // below 2^31, as ffmpeg wants it
  std::uint16_t first_sequence_number = 0;
  int packet_bytes_max = 1200;  // RTP header included
  int frames_per_second = 25;   // a raw byte stream has no times of its own
};

// Sends a file of H.264 (Annex B) through libavformat's demuxer and its "rtp" muxer, and returns
// the RTP packets in the order in which they were sent. The same file and options give the same
// packets: what the muxer draws or takes from the clock is left out (RTCP sender reports) or taken
// off (the timestamp that it begins with, here 0). Error: what libavformat says.
Result<std::vector<std::vector<std::byte>>> MuxRtpWithFfmpeg(const std::filesystem::path& h264_file,
                                                             const FfmpegRtpOptions& options);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_AV_FFMPEG_RTP_MUXER_H_
