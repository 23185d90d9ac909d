#include "harness/report/findings.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/files.h"
#include "harness/report/json.h"
#include "harness/report/terminal.h"
#include "harness/report/test_support.h"

namespace framefence::report {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::set<std::string> NamesIn(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

std::vector<std::byte> BytesOf(const fs::path& path) {
  auto bytes = ReadFile(path, std::size_t{1} << 20);
  EXPECT_TRUE(bytes.ok()) << path;
  return bytes.ok() ? *bytes : std::vector<std::byte>{};
}

std::string TextOf(const fs::path& path) {
  const auto bytes = BytesOf(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(FindingsTest, ACampaignLiesInOneFolderWithAFolderForEachFinding) {
  const ScratchFolder scratch;
  const Campaign campaign = ExampleCampaign();
  const fs::path out = scratch.path() / "not" / "yet" / "there";
  ASSERT_TRUE(WriteCampaign(campaign, out).ok());
  const std::string id = campaign.findings[0].id;
  EXPECT_THAT(NamesIn(out),
              ElementsAre(id, "report.html", "report.json", "report.junit.xml", "report.sarif"));
  EXPECT_THAT(NamesIn(out / id),
              ElementsAre("case.bin", "case.txt", "picture.png", "verdict.json", "verdict.txt"));
  EXPECT_EQ(TextOf(out / "report.json"), ReportJson(campaign));
  EXPECT_EQ(TextOf(out / id / "verdict.txt"), FindingText(campaign.findings[0], out / id));
}

TEST(FindingsTest, BothFormsOfTheCaseReplayTheSameCase) {
  const ScratchFolder scratch;
  const Finding finding = LeakedStill();
  ASSERT_TRUE(WriteFinding(finding, scratch.path()).ok());
  for (const char* name : {"case.bin", "case.txt"}) {
    const auto read = cases::ParseCaseFile(BytesOf(scratch.path() / finding.id / name));
    ASSERT_TRUE(read.ok()) << name;
    EXPECT_EQ(*read, finding.minimized) << name;
  }
}

TEST(FindingsTest, ThePictureOfAnEarlierFindingDoesNotStay) {
  const ScratchFolder scratch;
  Finding finding = LeakedStill();
  ASSERT_TRUE(WriteFinding(finding, scratch.path()).ok());
  EXPECT_EQ(BytesOf(scratch.path() / finding.id / "picture.png"), finding.picture_png);
  finding.picture_png.clear();
  ASSERT_TRUE(WriteFinding(finding, scratch.path()).ok());
  EXPECT_FALSE(fs::exists(scratch.path() / finding.id / "picture.png"));
}

// Seen to fail with nothing removed, and with all of a folder removed.
TEST(FindingsTest, WhatAnEarlierReportListedDoesNotStayAndNothingElseGoes) {
  const ScratchFolder scratch;
  const fs::path out = scratch.path() / "out";
  Campaign campaign = ExampleCampaign();
  campaign.findings.push_back(LeakedStill());
  campaign.findings.back().id = "with-a-note";
  campaign.findings.push_back(LeakedStill());
  campaign.findings.back().id = "stays";
  ASSERT_TRUE(WriteCampaign(campaign, out).ok());
  ASSERT_TRUE(WriteFileWhole(out / "with-a-note" / "note.txt", "mine").ok());
  ASSERT_TRUE(WriteFileWhole(out / "not-listed" / "case.txt", "mine").ok());

  Campaign next = CleanCampaign();
  next.findings.push_back(campaign.findings.back());
  ASSERT_TRUE(WriteCampaign(next, out).ok());
  EXPECT_THAT(NamesIn(out),
              ElementsAre("not-listed", "report.html", "report.json", "report.junit.xml",
                          "report.sarif", "stays", "with-a-note"));
  EXPECT_THAT(NamesIn(out / "with-a-note"), ElementsAre("note.txt"));
  EXPECT_THAT(NamesIn(out / "not-listed"), ElementsAre("case.txt"));
  EXPECT_EQ(NamesIn(out / "stays").size(), 5U);
}

// Seen to fail without IsFolderName(), and without the check for a link.
TEST(FindingsTest, AForgedReportRemovesNothingElsewhere) {
  const ScratchFolder scratch;
  const fs::path out = scratch.path() / "out";
  ASSERT_TRUE(WriteFileWhole(scratch.path() / "elsewhere" / "case.txt", "mine").ok());
  ASSERT_TRUE(WriteFileWhole(out / "report.json",
                             "{\"format\": 1, \"findings\": [{\"id\": \"../elsewhere\"}, "
                             "{\"id\": \"link\"}]}")
                  .ok());
  fs::create_directory_symlink(scratch.path() / "elsewhere", out / "link");
  ASSERT_TRUE(WriteCampaign(CleanCampaign(), out).ok());
  EXPECT_EQ(TextOf(scratch.path() / "elsewhere" / "case.txt"), "mine");
}

// Seen to fail without the check of the id.
TEST(FindingsTest, AnIdCannotClimbOutOfTheFolder) {
  const ScratchFolder scratch;
  const fs::path out = scratch.path() / "out";
  for (const char* id : {"", ".", "..", "../x", "/tmp/x", "a/b", ".hidden", "a\nb"}) {
    Finding finding = LeakedStill();
    finding.id = id;
    EXPECT_FALSE(WriteFinding(finding, out).ok()) << id;
  }
  EXPECT_TRUE(fs::is_empty(scratch.path()));
}

TEST(FindingsTest, AFailedWriteLeavesNothingHalfWrittenAndTheRestIsKept) {
  const ScratchFolder scratch;
  Campaign campaign = ExampleCampaign();
  ASSERT_TRUE(WriteFileWhole(scratch.path() / campaign.findings[0].id, "in the way").ok());
  campaign.findings.push_back(LeakedStill());
  campaign.findings.back().id = "second";
  const Outcome written = WriteCampaign(campaign, scratch.path());
  ASSERT_FALSE(written.ok());
  EXPECT_THAT(written.error().message, HasSubstr(campaign.findings[0].id));
  EXPECT_THAT(NamesIn(scratch.path()),
              ElementsAre(campaign.findings[0].id, "report.html", "report.json", "report.junit.xml",
                          "report.sarif", "second"));
  EXPECT_EQ(NamesIn(scratch.path() / "second").size(), 5U);
}

TEST(FindingsTest, AWritableFolderIsCreatedAndLeftEmpty) {
  const ScratchFolder scratch;
  ASSERT_TRUE(CheckWritable(scratch.path() / "new" / "one").ok());
  EXPECT_TRUE(fs::is_empty(scratch.path() / "new" / "one"));
}

TEST(FindingsTest, AnUnwritableFolderIsAnErrorThatNamesIt) {
  const ScratchFolder scratch;
  ASSERT_TRUE(WriteFileWhole(scratch.path() / "file", "x").ok());
  const Outcome below_a_file = CheckWritable(scratch.path() / "file" / "out");
  ASSERT_FALSE(below_a_file.ok());
  EXPECT_THAT(below_a_file.error().message, HasSubstr("file/out"));
  EXPECT_FALSE(CheckWritable(scratch.path() / "file").ok());
  EXPECT_FALSE(CheckWritable("/proc/framefence").ok());  // where even root creates nothing
  EXPECT_EQ(TextOf(scratch.path() / "file"), "x");
}

}  // namespace
}  // namespace framefence::report
