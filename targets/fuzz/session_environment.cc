#include "targets/fuzz/session_environment.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "harness/cases/text.h"

namespace fuzz {

framefence::Result<SessionEnvironment> ReadSessionEnvironment() {
  const auto leaks = leaks::ReadLeakEnvironment();
  if (!leaks) return leaks.error();
  const char* blind = std::getenv("FRAMEFENCE_BLIND");
  const std::string_view said = blind == nullptr ? "" : blind;
  return SessionEnvironment{.leaks = *leaks, .blind = !said.empty() && said != "0"};
}

void SessionEnvironment::Report(const std::string& what,
                                const framefence::cases::Case& played) const {
  std::fprintf(stderr,
               "%s\n\n%s\nreplay: framefence replay CASE%s\nwith CASE: a file of the text above, "
               "or what the fuzzer wrote\n",
               what.c_str(), framefence::cases::WriteText(played).c_str(),
               leaks.replay_flags.c_str());
  std::abort();
}

}  // namespace fuzz
