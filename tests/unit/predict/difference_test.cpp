// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <map>

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

TEST(ConfigDiff, AnotherNameIsNoChange) {
  const auto before = site("none", "old"), after = site("none", "new");
  const auto earlier = predict(before, {}), later = predict(after, {});
  EXPECT_TRUE(difference(earlier, later).changes.empty());
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
  for (const auto& change : found.changes) {
    if (!change.before || change.before->source != "10.1.0.0/24") continue;
    EXPECT_EQ(effect_of(change), Effect::changes);
  }
}

const std::string kNet = "ltm pool /Common/p {\n    members {\n        /Common/10.2.0.21:444 { }\n    }\n}\nnet vlan /Common/int { }\nnet self /Common/f {\n"
                         "    address 10.2.0.4/24\n    traffic-group /Common/traffic-group-1\n    vlan /Common/int\n}\n";

std::string virtual_of(const std::string& name, const std::string& endpoint, const std::string& more) {
  return "ltm virtual /Common/" + name + " {\n    destination /Common/" + endpoint + "\n    mask 255.255.255.255\n" + more + "}\n";
}
const std::string kServing = "    ip-protocol tcp\n    pool /Common/p\n    source-address-translation {\n        type automap\n    }\n";

/// How often each effect occurs, by what one source loses or gets.
std::map<Effect, std::size_t> effects(const std::string& before_text, const std::string& after_text, const std::string& source) {
  auto before = read_config_text("bigip.conf", kNet + before_text), after = read_config_text("bigip.conf", kNet + after_text);
  EXPECT_TRUE(before && after);
  const Known known{{{source, *parse_prefix(source)}}, {}};
  const auto earlier = predict(*before, known), later = predict(*after, known);
  std::map<Effect, std::size_t> counts;
  for (const auto& change : difference(earlier, later).changes)
    if ((change.after ? change.after : change.before)->is_member == false) ++counts[effect_of(change)];
  return counts;
}
using Counts = std::map<Effect, std::size_t>;

TEST(ConfigDiff, ANarrowerSourceLosesTheRestAndAWiderOneNothing) {
  const auto wide = virtual_of("v", "10.1.0.11:444", "    source 10.0.0.0/8\n" + kServing), narrow = virtual_of("v", "10.1.0.11:444", "    source 10.3.0.0/16\n" + kServing);
  EXPECT_EQ(effects(wide, narrow, "10.0.0.0/8").at(Effect::is_lost), 2u) << "the members' network, and what is not in it";
  EXPECT_EQ(effects(narrow, wide, "10.0.0.0/8").count(Effect::is_lost), 0u);
}

TEST(ConfigDiff, AMoreSpecificServerThatRejectsLosesWhatItTakes) {
  const auto v = virtual_of("v", "10.1.0.11:444", kServing), no = virtual_of("no", "10.1.0.11:444", "    ip-protocol tcp\n    source 10.1.0.0/24\n    reject\n");
  EXPECT_EQ(effects(v, v + no, "10.1.0.0/24"), (Counts{{Effect::is_lost, 1}}));
  EXPECT_EQ(effects(v, v + no, "10.1.0.0/16").at(Effect::is_lost), 1u) << "a part of it";
  EXPECT_TRUE(effects(v, v + no, "10.9.0.0/16").empty());
}

TEST(ConfigDiff, AnotherProtocolOrAddressUnderOneNameIsLost) {
  const auto v = virtual_of("v", "10.1.0.11:444", kServing), moved = virtual_of("v", "10.1.0.12:444", kServing);
  auto udp = v;
  udp.replace(udp.find("protocol tcp"), 12, "protocol udp");
  EXPECT_EQ(effects(v, udp, "10.1.0.0/24").at(Effect::is_lost), 1u);
  EXPECT_EQ(effects(v, moved, "10.1.0.0/24").at(Effect::is_lost), 1u);
}

TEST(ConfigDiff, WhatIsOffIsLost) {
  const auto v = virtual_of("v", "10.1.0.11:444", kServing);
  const auto off = "ltm node /Common/10.2.0.21 {\n    address 10.2.0.21\n    session user-disabled\n}\n";
  EXPECT_EQ(effects(v, v + off, "10.1.0.0/24"), (Counts{{Effect::is_lost, 1}}));
  EXPECT_EQ(effects(v, v + "ltm virtual-address /Common/10.1.0.11 {\n    address 10.1.0.11\n    enabled no\n}\n", "10.1.0.0/24"), (Counts{{Effect::is_lost, 1}}));
}

TEST(ConfigDiff, AnIRuleOfAnotherTextCannotBeTold) {
  const auto rule = [](const std::string& what) { return "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n    " + what + "\n}\n}\n"; };
  const auto v = virtual_of("v", "10.1.0.11:444", kServing + "    rules {\n        /Common/r\n    }\n");
  EXPECT_EQ(effects(v + rule("snatpool sp1"), v + rule("snat none"), "10.1.0.0/24"), (Counts{{Effect::becomes_uncertain, 1}}));
  EXPECT_EQ(effects(v + rule("snat [IP::client_addr]"), v + rule("snat [HTTP::header X]"), "10.1.0.0/24"), (Counts{{Effect::becomes_uncertain, 1}}));
  EXPECT_TRUE(effects(v + rule("snat none"), v + rule("snat none"), "10.1.0.0/24").empty());
}

TEST(ConfigDiff, ANewServerOnTheSameEndpointIsNewAndTakesNothingAway) {
  const auto v = virtual_of("v", "10.1.0.11:444", kServing);
  const auto beside = virtual_of("u", "10.1.0.11:444", "    ip-protocol udp\n    pool /Common/p\n");
  EXPECT_EQ(effects(v, v + beside, "10.2.0.0/24"), (Counts{{Effect::is_new_and_asymmetric, 1}}));
}

}  // namespace
}  // namespace hairpin::f5
