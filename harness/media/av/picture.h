// What a screen would show: H.264 access units decoded to RGB, and PNG files of them.
#ifndef FRAMEFENCE_HARNESS_MEDIA_AV_PICTURE_H_
#define FRAMEFENCE_HARNESS_MEDIA_AV_PICTURE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/base/result.h"

namespace framefence::media {

struct Picture {
  int width = 0;                  // pixels
  int height = 0;                 // pixels
  std::vector<std::uint8_t> rgb;  // width * height * 3, rows from the top, no padding
};

struct Still {
  Picture picture;
  int complaints = 0;  // see StreamReport
};

struct StreamReport {
  int pictures = 0;  // that came out of the decoder
  // Errors that the decoder logged, access units that it refused, and pictures in which it had to
  // conceal something. An access unit that is missing altogether is none: the decoder repeats the
  // picture before it, in silence, and `pictures` is one less.
  int complaints = 0;
};

// Decodes one access unit in Annex B form, parameter sets included. Where slices are missing or
// corrupt the decoder conceals them, as a display would, and the picture is what is then shown.
// Error: not even a concealed picture came out, or one of more than 4096x2304 pixels.
Result<Still> DecodeStill(std::span<const std::byte> access_unit);

// Decodes access units in order, as one stream.
// Error: there is no decoder.
Result<StreamReport> DecodeStream(std::span<const std::span<const std::byte>> access_units);

// A PNG file of the picture. Error: an empty picture, or what the encoder says.
Result<std::vector<std::byte>> EncodePng(const Picture& picture);

// The mean red, green and blue (0..255) of the rows [first_row, end_row). REQUIRES: a row at least,
// and all within the picture.
std::array<double, 3> MeanColour(const Picture& picture, int first_row, int end_row);

// The mean absolute difference (0..255) of two pictures of one size, over all samples of those
// rows.
double MeanDifference(const Picture& a, const Picture& b, int first_row, int end_row);

}  // namespace framefence::media

#endif  // FRAMEFENCE_HARNESS_MEDIA_AV_PICTURE_H_
