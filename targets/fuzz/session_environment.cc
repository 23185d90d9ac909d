#include "targets/fuzz/session_environment.h"

#include <cstdlib>
#include <string_view>

namespace fuzz {

framefence::Result<SessionEnvironment> ReadSessionEnvironment() {
  const auto leaks = leaks::ReadLeakEnvironment();
  if (!leaks) return leaks.error();
  const char* blind = std::getenv("FRAMEFENCE_BLIND");
  const std::string_view said = blind == nullptr ? "" : blind;
  return SessionEnvironment{.leaks = *leaks, .blind = !said.empty() && said != "0"};
}

}  // namespace fuzz
