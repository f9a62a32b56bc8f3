// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "net/pki.hpp"
#include "net/tls/openssl.hpp"
#include "tests/support/files.hpp"

namespace hairpin::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

void write_text(const fs::path& path, const std::string& text) {
  const bool is_new = !fs::exists(path);
  std::ofstream(path, std::ios::trunc) << text;
  if (is_new) fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
}

class PkiDirectory : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "hairpin-pki-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root = pattern;
    directory = pattern + "/pki";
    ASSERT_TRUE(write_authority(directory, "tests"));
    request.common_name = "oc01";
    ASSERT_TRUE(write_issued(directory, request, "oc01"));
  }
  void TearDown() override { fs::remove_all(root); }

  fs::path file(const std::string& name) const { return fs::path(directory) / name; }
  std::string read_error() const {
    const auto files = read_pki(directory, "oc01");
    return files ? "was not refused" : describe(files.error());
  }

  fs::path root;
  std::string directory;
  CertificateRequest request;
};

TEST_F(PkiDirectory, GivesBackWhatWasWritten) {
  const auto files = read_pki(directory, "oc01");
  ASSERT_TRUE(files) << describe(files.error());
  EXPECT_EQ(files->authority_pem, test::bytes_of(file("ca.crt")));
  EXPECT_EQ(files->identity.certificate_pem, test::bytes_of(file("oc01.crt")));
  EXPECT_EQ(files->identity.key_pem, test::bytes_of(file("oc01.key")));
}

TEST_F(PkiDirectory, KeepsKeysToItsOwner) {
  for (const char* name : {"ca.key", "oc01.key"}) {
    struct stat found {};
    ASSERT_EQ(::stat(file(name).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0600) << name;
  }
}

TEST_F(PkiDirectory, OverwritesNothing) {
  const auto before = test::bytes_of(file("oc01.key"));
  const auto again = write_issued(directory, request, "oc01");
  ASSERT_FALSE(again);
  EXPECT_THAT(describe(again.error()), AllOf(HasSubstr("oc01.key"), HasSubstr("nothing is overwritten")));
  EXPECT_EQ(test::bytes_of(file("oc01.key")), before);
  EXPECT_FALSE(write_authority(directory, "other"));
}

TEST_F(PkiDirectory, WritesBothFilesOrNone) {
  fs::remove(file("oc01.key"));
  ASSERT_FALSE(write_issued(directory, request, "oc01"));
  EXPECT_FALSE(fs::exists(file("oc01.key"))) << "a key without its certificate stayed behind";
}

TEST_F(PkiDirectory, RefusesStemsThatAreNoPlainNames) {
  for (const char* stem :
       {"", "..", "../oc01", "a/b", "/etc/oc01", ".hidden", "-rf", "a..b", "a b", "ca", "a\nb"}) {
    const auto written = write_issued(directory, request, stem);
    ASSERT_FALSE(written) << stem;
    EXPECT_THAT(describe(written.error()), HasSubstr("as the name of certificate files"));
    EXPECT_FALSE(read_pki(directory, stem)) << stem;
  }
}

TEST_F(PkiDirectory, NamesTheMissingFileAndTheCommandThatMakesIt) {
  fs::remove(file("oc01.key"));
  EXPECT_THAT(read_error(),
              AllOf(HasSubstr("oc01.key: No such file"), HasSubstr("hairpin pki issue " + directory)));
  fs::remove(file("ca.crt"));
  EXPECT_THAT(read_error(),
              AllOf(HasSubstr("ca.crt: No such file"), HasSubstr("hairpin pki init " + directory)));
}

TEST_F(PkiDirectory, RefusesAKeyThatOthersCanRead) {
  ASSERT_EQ(::chmod(file("oc01.key").c_str(), 0644), 0);
  EXPECT_THAT(read_error(), AllOf(HasSubstr("oc01.key: others than its owner may use it (mode 0644)"),
                                  HasSubstr("chmod 600 " + file("oc01.key").string())));
  ASSERT_EQ(::chmod(file("ca.key").c_str(), 0640), 0);
  EXPECT_FALSE(write_issued(directory, request, "oc02"));
}

TEST_F(PkiDirectory, RefusesAnEncryptedKey) {
  const auto key = read_key(test::bytes_of(file("oc01.key")), "key").value();
  const Bio bio(BIO_new(BIO_s_mem()));
  char pass_phrase[] = "secret";
  ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), EVP_aes_128_cbc(), pass_phrase, 6, nullptr,
                                          nullptr),
            1);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &bytes);
  write_text(file("oc01.key"), std::string(bytes, static_cast<std::size_t>(size)));
  EXPECT_THAT(read_error(),
              AllOf(HasSubstr("oc01.key: the private key is encrypted"), HasSubstr("openssl pkey")));
}

TEST_F(PkiDirectory, RefusesTheKeyOfAnotherCertificate) {
  ASSERT_TRUE(write_issued(directory, request, "oc02"));
  write_text(file("oc01.key"), test::bytes_of(file("oc02.key")));
  EXPECT_THAT(read_error(), AllOf(HasSubstr("oc01.key: it is not the key of"), HasSubstr("oc01.crt")));
}

