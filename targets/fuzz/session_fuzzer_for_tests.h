// fuzz_session as its tests drive it: by its entry points and the environment.
#ifndef FRAMEFENCE_TARGETS_FUZZ_SESSION_FUZZER_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_FUZZ_SESSION_FUZZER_FOR_TESTS_H_

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "harness/base/check.h"
#include "harness/cases/case.h"
#include "harness/cases/text.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

// Empty: unset.
inline void StartFuzzer(const std::string& leak, const std::string& blind = "") {
  ::setenv("FRAMEFENCE_LEAK", leak.c_str(), 1);
  ::setenv("FRAMEFENCE_BLIND", blind.c_str(), 1);
  LLVMFuzzerInitialize(nullptr, nullptr);
}

// `steps`: text form, without the first line. 0: played; -1: refused.
inline int FuzzOne(const std::string& steps) {
  const auto read = framefence::cases::ReadText("framefence case 1\n" + steps);
  FRAMEFENCE_CHECK(read.ok());
  const std::vector<std::byte> bytes = framefence::cases::EncodeCase(*read);
  return LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_SESSION_FUZZER_FOR_TESTS_H_
