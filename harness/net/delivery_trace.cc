#include "harness/net/delivery_trace.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "harness/base/files.h"

namespace framefence::net {
namespace {

Error InLine(std::size_t line, const std::string& what) {
  return Error{"delivery trace: line " + std::to_string(line) + ": " + what};
}

}  // namespace

Result<DeliveryTrace> DeliveryTrace::Parse(std::string_view text) {
  if (text.size() > kFileBytesMax) {
    return Error{"delivery trace: " + std::to_string(text.size()) + " bytes, the limit is " +
                 std::to_string(kFileBytesMax)};
  }
  DeliveryTrace trace;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view number = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (number.ends_with('\r')) number.remove_suffix(1);
    if (number.empty()) continue;
    std::uint32_t ms = 0;
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), ms);
    const bool too_large = error == std::errc::result_out_of_range;
    if (!too_large && (error != std::errc() || stop != number.data() + number.size()))
      return InLine(line, "not a whole number of milliseconds");
    if (too_large || ms > kTimeMsMax)
      return InLine(line, "later than " + std::to_string(kTimeMsMax) + " ms");
    if (!trace.times_ms_.empty() && ms < trace.times_ms_.back()) {
      return InLine(line, std::to_string(ms) + " ms after " +
                              std::to_string(trace.times_ms_.back()) + " ms: times must not fall");
    }
    trace.times_ms_.push_back(ms);
  }
  if (trace.times_ms_.empty()) return Error{"delivery trace: no opportunity in it"};
  if (trace.times_ms_.back() == 0)
    return Error{"delivery trace: it ends at 0 ms, so that it has no length to repeat with"};
  trace.period_ = std::chrono::milliseconds(trace.times_ms_.back());
  return trace;
}

Result<DeliveryTrace> DeliveryTrace::Load(const std::filesystem::path& path) {
  const auto bytes = ReadFile(path, kFileBytesMax);
  if (!bytes.ok()) return bytes.error();
  auto trace = Parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!trace.ok()) return Error{"'" + path.string() + "': " + trace.error().message};
  return trace;
}

double DeliveryTrace::BitsPerSecond() const {
  return static_cast<double>(size()) * kOpportunityBytes * 8 * 1e6 /
         static_cast<double>(period_.count());
}

DeliveryTrace::Opportunity DeliveryTrace::FirstAt(VirtualDuration at) const {
  at = std::max(at, VirtualDuration::zero());
  std::int64_t cycle = at / period_;
  // The end of one turn is the start of the next: an opportunity there is the earlier turn's.
  if (cycle > 0 && at % period_ == VirtualDuration::zero()) --cycle;
  const VirtualDuration within = at - cycle * period_;
  const auto first = std::lower_bound(times_ms_.begin(), times_ms_.end(), within,
                                      [](std::uint32_t ms, VirtualDuration bound) {
                                        return std::chrono::milliseconds(ms) < bound;
                                      });
  return {cycle, static_cast<std::uint32_t>(first - times_ms_.begin())};
}

}  // namespace framefence::net
