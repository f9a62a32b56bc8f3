// SPDX-License-Identifier: Apache-2.0
#include "topology/tls_policy.hpp"

#include <gmock/gmock.h>

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(TlsPolicy, OfTheUserIsReadWhole) {
  const auto policy = read_tls_policy(R"({ "name": "ours", "required": ["tls12"], "forbidden": ["tls10", "tls11"],
    "digests": ["SHA256"], "rsa_bits": 2048, "curves": ["P-256"], "lifetime_days": 398, "forbidden_ciphers": ["rc4", "static_rsa"],
    "groups": ["X25519"] })", "ours.json");
  ASSERT_TRUE(policy) << describe(policy.error());
  EXPECT_EQ(policy->name, "ours");
  EXPECT_THAT(policy->forbidden, ElementsAre(TlsVersion::tls10, TlsVersion::tls11));
  EXPECT_EQ(policy->lifetime_days, 398U);
  EXPECT_THAT(policy->forbidden_ciphers, ElementsAre(CipherClass::rc4, CipherClass::static_rsa));
  EXPECT_THAT(policy->groups, ElementsAre("X25519"));
}

TEST(TlsPolicy, ThatIsWrongSaysWhere) {
  EXPECT_THAT(describe(read_tls_policy("{", "ours.json").error()), HasSubstr("ours.json"));
  EXPECT_THAT(describe(read_tls_policy(R"({"name":"x","rsa_bits":1,"lifetime_days":0,"forbiden":[]})", "f").error()), HasSubstr("forbiden"));
  EXPECT_THAT(describe(read_tls_policy(R"({"name":"x","rsa_bits":1,"lifetime_days":0,"required":["tls9"]})", "f").error()),
              HasSubstr("one of tls10"));
}

TEST(TlsPolicy, OfTheHouseForbidsNothingThatItRequires) {
  for (const auto& policy : tls_policies())
    for (const auto version : policy.required)
      EXPECT_THAT(policy.forbidden, testing::Not(testing::Contains(version))) << policy.name;
}

}  // namespace
}  // namespace hairpin
