// SPDX-License-Identifier: Apache-2.0
#include "topology/tls_policy.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>

#include "base/json.hpp"

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
  EXPECT_THAT(describe(read_tls_policy(R"({"name":"x","rsa_bits":1,"lifetime_days":0,"required":["tls12","tls13"],"forbidden":["tls13"]})", "ours.json").error()),
              testing::AllOf(HasSubstr("ours.json"), HasSubstr("both require and forbid tls13")));
}

TEST(TlsPolicy, OfTheHouseForbidsNothingThatItRequires) {
  for (const auto& policy : tls_policies())
    for (const auto version : policy.required)
      EXPECT_THAT(policy.forbidden, testing::Not(testing::Contains(version))) << policy.name;
}

/// Mozilla's Server Side TLS guidelines 5.7 as they are published, against what the house calls by the same names.
class MozillasGuidelines : public testing::Test {
 protected:
  void SetUp() override {
    const std::string path = HAIRPIN_SOURCE_DIR "/../shared/corpus/tls/mozilla-tls-guidelines/5.7.json";
    std::ifstream file(path, std::ios::binary);
    if (!file) GTEST_SKIP() << "no corpus here";
    document_ = parse_json(std::string{std::istreambuf_iterator<char>(file), {}}, path).value();
  }
  const boost::json::object& of(std::string_view name) const { return document_.at("configurations").at(name).as_object(); }
  static std::vector<std::string> words(const boost::json::value& list) { return from_json<std::vector<std::string>>(list).value(); }

  boost::json::value document_;
};

const std::map<std::string, TlsVersion> kVersions{
    {"TLSv1", TlsVersion::tls10}, {"TLSv1.1", TlsVersion::tls11}, {"TLSv1.2", TlsVersion::tls12}, {"TLSv1.3", TlsVersion::tls13}};
const std::map<std::string, std::string> kCurves{{"X25519", "X25519"}, {"prime256v1", "P-256"}, {"secp384r1", "P-384"}};
const std::map<std::string, std::string> kKinds{{"ecdsa", "EC"}, {"rsa", "RSA"}};

template <class To>
std::vector<To> translated(const std::vector<std::string>& words, const std::map<std::string, To>& names) {
  std::vector<To> all;
  for (const auto& word : words) all.push_back(names.at(word));
  return all;
}

TEST_F(MozillasGuidelines, AreWhatModernAndIntermediateSay) {
  for (const auto* name : {"modern", "intermediate"}) {
    const auto& guideline = of(name);
    const auto& policy = *find_tls_policy(name);
    const auto versions = translated(words(guideline.at("tls_versions")), kVersions);
    for (const auto& [word, version] : kVersions) {
      const bool is_listed = std::find(versions.begin(), versions.end(), version) != versions.end();
      EXPECT_EQ(testing::Matches(testing::Contains(version))(policy.forbidden), !is_listed) << name << " " << word;
    }
    EXPECT_THAT(versions, testing::Contains(policy.required.front())) << name;
    EXPECT_THAT(policy.keys, testing::UnorderedElementsAreArray(translated(words(guideline.at("certificate_types")), kKinds))) << name;
    EXPECT_EQ(policy.curves, translated(words(guideline.at("certificate_curves")), kCurves)) << name;
    EXPECT_EQ(policy.groups, translated(words(guideline.at("tls_curves")), kCurves)) << name;
    EXPECT_EQ(policy.lifetime_days, guideline.at("maximum_certificate_lifespan").to_number<unsigned>()) << name;
    if (!guideline.at("rsa_key_size").is_null()) {
      EXPECT_EQ(policy.rsa_bits, guideline.at("rsa_key_size").to_number<unsigned>()) << name;
    }
    for (const auto& digest : policy.digests)
      EXPECT_THAT(words(guideline.at("certificate_signatures")), testing::Contains(testing::EndsWith(digest))) << name;
  }
}

TEST_F(MozillasGuidelines, ListNoCipherOfAClassThatIntermediateForbids) {
  const auto listed = words(of("intermediate").at("ciphers").at("openssl"));
  const auto& policy = *find_tls_policy("intermediate");
  ASSERT_FALSE(listed.empty());
  for (const auto kind : policy.forbidden_ciphers)
    for (const auto& suite : ciphers_of(kind)) EXPECT_THAT(listed, testing::Not(testing::Contains(suite.name)));
}

}  // namespace
}  // namespace hairpin
