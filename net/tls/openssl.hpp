// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <optional>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/handle.hpp"
#include "base/result.hpp"

/// OpenSSL's objects with owners, and what the files of this folder do with them more than once.
namespace hairpin::net {

using Bio = Handle<BIO, BIO_free_all>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Handle<X509, X509_free>;
using Ssl = Handle<SSL, SSL_free>;

/// OpenSSL's words for the oldest error in its queue, which is then empty; "" when there is none.
std::string take_openssl_error();
Error openssl_error(std::string doing, std::string mend = {});

/// Every certificate of a PEM text, in order; an error when there is none or one cannot be read.
Result<std::vector<Certificate>> read_certificates(const std::string& pem, const std::string& what);
/// The same for a trust store: a TRUSTED CERTIFICATE keeps what it is trusted for.
Result<std::vector<Certificate>> read_trusted(const std::string& pem, const std::string& what);
/// The private key of a PEM text. An encrypted key is an error: nobody is there to type the pass phrase.
Result<Key> read_key(const std::string& pem, const std::string& what);

std::string sha256_fingerprint(const X509* certificate);  ///< of the DER form, in hex
std::string common_name(const X509* certificate);         ///< fit for a screen; "" when the subject has none

}  // namespace hairpin::net
