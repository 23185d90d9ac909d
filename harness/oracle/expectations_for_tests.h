// A world whose verdicts are looked at.
#ifndef FRAMEFENCE_HARNESS_ORACLE_EXPECTATIONS_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_ORACLE_EXPECTATIONS_FOR_TESTS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/fixture_for_tests.h"
#include "harness/oracle/oracle.h"

namespace framefence::oracle::testing {

MATCHER_P2(Is, violation_class, property, "") {
  *result_listener << Describe(arg);
  return arg.violation_class == violation_class && arg.property == property;
}

struct JudgedWorld : ::testing::Test, World {
  std::uint64_t violations() const { return oracle.statistics().violations; }
  void ExpectNoViolation() const {
    EXPECT_EQ(violations(), 0U);
    for (const Violation& violation : oracle.violations()) ADD_FAILURE() << Describe(violation);
  }
  void ExpectExactly(ViolationClass violation_class, Property property) const {
    EXPECT_THAT(oracle.violations(), ::testing::ElementsAre(Is(violation_class, property)));
  }
  void ExpectAfterRevoke(Property property) const {
    ExpectExactly(ViolationClass::kAfterRevoke, property);
  }
};

}  // namespace framefence::oracle::testing

#endif  // FRAMEFENCE_HARNESS_ORACLE_EXPECTATIONS_FOR_TESTS_H_
