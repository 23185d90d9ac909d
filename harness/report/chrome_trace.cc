#include "harness/report/chrome_trace.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/check.h"
#include "harness/report/escape.h"

namespace framefence::report {
namespace {

constexpr unsigned kFirstThread = 100;  // a thread numbered as its process would be its main one

std::string Quoted(std::string_view text) { return nlohmann::json(PrintableLine(text)).dump(); }

// In microseconds, as the format wants it; a double would lose the nanoseconds of a long case.
std::string Timestamp(std::int64_t ns) { return fmt::format("{}.{:03}", ns / 1000, ns % 1000); }

}  // namespace

ChromeTrace::ChromeTrace(Write write) : write_(std::move(write)) {
  write_("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
}

void ChromeTrace::Finish() { write_("\n]}\n"); }

void ChromeTrace::Add(const Lane& lane, std::string_view process_name, std::string_view name) {
  const bool added =
      threads_.emplace(lane, kFirstThread + static_cast<unsigned>(threads_.size())).second;
  FRAMEFENCE_CHECK(added);
  if (std::ranges::find(processes_, lane.process) == processes_.end()) {
    processes_.push_back(lane.process);
    Metadata(lane, "process_name", fmt::format("\"name\":{}", Quoted(process_name)));
    Metadata(lane, "process_sort_index", fmt::format("\"sort_index\":{}", lane.process));
  }
  Metadata(lane, "thread_name", fmt::format("\"name\":{}", Quoted(name)));
  Metadata(lane, "thread_sort_index", fmt::format("\"sort_index\":{}", lane.number));
}

ChromeTrace::Point ChromeTrace::Slice(const Lane& lane, VirtualTime at, std::string_view name,
                                      const Arguments& arguments) {
  const Point point{lane, Tick(at)};
  Event("\"X\",\"dur\":0.001", point, name, at, arguments);
  return point;
}

void ChromeTrace::Instant(const Lane& lane, VirtualTime at, std::string_view name,
                          const Arguments& arguments) {
  Event("\"i\",\"s\":\"t\"", {lane, Tick(at)}, name, at, arguments);
}

void ChromeTrace::Arrow(std::string_view name, const std::vector<Point>& points) {
  std::vector<Point> way;  // from its end
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    if (way.empty() || point->at_ns < way.back().at_ns) way.push_back(*point);
  }
  if (way.size() < 2) return;
  ++arrows_;
  for (std::size_t i = way.size(); i-- > 0;) {
    const char* phase = i == 0 ? "\"f\",\"bp\":\"e\"" : i == way.size() - 1 ? "\"s\"" : "\"t\"";
    Line(fmt::format(R"({{"ph":{},"pid":{},"tid":{},"ts":{},"id":{},"cat":{},"name":{}}})", phase,
                     way[i].lane.process, threads_.at(way[i].lane), Timestamp(way[i].at_ns),
                     arrows_, Quoted(name), Quoted(name)));
  }
}

std::int64_t ChromeTrace::Tick(VirtualTime at) {
  return last_ns_ = std::max(Microseconds(at) * 1000, last_ns_ + 1);
}

void ChromeTrace::Event(std::string_view phase, const Point& point, std::string_view name,
                        VirtualTime at, const Arguments& arguments) {
  std::string args = fmt::format("\"at_us\":{}", Microseconds(at));
  for (const Argument& argument : arguments)
    args += fmt::format(",{}:{}", Quoted(argument.key), Quoted(argument.value));
  Line(fmt::format(R"({{"ph":{},"pid":{},"tid":{},"ts":{},"name":{},"args":{{{}}}}})", phase,
                   point.lane.process, threads_.at(point.lane), Timestamp(point.at_ns),
                   Quoted(name), args));
}

void ChromeTrace::Metadata(const Lane& lane, std::string_view what, std::string_view argument) {
  Line(fmt::format(R"({{"ph":"M","pid":{},"tid":{},"name":"{}","args":{{{}}}}})", lane.process,
                   threads_.at(lane), what, argument));
}

void ChromeTrace::Line(std::string_view json) {
  write_(empty_ ? "\n" : ",\n");
  write_(json);
  empty_ = false;
}

}  // namespace framefence::report
