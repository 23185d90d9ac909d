#include "harness/media/av/ffmpeg_rtp_muxer.h"

#include <fmt/core.h>

extern "C" {
#include <libavcodec/packet.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/mem.h>
}

#include <memory>
#include <span>
#include <string_view>

#include "harness/media/av/av_log.h"
#include "harness/media/big_endian.h"
#include "harness/media/rtp_packet.h"

namespace framefence::media {
namespace {

using Datagrams = std::vector<std::vector<std::byte>>;

constexpr std::size_t kTimestampOffset = 4;  // in an RTP header

struct InputCloser {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct OutputFreer {
  void operator()(AVFormatContext* context) const { avformat_free_context(context); }
};
struct IoFreer {
  void operator()(AVIOContext* io) const {
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
};
struct PacketFreer {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
using Input = std::unique_ptr<AVFormatContext, InputCloser>;
using Output = std::unique_ptr<AVFormatContext, OutputFreer>;
using Io = std::unique_ptr<AVIOContext, IoFreer>;

Error Failed(std::string_view what, int code) {
  return Error{fmt::format("libavformat cannot {}: {}", what, AvErrorText(code))};
}

// The muxer flushes after each packet, so that each write is one datagram.
int KeepDatagram(void* datagrams, std::uint8_t* data, int size) {
  const auto bytes = std::as_bytes(std::span(data, static_cast<std::size_t>(size)));
  static_cast<Datagrams*>(datagrams)->emplace_back(bytes.begin(), bytes.end());
  return size;
}

// Takes away what differs from run to run.
void MakeRepeatable(Datagrams& datagrams) {
  std::erase_if(datagrams, [](const auto& datagram) { return IsRtcp(datagram); });
  if (datagrams.empty()) return;
  const std::uint32_t first = LoadBigEndian32(&datagrams[0][kTimestampOffset]);
  for (std::vector<std::byte>& packet : datagrams) {
    const std::uint32_t timestamp = LoadBigEndian32(&packet[kTimestampOffset]);
    StoreBigEndian32(timestamp - first, &packet[kTimestampOffset]);
  }
}

Result<Input> OpenInput(const std::filesystem::path& file) {
  AVFormatContext* context = nullptr;
  int code = avformat_open_input(&context, file.c_str(), av_find_input_format("h264"), nullptr);
  if (code < 0) return Failed(fmt::format("open {}", file.string()), code);
  Input input(context);
  code = avformat_find_stream_info(context, nullptr);
  if (code < 0) return Failed(fmt::format("read {}", file.string()), code);
  if (context->nb_streams != 1) return Error{fmt::format("no H.264 in {}", file.string())};
  return input;
}

Result<Io> MakeIo(int packet_bytes_max, Datagrams& datagrams) {
  auto* buffer = static_cast<unsigned char*>(av_malloc(static_cast<std::size_t>(packet_bytes_max)));
  AVIOContext* io =
      avio_alloc_context(buffer, packet_bytes_max, 1, &datagrams, nullptr, KeepDatagram, nullptr);
  if (io == nullptr) return Error{"libavformat has no memory"};
  io->max_packet_size = packet_bytes_max;
  return Io(io);
}

// A muxer with one stream like the input's, its header written.
Result<Output> OpenOutput(const AVFormatContext& input, AVIOContext* io,
                          const FfmpegRtpOptions& options) {
  AVFormatContext* context = nullptr;
  int code = avformat_alloc_output_context2(&context, nullptr, "rtp", nullptr);
  if (code < 0) return Failed("make an RTP muxer", code);
  Output output(context);
  context->pb = io;
  context->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
  AVStream* stream = avformat_new_stream(context, nullptr);
  if (stream == nullptr) return Error{"libavformat has no memory"};
  code = avcodec_parameters_copy(stream->codecpar, input.streams[0]->codecpar);
  if (code < 0) return Failed("copy the stream's parameters", code);
  AVDictionary* settings = nullptr;
  av_dict_set_int(&settings, "ssrc", options.ssrc, 0);
  av_dict_set_int(&settings, "seq", options.first_sequence_number, 0);
  av_dict_set_int(&settings, "payload_type", kVideoPayloadType, 0);
  code = avformat_write_header(context, &settings);
  av_dict_free(&settings);
  if (code < 0) return Failed("begin an RTP stream", code);
  return output;
}

// Every packet of the demuxer is one access unit.
Outcome SendAll(AVFormatContext* input, AVFormatContext* output, int frames_per_second) {
  const std::unique_ptr<AVPacket, PacketFreer> packet(av_packet_alloc());
  if (packet == nullptr) return Error{"libavformat has no memory"};
  const AVRational frame_time{1, frames_per_second};
  std::int64_t frame = 0;
  int code = 0;
  while ((code = av_read_frame(input, packet.get())) >= 0) {
    packet->pts = packet->dts = av_rescale_q(frame++, frame_time, output->streams[0]->time_base);
    packet->stream_index = 0;
    code = av_write_frame(output, packet.get());
    av_packet_unref(packet.get());
    if (code < 0) return Failed("send a frame", code);
  }
  if (code != AVERROR_EOF) return Failed("read a frame", code);
  code = av_write_trailer(output);
  if (code < 0) return Failed("end the RTP stream", code);
  return Unit{};
}

}  // namespace

Result<Datagrams> MuxRtpWithFfmpeg(const std::filesystem::path& h264_file,
                                   const FfmpegRtpOptions& options) {
  const AvLogCapture log;
  Datagrams datagrams;
  Result<Io> io = MakeIo(options.packet_bytes_max, datagrams);
  if (!io) return io.error();
  Result<Input> input = OpenInput(h264_file);
  if (!input) return input.error();
  Result<Output> output = OpenOutput(**input, io->get(), options);
  if (!output) return output.error();
  const Outcome sent = SendAll(input->get(), output->get(), options.frames_per_second);
  if (!sent) return sent.error();
  MakeRepeatable(datagrams);
  return datagrams;
}

}  // namespace framefence::media
