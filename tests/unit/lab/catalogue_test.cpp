// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "tests/unit/lab/sites.hpp"

namespace hairpin::lab {
namespace {

using testing::HasSubstr;

TEST(LabCatalogue, EveryRowIsComplete) {
  std::set<std::string_view> names;
  for (const auto* mode : modes()) {
    EXPECT_TRUE(names.insert(mode->name).second) << mode->name;
    EXPECT_FALSE(mode->summary.empty());
    EXPECT_EQ(find_mode(mode->name), mode);
    EXPECT_TRUE(mode->lay_out && mode->configure);
  }
  for (const auto* fault : faults()) {
    EXPECT_TRUE(names.insert(fault->name).second) << fault->name;
    EXPECT_FALSE(fault->summary.empty());
    EXPECT_EQ(find_fault(fault->name), fault);
    EXPECT_TRUE(fault->objection && fault->apply);
    EXPECT_TRUE(fault->value != FaultValue::none || fault->default_value.empty()) << fault->name;
    EXPECT_TRUE(fault->value != FaultValue::word || !fault->words.empty()) << fault->name;
    EXPECT_EQ(fault->value == FaultValue::number, fault->most > fault->least) << fault->name;
  }
  EXPECT_EQ(find_fault("no-such"), nullptr);
  EXPECT_EQ(find_mode(""), nullptr);
}

TEST(LabCatalogue, UnknownModesAndFaultsAreRefusedWithWhatThereIs) {
  EXPECT_THAT(refusal_of(wanted("dsr", SnatType::none)), HasSubstr("fastl4, standard, terminate, reencrypt, npath"));
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, Family::ipv4, {"gremlins"})),
              HasSubstr("wrong-gateway"));
}

TEST(LabCatalogue, NPathTakesNoSnat) {
  EXPECT_THAT(refusal_of(wanted("npath", SnatType::automap)), HasSubstr("only --snat none makes sense"));
  EXPECT_THAT(refusal_of(wanted("npath", SnatType::pool)), HasSubstr("only --snat none makes sense"));
  EXPECT_EQ(refusal_of(wanted("npath", SnatType::none)), "");
}

TEST(LabCatalogue, NPathPromisesNoSnat) {
  auto options = wanted("npath", SnatType::none);
  options.expected_snat = SnatType::automap;
  EXPECT_THAT(refusal_of(options), HasSubstr("promises no SNAT"));
  options.expected_snat = SnatType::none;
  EXPECT_EQ(refusal_of(options), "");
}

TEST(LabCatalogue, FaultsThatDoNotApplySayWhy) {
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, Family::ipv6, {"rp-filter"})),
              HasSubstr("IPv6 has no reverse path filter"));
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, Family::ipv4, {"snat-wrong-address"})),
              HasSubstr("it needs --snat automap"));
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, Family::ipv4, {"source-port=changed"})),
              HasSubstr("without SNAT the source stays"));
  EXPECT_THAT(refusal_of(wanted("standard", SnatType::pool, Family::ipv4, {"source-port=changed"})),
              HasSubstr("chooses its own ports anyway"));
  EXPECT_THAT(refusal_of(wanted("npath", SnatType::none, Family::ipv4, {"source-port=changed"})),
              HasSubstr("forwards packets as they are"));
  for (const auto snat : {SnatType::none, SnatType::pool})
    EXPECT_THAT(refusal_of(wanted("fastl4", snat, Family::ipv4, {"snat-ports=16"})), HasSubstr("--snat automap"));
  for (const auto* mode : {"fastl4", "npath"})
    EXPECT_THAT(refusal_of(wanted(mode, SnatType::none, Family::ipv4, {"balancer-limit=100"})), HasSubstr("--mode standard"));
  auto one = wanted("fastl4", SnatType::none, Family::ipv4, {"hides-member=oc01"});
  one.members = 1;
  EXPECT_THAT(refusal_of(one), HasSubstr("the only member"));
}

TEST(LabCatalogue, ValuesAreChecked) {
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, Family::ipv4, {"vip-silent=oc01"})),
              HasSubstr("takes no value"));
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, Family::ipv4, {"member-silent=oc03"})),
              HasSubstr("members are oc01 to oc02"));
  EXPECT_THAT(refusal_of(wanted("standard", SnatType::none, Family::ipv4, {"source-port"})),
              HasSubstr("source-port=changed"));
  auto one = wanted("fastl4", SnatType::none, Family::ipv4, {"member-silent"});  // oc02 by default
  one.members = 1;
  EXPECT_THAT(refusal_of(one), HasSubstr("there is no member \"oc02\""));
}

TEST(LabCatalogue, AWordForTheWholeSiteIsTakenOnce) {
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::automap, Family::ipv4, {"certificates=good", "certificates=expired"})), HasSubstr("given twice"));
}

TEST(LabCatalogue, ContradictionsAreRefused) {
  EXPECT_THAT(refusal_of(wanted("fastl4", SnatType::none, Family::ipv4, {"vip-silent", "vip-refused"})),
              HasSubstr("already decides the same thing"));
  EXPECT_THAT(
      refusal_of(wanted("fastl4", SnatType::none, Family::ipv4, {"member-silent", "member-refused=oc02"})),
      HasSubstr("already decides the same thing"));
  EXPECT_EQ(refusal_of(wanted("fastl4", SnatType::none, Family::ipv4,
                              {"member-silent=oc01", "member-refused=oc02"})),
            "");
  EXPECT_THAT(
      refusal_of(wanted("fastl4", SnatType::none, Family::ipv4, {"hides-member=oc01", "hides-member=oc02"})),
      HasSubstr("leave one that can be selected"));
}

TEST(LabCatalogue, NumbersAndNamesAreBounded) {
  auto options = wanted("fastl4", SnatType::none);
  options.members = 0;
  EXPECT_THAT(refusal_of(options), HasSubstr("1 to 8"));
  options.members = 9;
  EXPECT_THAT(refusal_of(options), HasSubstr("1 to 8"));
  options.members = 8;
  EXPECT_EQ(refusal_of(options), "");
  for (const auto* name : {"", "../etc", "A", "-x", "a/b", "twenty-five-characters-ab"}) {
    options.name = name;
    EXPECT_THAT(refusal_of(options), HasSubstr("name a lab")) << name;
  }
}

TEST(LabCatalogue, RefusalsAreUsageErrors) {
  const auto site = design_site(wanted("dsr", SnatType::none));
  ASSERT_FALSE(site.has_value());
  EXPECT_EQ(site.error().code, boost::system::errc::invalid_argument);
}

TEST(LabCatalogue, FaultTextComesBack) {
  EXPECT_EQ(to_string(parse_fault("wrong-gateway=oc01")), "wrong-gateway=oc01");
  EXPECT_EQ(to_string(parse_fault("vip-silent")), "vip-silent");
  EXPECT_EQ(parse_fault("a=b=c").value, "b=c");
}

TEST(LabCatalogue, TheSiteNamesTheMemberOfADefaultedFault) {
  const auto site = designed(wanted("fastl4", SnatType::none, Family::ipv4, {"member-silent"}));
  EXPECT_EQ(to_string(site.options.faults.front()), "member-silent=oc02");
}

}  // namespace
}  // namespace hairpin::lab
