// Chrome's Trace Event Format as JSON: lanes, slices, instants and arrows.
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
#ifndef FRAMEFENCE_HARNESS_REPORT_CHROME_TRACE_H_
#define FRAMEFENCE_HARNESS_REPORT_CHROME_TRACE_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/virtual_time.h"

namespace framefence::report {

// Writes it as it comes. Texts may be anything: they are made safe to show.
class ChromeTrace {
 public:
  using Write = std::function<void(std::string_view)>;

  struct Lane {
    unsigned process = 0;      // lanes of one process stand together, processes in their order
    std::uint64_t number = 0;  // the order of the lanes of one process
    friend auto operator<=>(const Lane&, const Lane&) = default;
  };
  // A slice that an arrow can begin, pass or end at.
  struct Point {
    Lane lane;
    std::int64_t at_ns = 0;
  };
  struct Argument {
    std::string_view key;
    std::string value;
  };
  using Arguments = std::vector<Argument>;

  explicit ChromeTrace(Write write);
  // Call once, as the last.
  void Finish();

  bool Has(const Lane& lane) const { return threads_.contains(lane); }
  // REQUIRES: !Has(lane).
  void Add(const Lane& lane, std::string_view process_name, std::string_view name);

  // Both need a lane that was added, and times that do not go back: what comes within a microsecond
  // is put one nanosecond behind what came before it.
  Point Slice(const Lane& lane, VirtualTime at, std::string_view name, const Arguments& arguments);
  void Instant(const Lane& lane, VirtualTime at, std::string_view name, const Arguments& arguments);
  // An arrow from point to point, in the order of time. One that is no earlier than what follows it
  // is left out; fewer than two points are no arrow.
  void Arrow(std::string_view name, const std::vector<Point>& points);

 private:
  std::int64_t Tick(VirtualTime at);
  void Event(std::string_view phase, const Point& point, std::string_view name, VirtualTime at,
             const Arguments& arguments);
  void Metadata(const Lane& lane, std::string_view what, std::string_view argument);
  void Line(std::string_view json);

  const Write write_;
  bool empty_ = true;
  std::int64_t last_ns_ = -1;
  std::uint64_t arrows_ = 0;
  std::map<Lane, unsigned> threads_;
  std::vector<unsigned> processes_;
};

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_CHROME_TRACE_H_
