// SPDX-License-Identifier: Apache-2.0
// Our verification against what others expect of theirs: OpenSSL's own test cases (skipped where the corpus is not).
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <boost/json.hpp>
#include <filesystem>
#include <set>

#include "base/json.hpp"
#include "net/pki.hpp"
#include "net/tls/verify.hpp"
#include "tests/support/files.hpp"

namespace hairpin::net {
namespace {

using test::text_of;

const std::string kCorpus = HAIRPIN_SOURCE_DIR "/../shared/corpus/tls/openssl-3.0.22/";

std::string certificates_of(const boost::json::value& names) {
  std::string pem;
  for (const auto& name : names.as_array()) pem += text_of(kCorpus + "certs/" + std::string(name.as_string())) + "\n";
  return pem;
}

struct Flag {
  const char* option;
  unsigned long flag;
};
constexpr Flag kFlags[] = {{"-partial_chain", X509_V_FLAG_PARTIAL_CHAIN}, {"-allow_proxy_certs", X509_V_FLAG_ALLOW_PROXY_CERTS},
                           {"-x509_strict", X509_V_FLAG_X509_STRICT},     {"-check_ss_sig", X509_V_FLAG_CHECK_SS_SIGNATURE},
                           {"-no_check_time", X509_V_FLAG_NO_CHECK_TIME}};

/// One case as `openssl verify` is called; absent where it needs what hairpin does not have (lists of revocation, policies,
/// identifiers of SM2).
struct Case {
  std::string trusted, sent;
  VerifyOptions options;
};

bool read_option(Case& it, const std::vector<std::string>& words, std::size_t& i) {
  for (const auto& flag : kFlags)
    if (words[i] == flag.option) {
      it.options.flags |= flag.flag;
      return true;
    }
  if (i + 1 == words.size()) return false;
  const auto& value = words[i + 1];
  if (words[i] == "-verify_depth") it.options.depth = std::stoi(value);
  else if (words[i] == "-attime") it.options.at = WallTime(std::chrono::seconds(std::stoll(value)));
  else if (words[i] == "-CAfile") it.trusted += text_of(kCorpus + "certs/" + value);
  else return false;
  ++i;
  return true;
}

std::optional<Case> case_of(const boost::json::object& row) {
  Case it;
  it.trusted = certificates_of(row.at("trusted"));
  it.sent = text_of(kCorpus + "certs/" + std::string(row.at("leaf").as_string())) + certificates_of(row.at("untrusted"));
  const auto purpose = row.at("purpose").as_string();
  it.options.purpose = purpose == "sslserver" ? Purpose::server : purpose == "sslclient" ? Purpose::client : Purpose::any;
  const auto level = row.at("auth_level").as_string();
  it.options.auth_level = level.empty() ? -1 : std::stoi(std::string(level));
  const auto words = from_json<std::vector<std::string>>(row.at("opts")).value();
  for (std::size_t i = 0; i < words.size(); ++i)
    if (!read_option(it, words, i)) return {};
  return it;
}

Verification verified(const Case& it) {
  // Nothing trusted is somebody unknown trusted: a store of ours is never empty.
  const auto trusted = it.trusted.empty() ? make_authority("unknown", std::chrono::hours(1)).value().certificate_pem : it.trusted;
  const auto anchors = Anchors::read(trusted, "corpus");
  const auto sent = read_trusted(it.sent, "the chain");
  if (!anchors || !sent) return {"", {{-1, describe(anchors ? sent.error() : anchors.error()), 0, ""}}, {}, "", false, {}, {}};
  std::vector<X509*> chain;
  for (const auto& certificate : *sent) chain.push_back(certificate.get());
  return verify(chain, *anchors, it.options);
}

/// What OpenSSL 3.0.22 itself answers is the measure. It is what upstream expects in every case but tv-136, which upstream
/// runs to see that it does not crash.
TEST(VerifyCorpus, AgreesWithOpensslsOwnCases) {
  if (!std::filesystem::exists(kCorpus)) GTEST_SKIP() << "no corpus here";
  const auto rows = parse_json(text_of(kCorpus + "expected-verify.json"), "expected-verify.json").value();
  std::size_t judged = 0, left_out = 0;
  for (const auto& value : rows.as_array()) {
    const auto& row = value.as_object();
    if (!row.at("portable").as_bool()) continue;
    const auto it = case_of(row);
    if (!it) {
      ++left_out;
      continue;
    }
    ++judged;
    const auto errors = verified(*it).errors;
    const auto expected = row.at("openssl_3_0_22_error").to_number<int>();
    const auto id = std::string(row.at("id").as_string()) + " " + std::string(row.at("desc").as_string());
    EXPECT_EQ(errors.empty() ? 0 : errors.front().code, expected) << id;
  }
  std::printf("%zu cases judged, %zu left out\n", judged, left_out);
  EXPECT_GT(judged, 150U);
}

TEST(VerifyCorpus, ReadsWhatARootIsTrustedFor) {
  if (!std::filesystem::exists(kCorpus)) GTEST_SKIP() << "no corpus here";
  const auto document = parse_json(text_of(kCorpus + "expected-live-root-trust.json"), "it").value();
  for (const auto& value : document.at("rows").as_array()) {
    Case it;
    const auto root = std::string(value.at("root").as_string());
    it.trusted = text_of(kCorpus + "certs/" + root);
    it.sent = text_of(kCorpus + "certs/ee-cert.pem") + text_of(kCorpus + "certs/ca-cert.pem");
    it.options.auth_level = 1;
    std::set<std::int32_t> codes;
    for (const auto& error : verified(it).errors) codes.insert(error.code);
    const auto expected = value.at("verify_result").to_number<std::int32_t>();
    EXPECT_EQ(codes.empty(), expected == 0) << root;
    EXPECT_TRUE(expected == 0 || codes.contains(expected)) << root;
  }
}

}  // namespace
}  // namespace hairpin::net
