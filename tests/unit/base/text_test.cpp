// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace hairpin {
namespace {

TEST(Text, KeepsWhatIsValid) {
  for (const auto* text : {"", "plain", "größe", "🦀", "\xC2\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(valid_utf8(text), text);
    EXPECT_EQ(valid_utf8_bytes(text), std::string_view(text).size()) << text;
  }
}

TEST(Text, ReplacesEveryByteThatIsNotUtf8) {
  EXPECT_EQ(valid_utf8("a\xFF\xFE"
                       "b"),
            "a\uFFFD\uFFFDb");
  EXPECT_EQ(valid_utf8("\xC0\xAF"), "\uFFFD\uFFFD");
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(valid_utf8("x\xE2\x82"), "x\uFFFD\uFFFD");
}

TEST(Text, FindsTheFirstByteThatIsNotUtf8) {
  EXPECT_EQ(valid_utf8_bytes("a\xFF"), 1u);
  EXPECT_EQ(valid_utf8_bytes("\xC3\xA4\xE2\x82"), 2u);
}

TEST(Text, CannotDriveATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\n\tc\x7f"), "a\\x1b[31mb\\x0a\\x09c\\x7f");
  EXPECT_EQ(printable("a\u202eb\u2028\u0085"), "a\\u202eb\\u2028\\x85");
  EXPECT_EQ(printable("größe 🦀"), "größe 🦀");
}

TEST(Text, HasOneColumnForEachCodePoint) {
  EXPECT_EQ(columns(""), 0u);
  EXPECT_EQ(columns("größe"), 5u);
  EXPECT_EQ(columns("🦀"), 1u);
}

}  // namespace
}  // namespace hairpin
