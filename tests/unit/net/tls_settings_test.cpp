// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "net/control/session.hpp"
#include "net/pki.hpp"
#include "net/tls.hpp"
#include "net/tls/alerts.hpp"
#include "net/unix_path.hpp"

namespace hairpin::net {
namespace {

using testing::HasSubstr;

Identity authority() { return make_authority("tests", std::chrono::hours(1)).value(); }

Identity leaf(const Identity& issuer) {
  CertificateRequest request;
  request.common_name = "oc01";
  return issue(issuer, request).value();
}

std::string refusal_of(const TlsServerSettings& settings) {
  const auto context = TlsContext::server(settings);
  return context ? "was not refused" : describe(context.error());
}

TEST(TlsContext, TakesACertificateWithItsKey) {
  TlsServerSettings settings;
  settings.identity = leaf(authority());
  EXPECT_EQ(refusal_of(settings), "was not refused");
}

TEST(TlsContext, RefusesTheKeyOfAnotherCertificate) {
  const auto issuer = authority();
  TlsServerSettings settings;
  settings.identity = leaf(issuer);
  settings.identity.key_pem = leaf(issuer).key_pem;
  EXPECT_THAT(refusal_of(settings), HasSubstr("its key belongs to another certificate"));
}

TEST(TlsContext, ShowsAWeakKeyOnlyWhereThatIsTested) {
  CertificateRequest request;
  request.common_name = "oc01";
  request.rsa_bits = 1024;
  TlsServerSettings settings;
  settings.identity = issue(authority(), request).value();
  EXPECT_THAT(refusal_of(settings), HasSubstr("ee key too small"));
  settings.is_on_trial = true;
  EXPECT_EQ(refusal_of(settings), "was not refused");
  settings.identity = leaf(authority());
  EXPECT_GT(SSL_CTX_get_security_level(TlsContext::server(settings).value().native()), 0) << "no lower than it has to be";
}

TEST(TlsContext, NamesTheRootsThatAreToBeNamed) {
  TlsServerSettings settings;
  settings.identity = leaf(authority());
  settings.client_certificates = ClientCertificates::requested;
  settings.trusted_pem = make_authority("site", std::chrono::hours(1)).value().certificate_pem;
  settings.unnamed_pem = make_authority("run", std::chrono::hours(1)).value().certificate_pem;
  const auto context = TlsContext::server(settings).value();
  EXPECT_EQ(sk_X509_NAME_num(SSL_CTX_get_client_CA_list(context.native())), 1);
  EXPECT_EQ(sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context.native()))), 2) << "both are trusted";
}

TEST(TlsContext, RefusesAServerWithoutCertificate) {
  EXPECT_THAT(refusal_of({}), HasSubstr("it is no certificate in PEM form"));
}

TEST(TlsContext, RefusesToRequireCertificatesThatItCannotVerify) {
  TlsServerSettings settings;
  settings.identity = leaf(authority());
  settings.client_certificates = ClientCertificates::required;
  EXPECT_THAT(refusal_of(settings), HasSubstr("no trusted certificate"));
}

TEST(TlsContext, RefusesTrustedTextThatIsNoCertificate) {
  TlsServerSettings settings;
  settings.identity = leaf(authority());
  settings.trusted_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_THAT(refusal_of(settings), HasSubstr("the trusted certificates"));
}

TEST(AgentTls, IsNotServedWithoutVerification) {
  TlsServerSettings settings;
  settings.identity = leaf(authority());
  const auto server = control::serve_tcp({}, {}, TlsContext::server(settings).value(), nullptr);
  ASSERT_FALSE(server);
  EXPECT_THAT(describe(server.error()), HasSubstr("without verifying"));
}

TEST(AgentTls, NeedsAnAuthorityOnBothSides) {
  PkiFiles files;
  files.identity = leaf(authority());
  EXPECT_FALSE(control::agent_tls(files));
  EXPECT_FALSE(control::coordinator_tls(files));
}

TEST(AlertName, IsTheOneOfTheRfc) {
  EXPECT_EQ(alert_name(48), "unknown_ca");
  EXPECT_EQ(alert_name(116), "certificate_required");
  EXPECT_EQ(alert_name(200), "alert 200");
}

TEST(UnixPath, HasAtMost107Bytes) {
  EXPECT_TRUE(to_unix_address(std::string(107, 'x')));
  const auto refused = to_unix_address(std::string(108, 'x'));
  ASSERT_FALSE(refused);
  EXPECT_THAT(describe(refused.error()), HasSubstr("the path has 108 bytes, 107 are possible"));
  EXPECT_FALSE(to_unix_address(""));
}

}  // namespace
}  // namespace hairpin::net
