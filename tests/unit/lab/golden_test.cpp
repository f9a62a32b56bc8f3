// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/unit/lab/sites.hpp"

namespace hairpin::lab {
namespace {

/// tests/golden/lab/NAME holds a whole site as it will be built. HAIRPIN_UPDATE_GOLDEN=1 writes it anew: read
/// the diff.
void expect_golden(const Site& site, const std::string& name) {
  const auto path = std::string(HAIRPIN_SOURCE_DIR) + "/tests/golden/lab/" + name;
  if (std::getenv("HAIRPIN_UPDATE_GOLDEN")) std::ofstream(path) << describe(site);
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(describe(site), text.str()) << path;
}

TEST(LabGolden, EveryModeSnatAndFamilyIsBuiltAsReviewed) {
  for (const auto* mode : modes())
    for (const auto snat : {SnatType::none, SnatType::automap, SnatType::pool})
      for (const auto family : {Family::ipv4, Family::ipv6}) {
        if (!mode->translates && snat != SnatType::none) continue;
        const auto site = designed(wanted(std::string(mode->name), snat, family));
        expect_golden(site, fmt::format("{}-{}-{}.txt", mode->name, to_string(snat),
                                        family == Family::ipv4 ? "ipv4" : "ipv6"));
      }
}

TEST(LabGolden, MembersAndManagementNetwork) {
  auto options = wanted("fastl4", SnatType::none);
  options.members = 3;
  options.control = Control::tcp;
  expect_golden(designed(options), "three-members-tcp.txt");
}

TEST(LabGolden, NamesFitTheKernel) {
  auto options = wanted("fastl4", SnatType::none, Family::ipv4, {"rp-filter=oc08", "wrong-gateway=oc08"});
  options.members = 8;
  options.control = Control::tcp;
  for (const auto& host : designed(options).hosts)
    for (const auto& interface : host.interfaces) {
      EXPECT_LE(interface.name.size(), 15U) << interface.name;
      EXPECT_LE(interface.port.size(), 15U) << interface.port;
    }
}

}  // namespace
}  // namespace hairpin::lab
