#include "harness/report/chrome_trace.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

using Json = nlohmann::json;

constexpr ChromeTrace::Lane kCamera{1, 0}, kViewer{2, 0};

VirtualTime At(std::int64_t us) { return VirtualTime(VirtualDuration(us)); }

class ChromeTraceTest : public ::testing::Test {
 protected:
  ChromeTraceTest() {
    chrome_.Add(kCamera, "cameras", "camera 0");
    chrome_.Add(kViewer, "viewers", "viewer 0");
  }
  // Of this phase.
  std::vector<Json> Written(std::string_view phase) {
    const Json trace = Json::parse(text_ + "]}");
    std::vector<Json> events;
    for (const Json& event : trace["traceEvents"]) {
      if (event["ph"] == phase) events.push_back(event);
    }
    return events;
  }

  std::string text_;
  ChromeTrace chrome_{[this](std::string_view text) { text_ += text; }};
};

TEST_F(ChromeTraceTest, WithoutEventsItIsValidToo) {
  std::string text;
  ChromeTrace([&](std::string_view piece) { text += piece; }).Finish();
  EXPECT_TRUE(Json::parse(text)["traceEvents"].empty());
}

// Seen to fail without the nanosecond, and with one that goes on from the microsecond before.
TEST_F(ChromeTraceTest, WhatHappensAtOnceStandsInItsOrder) {
  chrome_.Slice(kCamera, At(7), "a", {});
  chrome_.Slice(kCamera, At(7), "b", {});
  chrome_.Slice(kCamera, At(8), "c", {});
  const auto slices = Written("X");
  ASSERT_EQ(slices.size(), 3U);
  EXPECT_DOUBLE_EQ(slices[0]["ts"], 7.0);
  EXPECT_DOUBLE_EQ(slices[1]["ts"], 7.001);
  EXPECT_DOUBLE_EQ(slices[2]["ts"], 8.0);
  EXPECT_EQ(slices[1]["args"]["at_us"], 7);
}

// A double has no nanoseconds left by then. Seen to fail with the time written as one.
TEST_F(ChromeTraceTest, TimesOfALongCaseAreExact) {
  chrome_.Slice(kCamera, At(9'007'199'254'740'000), "a", {});
  chrome_.Slice(kCamera, At(9'007'199'254'740'000), "b", {});
  EXPECT_NE(text_.find("\"ts\":9007199254740000.000"), std::string::npos);
  EXPECT_NE(text_.find("\"ts\":9007199254740000.001"), std::string::npos);
}

// Seen to fail with quotes put around a text as it is.
TEST_F(ChromeTraceTest, HostileTextsStayTexts) {
  const ChromeTrace::Lane lane{3, 0};
  chrome_.Add(lane, kHostile, kHostile);
  const auto point = chrome_.Slice(lane, At(0), kHostile, {{"key", std::string(kHostile)}});
  chrome_.Instant(lane, At(0), std::string_view("a\0\n\"", 4), {});
  chrome_.Arrow(kHostile, {point, chrome_.Slice(kViewer, At(1), "end", {})});
  for (const char c : text_) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= ' ');
  EXPECT_EQ(Written("i")[0]["name"], "a\\x00\\x0a\"");
}

// Seen to fail with a point left in that lies in the future of the next.
TEST_F(ChromeTraceTest, AnArrowNeverGoesBackInTime) {
  const auto first = chrome_.Slice(kCamera, At(1), "", {}),
             second = chrome_.Slice(kCamera, At(2), "", {}),
             third = chrome_.Slice(kViewer, At(3), "", {});
  chrome_.Arrow("way", {second, first, third});
  const auto begins = Written("s"), steps = Written("t"), ends = Written("f");
  ASSERT_EQ(begins.size(), 1U);
  EXPECT_TRUE(steps.empty());
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_DOUBLE_EQ(begins[0]["ts"], 1.0);
  EXPECT_DOUBLE_EQ(ends[0]["ts"], 3.0);
  EXPECT_EQ(begins[0]["id"], ends[0]["id"]);
}

// Seen to fail without the look at how many points there are.
TEST_F(ChromeTraceTest, APointAloneIsNoArrow) {
  chrome_.Arrow("way", {chrome_.Slice(kCamera, At(1), "", {})});
  chrome_.Arrow("way", {});
  EXPECT_TRUE(Written("s").empty());
  EXPECT_TRUE(Written("f").empty());
}

}  // namespace
}  // namespace framefence::report
