// SPDX-License-Identifier: Apache-2.0
#include "net/tls/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>

#include "base/identifier.hpp"
#include "base/text.hpp"

namespace hairpin::net {

namespace {

Bio memory_bio(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

constexpr std::size_t kMostPemBytes = 1 << 20;

using ReadPem = X509* (*)(BIO*, X509**, pem_password_cb*, void*);

Result<std::vector<Certificate>> read_all(const std::string& pem, const std::string& what, ReadPem read) {
  ERR_clear_error();
  if (pem.size() > kMostPemBytes) return refusal("read " + what + ": it is too long for a certificate");
  const auto bio = memory_bio(pem);
  std::vector<Certificate> certificates;
  while (auto* const certificate = read(bio.get(), nullptr, nullptr, nullptr)) certificates.emplace_back(certificate);
  const auto end = ERR_peek_last_error();
  const bool is_orderly_end = ERR_GET_LIB(end) == ERR_LIB_PEM && ERR_GET_REASON(end) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!is_orderly_end || certificates.empty())
    return refusal("read " + what + ": it is no certificate in PEM form",
                   "it must begin with -----BEGIN CERTIFICATE-----");
  return certificates;
}

}  // namespace

std::string take_openssl_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return {};
  const char* const reason = ERR_reason_error_string(code);
  return reason ? reason : "OpenSSL error " + std::to_string(code);
}

Error openssl_error(std::string doing, std::string mend) {
  const auto words = take_openssl_error();
  if (!words.empty()) doing += ": " + words;
  return refusal(std::move(doing), std::move(mend));
}

Result<std::vector<Certificate>> read_certificates(const std::string& pem, const std::string& what) {
  if (pem.find("BEGIN TRUSTED CERTIFICATE") != std::string::npos)
    return refusal("read " + what + ": it is a TRUSTED CERTIFICATE, which only a trust store can hold",
                   "write it plain: openssl x509 -in TRUSTED -out PLAIN");
  return read_all(pem, what, PEM_read_bio_X509);
}

Result<std::vector<Certificate>> read_trusted(const std::string& pem, const std::string& what) {
  return read_all(pem, what, PEM_read_bio_X509_AUX);
}

Result<Key> read_key(const std::string& pem, const std::string& what) {
  ERR_clear_error();
  if (pem.size() > kMostPemBytes) return refusal("read " + what + ": it is too long for a private key");
  // Both forms of encryption: PKCS #8, and the header of the traditional one.
  if (pem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string::npos ||
      pem.find("Proc-Type: 4,ENCRYPTED") != std::string::npos)
    return refusal("read " + what + ": the private key is encrypted",
                   "write it without a pass phrase: openssl pkey -in ENCRYPTED -out KEY");
  const auto bio = memory_bio(pem);
  const auto no_pass_phrase = [](char*, int, int, void*) { return -1; };
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  ERR_clear_error();
  if (!key)
    return refusal("read " + what + ": it is no private key in PEM form",
                   "it must begin with -----BEGIN PRIVATE KEY-----");
  return key;
}

std::string sha256_fingerprint(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return hex(digest.data(), size);
}

std::string common_name(const X509* certificate) {
  const auto* const subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (size < 0) return {};
  std::string name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return printable(name);
}

}  // namespace hairpin::net
