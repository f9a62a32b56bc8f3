// SPDX-License-Identifier: Apache-2.0
#include "base/spelling.hpp"

#include <gtest/gtest.h>

namespace hairpin {
namespace {

constexpr std::string_view kKeys[] = {"addresses", "agent", "load_balancer", "self_ips",
                                      "vip",       "oc01",  "oc02"};

TEST(Spelling, FindsWhatWasProbablyMeant) {
  EXPECT_EQ(nearest_spelling("adresses", kKeys), "addresses");    // dropped
  EXPECT_EQ(nearest_spelling("addressses", kKeys), "addresses");  // added
  EXPECT_EQ(nearest_spelling("addrezses", kKeys), "addresses");   // replaced
  EXPECT_EQ(nearest_spelling("vpi", kKeys), "vip");               // swapped: one edit
  EXPECT_EQ(nearest_spelling("load-balancer", kKeys), "load_balancer");
  EXPECT_EQ(nearest_spelling("LoadBalancer", kKeys), "load_balancer");
  EXPECT_EQ(nearest_spelling("OC02", kKeys), "oc02");
}

TEST(Spelling, TakesTheFirstOfEquals) { EXPECT_EQ(nearest_spelling("oc03", kKeys), "oc01"); }

TEST(Spelling, FindsNothingFarAway) {
  for (const auto* word : {"", "x", "pqr", "members", "oc99", "vipvip", "ad"})
    EXPECT_EQ(nearest_spelling(word, kKeys), "") << word;
  EXPECT_EQ(nearest_spelling(std::string(100'000, 'a'), kKeys), "");
  EXPECT_EQ(nearest_spelling("vip", {}), "");
}

TEST(Spelling, DoesNotTakeOneLetterForAnother) {
  constexpr std::string_view kLetters[] = {"a", "b"};
  EXPECT_EQ(nearest_spelling("c", kLetters), "");
}

TEST(Spelling, AsksOnlyWhenThereIsAnAnswer) {
  EXPECT_EQ(did_you_mean("adresses", kKeys), "did you mean \"addresses\"?");
  EXPECT_EQ(did_you_mean("members", kKeys), "");
}

}  // namespace
}  // namespace hairpin
