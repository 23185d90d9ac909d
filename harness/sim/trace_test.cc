// The line form of a trace, and that its documentation is its legend.
#include "harness/sim/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"

namespace framefence::sim {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr VirtualTime kAt{VirtualDuration(1'234'567)};

// Seen to fail with quotes around every value, and with none.
TEST(TraceTest, AnEventIsALine) {
  EXPECT_EQ(ToLine({.at = kAt, .kind = TraceKind::kDelivery, .a = 3, .b = 7 << 1 | 1, .c = 0xab}),
            "    1.234567 s  delivery   viewer=3 session=7 kind=still hash=00000000000000ab");
  EXPECT_THAT(ToLine({.at = kAt, .kind = TraceKind::kNote, .b = 2, .text = "still kept"}),
              EndsWith("note       note=\"still kept\" subject=2"));
}

// Seen to fail with the last frame left out.
TEST(TraceTest, WhatCameInSaysWhichFramesItIsOf) {
  TraceEvent event{.kind = TraceKind::kIngress, .a = 1, .b = 5000};
  event.frames = {FrameNumber(4), FrameNumber(4)};
  EXPECT_THAT(ToLine(event), HasSubstr("camera=1 port=5000 frame=4 hash="));
  event.frames.last = FrameNumber(6);
  EXPECT_THAT(ToLine(event), HasSubstr("frame=4-6 hash="));
}

// Seen to fail with the origin left out.
TEST(TraceTest, AViolationSaysWhoseBytesTheyAre) {
  oracle::Violation violation;
  TraceEvent event{.kind = TraceKind::kViolation, .a = 3, .c = 1, .violation = &violation};
  EXPECT_THAT(ToLine(event), EndsWith("viewer=3 class=cross-account property=ISO-001"));
  violation.origin = {CameraId(1), BindingEpoch(2), FrameNumber(5), AccountId(4)};
  EXPECT_THAT(ToLine(event), EndsWith("property=ISO-001 camera=1 epoch=2 frame=5 owner=4"));
}

// Seen to fail with a word changed here, and there.
TEST(TraceTest, TheReadmeHoldsTheLegend) {
  const auto bytes = ReadFile("harness/README.md", std::size_t{1} << 20);
  ASSERT_TRUE(bytes.ok());
  const std::string readme(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  for (int i = 0; i < kTraceKindCount; ++i) {
    const auto kind = static_cast<TraceKind>(i);
    EXPECT_THAT(readme, HasSubstr("| `" + std::string(ToString(kind)) + "` | " +
                                  std::string(MeaningOf(kind)) + " |\n"));
    EXPECT_THAT(TraceLegend(), HasSubstr(MeaningOf(kind)));
  }
}

}  // namespace
}  // namespace framefence::sim
