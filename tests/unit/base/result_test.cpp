// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <stdexcept>

namespace hairpin {
namespace {

TEST(Error, IsOneSentenceWithReasonAndMend) {
  errno = ECONNREFUSED;
  EXPECT_EQ(describe(last_system_error("connect to 10.1.2.3:444", "start the service")),
            "could not connect to 10.1.2.3:444: Connection refused; start the service");
  errno = EACCES;
  EXPECT_EQ(describe(last_system_error("open a")), "could not open a: Permission denied");
}

TEST(Error, OfOurOwnRulesHasNoSystemWords) {
  EXPECT_EQ(describe(refusal("read a: it is empty", "write something")),
            "could not read a: it is empty; write something");
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = 4, bad = refusal("count");
  EXPECT_EQ(*good, 4);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().doing, "count");
}

TEST(Result, AskedForAValueThatIsNotThereIsABug) {
  const Result<int> bad = refusal("count");
  EXPECT_THROW(static_cast<void>(bad.value()), std::logic_error);
}

}  // namespace
}  // namespace hairpin
