// The case format in words, from the same tables that read and write it.
#ifndef FRAMEFENCE_HARNESS_CASES_DESCRIBE_H_
#define FRAMEFENCE_HARNESS_CASES_DESCRIBE_H_

#include <string>

namespace framefence::cases {

// Every option (name, default, range, unit, meaning) and every step with its fields, as text for a
// terminal.
std::string DescribeFormat();

// A dictionary in the form that AFL++ and libFuzzer share (name="\xHH..."): for each op its plain
// step and one step for each value of each of its enumerated and boolean fields; for each option
// its bounds.
std::string FuzzDictionary();

}  // namespace framefence::cases

#endif  // FRAMEFENCE_HARNESS_CASES_DESCRIBE_H_
