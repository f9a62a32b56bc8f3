// SPDX-License-Identifier: Apache-2.0
#include "evidence/tls_question.hpp"

#include <gtest/gtest.h>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/list.hpp>
#include <set>
#include <string>

namespace hairpin {
namespace {

TEST(TlsQuestions, HaveNamesOfTheirOwnEachOfThem) {
  const auto last = static_cast<int>(TlsQuestion::kept_open);
  std::set<std::string> names;
  for (int i = 0; i <= last; ++i) names.insert(boost::describe::enum_to_string(static_cast<TlsQuestion>(i), ""));
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1) << "in a bundle each is told by its name";
  EXPECT_EQ(boost::mp11::mp_size<boost::describe::describe_enumerators<TlsQuestion>>::value, names.size());
}

}  // namespace
}  // namespace hairpin
