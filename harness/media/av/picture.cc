#include "harness/media/av/picture.h"

#include <fmt/core.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/base/check.h"
#include "harness/media/av/av_log.h"

namespace framefence::media {
namespace {

struct CodecFreer {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FrameFreer {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketFreer {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct ScalerFreer {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};
using Codec = std::unique_ptr<AVCodecContext, CodecFreer>;
using Frame = std::unique_ptr<AVFrame, FrameFreer>;
using Packet = std::unique_ptr<AVPacket, PacketFreer>;
using Scaler = std::unique_ptr<SwsContext, ScalerFreer>;

constexpr int kChannels = 3;
constexpr std::int64_t kPixelsMax =
    4096 * 2304;  // H.264 level 5.2; parameter sets can claim anything

Error Failed(std::string_view what, int code) {
  return Error{fmt::format("libavcodec cannot {}: {}", what, AvErrorText(code))};
}

// One thread and no reordering: pictures come out at once, and all that is logged is logged by this
// thread.
class Decoder {
 public:
  static Result<Decoder> Open() {
    const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    if (codec == nullptr) return Error{"libavcodec has no H.264 decoder"};
    Decoder decoder;
    decoder.context_.reset(avcodec_alloc_context3(codec));
    decoder.frame_.reset(av_frame_alloc());
    decoder.packet_.reset(av_packet_alloc());
    FRAMEFENCE_CHECK(decoder.context_ && decoder.frame_ && decoder.packet_);
    decoder.context_->thread_count = 1;
    decoder.context_->flags |= AV_CODEC_FLAG_LOW_DELAY | AV_CODEC_FLAG_OUTPUT_CORRUPT;
    decoder.context_->max_pixels = kPixelsMax;
    decoder.context_->err_recognition = AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_CRCCHECK;
    if (const int code = avcodec_open2(decoder.context_.get(), codec, nullptr); code < 0) {
      return Failed("open its H.264 decoder", code);
    }
    return decoder;
  }

