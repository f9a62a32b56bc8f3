// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/guard.hpp"

#include <gtest/gtest.h>

namespace hairpin::yaml {
namespace {

std::string what(std::string_view text) {
  const auto problem = refused_bytes(text);
  return problem ? describe(*problem, "f") : "";
}

TEST(Guard, LetsOrdinaryTextPass) {
  for (const auto* text :
       {"", "a: 1\n", "a: 1\r\nb: 2\r\n", "größe: 1 # 🦀\n", "a: b\tc\n", "\t\n", "\t# comment\n"})
    EXPECT_EQ(what(text), "") << text;
}

TEST(Guard, RefusesEveryKindOfInvalidUtf8) {
  for (const auto* text : {"\x80", "\xC0\xAF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
                           "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x28\xA1"})
    EXPECT_NE(what(text).find("is not UTF-8"), std::string::npos) << testing::PrintToString(text);
}

TEST(Guard, AcceptsTheEdgesOfUtf8) {
  for (const auto* text : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(what(text), "") << testing::PrintToString(text);
}

TEST(Guard, NamesTheLineAndColumnOfAByte) {
  EXPECT_EQ(what("a: 1\nb: \x1b\n"), "f:2:4: control character 0x1b; remove it");
  EXPECT_EQ(what("a: \x7f\n"), "f:1:4: control character 0x7f; remove it");
  EXPECT_EQ(what(std::string_view("a\0", 2)), "f:1:2: NUL byte; this is not a text file, or it is damaged");
}

TEST(Guard, TakesLinesOfExactlyTheLimit) {
  EXPECT_EQ(what(std::string(kLongestLineBytes, 'x') + "\n"), "");
  EXPECT_EQ(what(std::string(kLongestLineBytes + 1, 'x')),
            "f:1:8193: the line is longer than 8192 bytes; break the line");
}

TEST(Guard, CountsBracketsAndCommasOutsideOfComments) {
  std::string text;
  for (std::size_t i = 0; i < kMostIndicators; ++i) text += i % 2 ? "  # [{,\n,\n" : "[\n";
  EXPECT_EQ(what(text), "");
  EXPECT_EQ(what(text + "a: {}"),
            "f:150001:4: more than 100000 brackets and commas; is this the topology file?");
}

TEST(Guard, SkipsTheByteOrderMarkOnce) {
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB\xBF"
                                    "a"),
            "a");
  EXPECT_EQ(without_byte_order_mark("a"), "a");
}

TEST(Guard, CountsColumnsInCharacters) {
  TopologyProblem problem{1, 6, "", ""};
  count_characters(problem, "äö: x");  // x stands after two letters of two bytes each
  EXPECT_EQ(problem.column, 4u);
}

}  // namespace
}  // namespace hairpin::yaml
