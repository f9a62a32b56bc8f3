// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::Scene;

Finding of(const std::vector<std::string>& addresses, const std::string& error = {}) {
  Scene scene;
  scene.topology.pools[0].fqdn = "pool01.example.com";
  scene.answered("client1", "oc01");
  NameFacts name{"pool01.example.com", {}, error};
  for (const auto& address : addresses) name.addresses.push_back(*parse_address(address));
  for (auto& facts : scene.observations.hosts)
    if (facts.host == "client1") facts.names = {name};
  return *scene.finding(scene.judge(), "name/pool01/client1");
}

TEST(Name, TheVipPasses) { EXPECT_EQ(of({"10.137.2.11"}).verdict, Verdict::pass); }

TEST(Name, OneOtherAddressFails) {
  EXPECT_EQ(of({"10.137.2.77"}).cause, "name.not-the-vip");
  EXPECT_EQ(of({"10.137.2.11", "10.137.2.21"}).cause, "name.not-the-vip") << "a client takes either";
}

TEST(Name, ThatDoesNotResolveIsInformation) {
  const auto finding = of({}, "Name or service not known");
  EXPECT_EQ(finding.verdict, Verdict::info);
  EXPECT_EQ(finding.observed, "Name or service not known");
}

TEST(Name, OfAPoolWithoutOneIsNotAskedFor) {
  Scene scene;
  scene.topology.pools[0].fqdn.clear();
  EXPECT_EQ(scene.finding(scene.judge(), "name/pool01/client1"), nullptr);
}

TEST(Name, ThatNobodyAskedForIsSkipped) {
  Scene scene;
  scene.topology.pools[0].fqdn = "pool01.example.com";
  EXPECT_EQ(scene.finding(scene.judge(), "name/pool01/client1")->verdict, Verdict::skip);
}

}  // namespace
}  // namespace hairpin
