#include "harness/report/findings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/base/files.h"
#include "harness/cases/text.h"
#include "harness/report/escape.h"
#include "harness/report/html.h"
#include "harness/report/json.h"
#include "harness/report/junit.h"
#include "harness/report/sarif.h"
#include "harness/report/terminal.h"

namespace framefence::report {
namespace {

namespace fs = std::filesystem;

// Remembers the first error of several writes.
class Writes {
 public:
  void Add(const Outcome& outcome) {
    if (!outcome.ok() && !first_) first_ = outcome.error();
  }
  Outcome outcome() const { return first_ ? Outcome(*first_) : Outcome(Unit{}); }

 private:
  std::optional<Error> first_;
};

// Ids are file names: an id that climbs out of the folder, or hides, is a mistake of the caller.
bool IsFolderName(std::string_view id) {
  return !id.empty() && id.front() != '.' && id.find('/') == std::string_view::npos &&
         PrintableLine(id) == id;
}

// Writes what there is. Where there is nothing, what an earlier finding of the same id left would be
// taken for this one's: it is removed.
template <class Content>
Outcome WriteOrRemove(const fs::path& path, const Content& content) {
  if (!content.empty()) return WriteFileWhole(path, content);
  std::error_code failure;
  fs::remove(path, failure);
  if (failure) return Error{"cannot remove '" + path.string() + "': " + failure.message()};
  return Unit{};
}

constexpr std::array<std::string_view, 6> kFilesOfAFinding = {
    "case.bin", "case.txt", "verdict.json", "verdict.txt", "picture.png", "crash.log"};

// Removes what WriteFinding() wrote; the folder only if nothing else is in it. A link is not ours.
Outcome RemoveFinding(const fs::path& own) {
  std::error_code failure;
  if (!fs::is_directory(fs::symlink_status(own, failure))) return Unit{};
  for (const std::string_view name : kFilesOfAFinding) {
    fs::remove(own / name, failure);
    if (failure)
      return Error{"cannot remove '" + (own / name).string() + "': " + failure.message()};
  }
  if (fs::is_empty(own, failure) && !failure) fs::remove(own, failure);
  return Unit{};
}

}  // namespace

Outcome CheckWritable(const fs::path& folder) {
  const fs::path probe = folder / ".framefence-can-write";
  if (Outcome written = WriteFileWhole(probe, std::string_view()); !written.ok())
    return Error{"'" + folder.string() + "' is no place to write to: " + written.error().message};
  std::error_code failure;
  fs::remove(probe, failure);  // false, without a failure, where another run has just removed it
  if (failure) return Error{"cannot remove '" + probe.string() + "': " + failure.message()};
  return Unit{};
}

std::vector<std::string> ListedFindings(const fs::path& folder) {
  const auto bytes = ReadFile(folder / "report.json", std::size_t{1} << 30);
  if (!bytes) return {};
  return FindingIds({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

Outcome WriteFinding(const Finding& finding, const fs::path& folder) {
  if (!IsFolderName(finding.id))
    return Error{"finding id '" + PrintableLine(finding.id) + "' is no name of a folder"};
  const fs::path own = folder / finding.id;
  Writes writes;
  writes.Add(WriteFileWhole(own / "case.bin", cases::EncodeCase(finding.minimized)));
  writes.Add(WriteFileWhole(own / "case.txt", cases::WriteText(finding.minimized)));
  writes.Add(WriteFileWhole(own / "verdict.json", VerdictJson(finding)));
  writes.Add(WriteFileWhole(own / "verdict.txt", FindingText(finding, own)));
  writes.Add(WriteOrRemove(own / "picture.png", finding.picture_png));
  writes.Add(WriteOrRemove(own / "crash.log", finding.crash_log));
  return writes.outcome();
}

Outcome WriteCampaign(const Campaign& campaign, const fs::path& folder) {
  const std::vector<std::string> earlier = ListedFindings(folder);
  Writes writes;
  for (const Finding& finding : campaign.findings) writes.Add(WriteFinding(finding, folder));
  writes.Add(WriteFileWhole(folder / "report.json", ReportJson(campaign)));
  writes.Add(WriteFileWhole(folder / "report.html", ReportHtml(campaign)));
  writes.Add(WriteFileWhole(folder / "report.sarif", SarifText(campaign)));
  writes.Add(WriteFileWhole(folder / "report.junit.xml", JunitXml(campaign)));
  if (!writes.outcome()) return writes.outcome();
  for (const std::string& id : earlier) {
    const bool is_listed = std::ranges::count(campaign.findings, id, &Finding::id) != 0;
    if (!is_listed && IsFolderName(id)) writes.Add(RemoveFinding(folder / id));
  }
  return writes.outcome();
}

}  // namespace framefence::report