  // Decodes one access unit, or what is left where it is empty; calls on_frame(const AVFrame&) for
  // each picture.
  template <class OnFrame>
  void Decode(std::span<const std::byte> access_unit, OnFrame on_frame) {
    if (access_unit.empty()) {
      Note(avcodec_send_packet(context_.get(), nullptr));
    } else {
      padded_.assign(access_unit.begin(), access_unit.end());
      padded_.resize(access_unit.size() + AV_INPUT_BUFFER_PADDING_SIZE);
      packet_->data = reinterpret_cast<std::uint8_t*>(padded_.data());
      packet_->size = static_cast<int>(access_unit.size());
      Note(avcodec_send_packet(context_.get(), packet_.get()));
    }
    while (avcodec_receive_frame(context_.get(), frame_.get()) >= 0) {
      if (frame_->decode_error_flags != 0 || (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0)
        ++complaints_;
      on_frame(std::as_const(*frame_));
      av_frame_unref(frame_.get());
    }
  }

  int complaints() const { return complaints_; }

 private:
  void Note(int code) {
    if (code < 0) ++complaints_;
  }

  Codec context_;
  Frame frame_;
  Packet packet_;
  std::vector<std::byte> padded_;  // libavcodec reads past the end
  int complaints_ = 0;
};

std::optional<Picture> ToRgb(const AVFrame& frame) {
  const Scaler scaler(
      sws_getContext(frame.width, frame.height, static_cast<AVPixelFormat>(frame.format),
                     frame.width, frame.height, AV_PIX_FMT_RGB24,
                     SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT, nullptr, nullptr, nullptr));
  if (scaler == nullptr) return std::nullopt;
  const int row_bytes = frame.width * kChannels;
  // swscale's vector code writes past a row's end: into the next row, and below the last into a row
  // to spare.
  Picture picture{.width = frame.width, .height = frame.height};
  picture.rgb.resize(static_cast<std::size_t>(row_bytes) *
                     static_cast<std::size_t>(frame.height + 1));
  std::uint8_t* const rows[] = {picture.rgb.data()};
  const int strides[] = {row_bytes};
  sws_scale(scaler.get(), frame.data, frame.linesize, 0, frame.height, rows, strides);
  picture.rgb.resize(static_cast<std::size_t>(row_bytes) * static_cast<std::size_t>(frame.height));
  return picture;
}

Result<Codec> OpenPngEncoder(const Picture& picture) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  if (codec == nullptr) return Error{"libavcodec has no PNG encoder"};
  Codec context(avcodec_alloc_context3(codec));
  FRAMEFENCE_CHECK(context != nullptr);
  context->width = picture.width;
  context->height = picture.height;
  context->pix_fmt = AV_PIX_FMT_RGB24;
  context->time_base = {1, 25};
  context->thread_count = 1;
  if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0) {
    return Failed("open its PNG encoder", code);
  }
  return context;
}

std::span<const std::uint8_t> Rows(const Picture& picture, int first_row, int end_row) {
  FRAMEFENCE_CHECK(0 <= first_row && first_row < end_row && end_row <= picture.height);
  const auto row_bytes = static_cast<std::size_t>(picture.width * kChannels);
  return std::span(picture.rgb)
      .subspan(static_cast<std::size_t>(first_row) * row_bytes,
               static_cast<std::size_t>(end_row - first_row) * row_bytes);
}

}  // namespace

Result<Still> DecodeStill(std::span<const std::byte> access_unit) {
  const AvLogCapture log;
  Result<Decoder> decoder = Decoder::Open();
  if (!decoder) return decoder.error();
  std::optional<Picture> picture;
  const auto keep_first = [&](const AVFrame& frame) {
    if (!picture) picture = ToRgb(frame);
  };
  if (!access_unit.empty()) decoder->Decode(access_unit, keep_first);
  decoder->Decode({}, keep_first);
  if (!picture) {
    return Error{fmt::format("no picture came out of the decoder ({})",
                             log.errors() > 0 ? log.first_error() : "it said nothing")};
  }
  return Still{.picture = *std::move(picture), .complaints = log.errors() + decoder->complaints()};
}

Result<StreamReport> DecodeStream(std::span<const std::span<const std::byte>> access_units) {
  const AvLogCapture log;
  Result<Decoder> decoder = Decoder::Open();
  if (!decoder) return decoder.error();
  StreamReport report;
  const auto count = [&](const AVFrame&) { ++report.pictures; };
  for (const auto access_unit : access_units) {
    if (!access_unit.empty()) decoder->Decode(access_unit, count);
  }
  decoder->Decode({}, count);
  report.complaints = log.errors() + decoder->complaints();
  return report;
}

Result<std::vector<std::byte>> EncodePng(const Picture& picture) {
  if (picture.width <= 0 || picture.height <= 0) return Error{"the picture is empty"};
  const AvLogCapture log;
  Result<Codec> encoder = OpenPngEncoder(picture);
  if (!encoder) return encoder.error();
  const Frame frame(av_frame_alloc());
  const Packet packet(av_packet_alloc());
  FRAMEFENCE_CHECK(frame && packet);
  frame->width = picture.width;
  frame->height = picture.height;
  frame->format = AV_PIX_FMT_RGB24;
  if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0)
    return Failed("encode a PNG", code);
  const int row_bytes = picture.width * kChannels;
  av_image_copy_plane(frame->data[0], frame->linesize[0], picture.rgb.data(), row_bytes, row_bytes,
                      picture.height);
  int code = avcodec_send_frame(encoder->get(), frame.get());
  if (code >= 0) code = avcodec_receive_packet(encoder->get(), packet.get());
  if (code < 0) return Failed("encode a PNG", code);
  const auto bytes = std::as_bytes(std::span(packet->data, static_cast<std::size_t>(packet->size)));
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

std::array<double, 3> MeanColour(const Picture& picture, int first_row, int end_row) {
  const std::span<const std::uint8_t> samples = Rows(picture, first_row, end_row);
  std::array<double, kChannels> sums{};
  for (std::size_t i = 0; i < samples.size(); ++i) sums[i % kChannels] += samples[i];
  for (double& sum : sums) sum /= static_cast<double>(samples.size() / kChannels);
  return sums;
}

double MeanDifference(const Picture& a, const Picture& b, int first_row, int end_row) {
  FRAMEFENCE_CHECK(a.width == b.width && a.height == b.height);
  const std::span<const std::uint8_t> left = Rows(a, first_row, end_row);
  const std::span<const std::uint8_t> right = Rows(b, first_row, end_row);
  double sum = 0;
  for (std::size_t i = 0; i < left.size(); ++i) sum += std::abs(left[i] - right[i]);
  return sum / static_cast<double>(left.size());
}

}  // namespace framefence::media
