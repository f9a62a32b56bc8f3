// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "topology/f5/input.hpp"

namespace hairpin::f5 {
namespace {

using testing::HasSubstr;

Config site(const std::string& snat, const std::string& name = "v") {
  auto config = read_config_text("bigip.conf", "ltm pool /Common/p {\n    members {\n        /Common/oc01:444 {\n            address 10.137.2.21\n        }\n    }\n}\n"
                                               "ltm virtual /Common/" + name + " {\n    destination /Common/10.137.2.11:444\n    ip-protocol tcp\n    mask 255.255.255.255\n"
                                               "    pool /Common/p\n    source-address-translation {\n        type " + snat + "\n    }\n}\n"
                                               "net vlan /Common/servers { }\nnet self /Common/f {\n    address 10.137.2.4/24\n    traffic-group /Common/traffic-group-1\n"
                                               "    vlan /Common/servers\n}\n");
  EXPECT_TRUE(config);
  return config ? std::move(*config) : Config();
}

TEST(ConfigDiff, NamesThePathThatBecomesAsymmetricAndWhy) {
  const auto before = site("automap"), after = site("none");
  const auto earlier = predict(before, {}), later = predict(after, {});
  const auto found = difference(earlier, later);
  ASSERT_EQ(found.changes.size(), 1u);
  EXPECT_EQ(effect_of(found.changes[0]), Effect::becomes_asymmetric);
  const auto text = difference_text(before, after, found, false);
  EXPECT_THAT(text, HasSubstr("1 become asymmetric"));
  EXPECT_THAT(text, HasSubstr("before  symmetric, SNAT automap, seen as 10.137.2.4"));
  EXPECT_THAT(text, HasSubstr("after   asymmetric-certain, SNAT none, seen as the source itself"));
  EXPECT_THAT(text, HasSubstr("is the member itself"));
  EXPECT_THAT(boost::json::serialize(difference_json(before, after, found)), HasSubstr("becomes_asymmetric"));
}

TEST(ConfigDiff, TheWayBackIsBetter) {
  const auto before = site("none"), after = site("automap");
  const auto earlier = predict(before, {}), later = predict(after, {});
  EXPECT_EQ(effect_of(difference(earlier, later).changes.at(0)), Effect::gets_better);
}

TEST(ConfigDiff, SaysNothingOfWhatStaysTheSame) {
  const auto before = site("automap"), after = site("automap");
  const auto earlier = predict(before, {}), later = predict(after, {});
  EXPECT_TRUE(difference(earlier, later).changes.empty());
  EXPECT_EQ(difference(earlier, later).unchanged, 1u);
}

TEST(ConfigDiff, APathThatIsGoneAndANewOneAreTwoChanges) {
  const auto before = site("none", "old"), after = site("none", "new");
  const auto earlier = predict(before, {}), later = predict(after, {});
  const auto found = difference(earlier, later);
  ASSERT_EQ(found.changes.size(), 2u);
  EXPECT_EQ(effect_of(found.changes[0]), Effect::becomes_asymmetric);
  EXPECT_EQ(found.changes[0].before, nullptr);
  EXPECT_EQ(effect_of(found.changes[1]), Effect::changes);
  EXPECT_EQ(found.changes[1].after, nullptr);
}

TEST(ConfigDiff, AServerThatIsSwitchedOffIsLostAndSaysWhy) {
  const auto before = site("automap");
  const auto text = [](const std::string& more) {
    return "ltm pool /Common/p {\n    members {\n        /Common/oc01:444 {\n            address 10.137.2.21\n        }\n    }\n}\n" + more;
  };
  for (const auto& [more, why] : {std::pair<std::string, std::string>{"ltm virtual /Common/v {\n    destination /Common/10.137.2.11:444\n    disabled\n    pool /Common/p\n}\n", "it is disabled"},
                                  {"", "no virtual server has that address and port"}}) {
    auto after = read_config_text("bigip.conf", text(more));
    ASSERT_TRUE(after);
    const auto earlier = predict(before, {}), later = predict(*after, {});
    const auto found = difference(earlier, later);
    ASSERT_EQ(found.changes.size(), 1u);
    EXPECT_EQ(effect_of(found.changes[0]), Effect::is_lost);
    EXPECT_THAT(difference_text(before, *after, found, false), HasSubstr("1 are lost"));
    EXPECT_THAT(difference_text(before, *after, found, false), HasSubstr("after   no such path: " + why));
  }
}

TEST(ConfigDiff, AMemberThatOthersReplaceIsNotLost) {
  const auto with = [](const std::string& members) {
    auto config = read_config_text("bigip.conf", "ltm pool /Common/p {\n    members {\n" + members + "    }\n}\nltm virtual /Common/v {\n    destination /Common/10.137.2.11:444\n    pool /Common/p\n}\n");
    EXPECT_TRUE(config);
    return config ? std::move(*config) : Config();
  };
  const std::string one = "        /Common/10.137.2.21:444 { }\n", other = "        /Common/10.137.2.22:444 { }\n";
  const auto before = with(one + other), after = with(one);
  const Known known{{{"10.1.0.0/24", *parse_prefix("10.1.0.0/24")}}, {}};
  const auto earlier = predict(before, known), later = predict(after, known);
  const auto found = difference(earlier, later);
  for (const auto& change : found.changes)
    if (change.before && change.before->source == "10.1.0.0/24") EXPECT_EQ(effect_of(change), Effect::changes);
}

}  // namespace
}  // namespace hairpin::f5