TEST_F(PkiDirectory, RefusesFilesThatAreNoPem) {
  write_text(file("oc01.key"), "junk");
  EXPECT_THAT(read_error(), HasSubstr("oc01.key: it is no private key in PEM form"));
  write_text(file("oc01.crt"), "-----BEGIN CERTIFICATE-----\njunk\n-----END CERTIFICATE-----\n");
  EXPECT_THAT(read_error(), HasSubstr("oc01.crt: it is no certificate in PEM form"));
  write_text(file("ca.crt"), "");
  EXPECT_THAT(read_error(), HasSubstr("ca.crt: it is no certificate in PEM form"));
}

TEST_F(PkiDirectory, RefusesACertificateOfAnotherAuthority) {
  const auto other = directory + "-other";
  ASSERT_TRUE(write_authority(other, "tests"));
  write_text(file("ca.crt"), test::bytes_of(fs::path(other) / "ca.crt"));
  EXPECT_THAT(read_error(), AllOf(HasSubstr("oc01.crt: it was not issued by"), HasSubstr("ca.crt")));
}

TEST_F(PkiDirectory, RefusesAnExpiredCertificate) {
  auto expired = read_certificates(test::bytes_of(file("oc01.crt")), "leaf").value();
  const auto key = read_key(test::bytes_of(file("ca.key")), "key").value();
  X509_gmtime_adj(X509_getm_notAfter(expired.front().get()), -60);
  ASSERT_GT(X509_sign(expired.front().get(), key.get(), EVP_sha256()), 0);
  const Bio bio(BIO_new(BIO_s_mem()));
  ASSERT_EQ(PEM_write_bio_X509(bio.get(), expired.front().get()), 1);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &bytes);
  write_text(file("oc01.crt"), std::string(bytes, static_cast<std::size_t>(size)));
  EXPECT_THAT(read_error(),
              AllOf(HasSubstr("oc01.crt: the certificate has expired"), HasSubstr("hairpin pki issue")));
}

TEST_F(PkiDirectory, LeavesTheDatesOfASitesCertificateToTheChecks) {
  const auto authority = Identity{test::bytes_of(file("ca.crt")), test::bytes_of(file("ca.key"))};
  request.age = request.lifetime * 2;
  const auto old = issue(authority, request).value();
  write_text(file("old.crt"), old.certificate_pem);
  write_text(file("old.key"), old.key_pem);
  const auto refused = read_identity(file("old.crt"), file("old.key"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(describe(refused.error()), HasSubstr("has expired"));
  EXPECT_TRUE(read_identity(file("old.crt"), file("old.key"), Dates::are_judged_later));
  EXPECT_FALSE(read_identity(file("old.crt"), file("oc01.key"), Dates::are_judged_later)) << "another's key";
}

TEST_F(PkiDirectory, RefusesAKeyInAFileThatOthersCanRead) {
  write_text(file("both.pem"), test::bytes_of(file("oc01.crt")) + test::bytes_of(file("oc01.key")));
  EXPECT_TRUE(read_trusted_file(file("both.pem"))) << "its owner's alone";
  EXPECT_TRUE(read_identity(file("both.pem"), file("both.pem")));
  fs::permissions(file("both.pem"), fs::perms::others_read, fs::perm_options::add);
  const auto trusted = read_trusted_file(file("both.pem"));
  ASSERT_FALSE(trusted);
  EXPECT_THAT(describe(trusted.error()), AllOf(HasSubstr("it holds a private key"), HasSubstr("chmod 600")));
  EXPECT_FALSE(read_identity(file("both.pem"), file("oc01.key")));
}

TEST_F(PkiDirectory, ReadsATicketKeyOfItsOwnersAlone) {
  const std::string key(kTicketKeyBytes, '\0');
  write_text(file("tickets"), key);
  fs::permissions(file("tickets"), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(read_ticket_key_file(file("tickets")).value(), key);
  write_text(file("tickets"), key + "k");
  EXPECT_THAT(describe(read_ticket_key_file(file("tickets")).error()), AllOf(HasSubstr("it has 81 bytes, not 80"), HasSubstr("openssl rand")));
  write_text(file("tickets"), key);
  fs::permissions(file("tickets"), fs::perms::group_read, fs::perm_options::add);
  EXPECT_THAT(describe(read_ticket_key_file(file("tickets")).error()), HasSubstr("chmod 600"));
  EXPECT_FALSE(read_ticket_key_file(file("missing")));
}

TEST_F(PkiDirectory, RefusesWhatIsNoFile) {
  fs::remove(file("oc01.key"));
  ASSERT_EQ(::mkfifo(file("oc01.key").c_str(), 0600), 0);
  EXPECT_THAT(read_error(), HasSubstr("oc01.key: it is no file"));
}

}  // namespace
}  // namespace hairpin::net
