// For tests: bytes, written as numbers.
#ifndef FRAMEFENCE_TARGETS_RELAY_OCTETS_FOR_TESTS_H_
#define FRAMEFENCE_TARGETS_RELAY_OCTETS_FOR_TESTS_H_

#include <cstddef>
#include <initializer_list>
#include <vector>

namespace relay::testing {

using Bytes = std::vector<std::byte>;

inline Bytes Octets(std::initializer_list<unsigned> octets) {
  Bytes bytes;
  for (const unsigned octet : octets) bytes.push_back(static_cast<std::byte>(octet));
  return bytes;
}

}  // namespace relay::testing

#endif  // FRAMEFENCE_TARGETS_RELAY_OCTETS_FOR_TESTS_H_
