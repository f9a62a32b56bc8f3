// SPDX-License-Identifier: Apache-2.0
#include "net/tls/verify.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>

#include "net/tls/certificate.hpp"

namespace hairpin::net {
namespace {

using Context = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

void free_names_only(STACK_OF(X509)* stack) { sk_X509_free(stack); }
using Borrowed = Handle<STACK_OF(X509), free_names_only>;

std::shared_ptr<X509_STORE> new_store() { return {X509_STORE_new(), X509_STORE_free}; }

/// The application data of a verification: where its errors go.
Verification* result_of(X509_STORE_CTX* context) {
  return static_cast<Verification*>(X509_STORE_CTX_get_app_data(context));
}

/// Writes the error down and lets OpenSSL go on, so that the next one is seen as well.
int record_error(int is_fine, X509_STORE_CTX* context) {
  if (is_fine != 0) return 1;
  auto* const result = result_of(context);
  const int code = X509_STORE_CTX_get_error(context);
  const auto depth = static_cast<std::uint32_t>(std::max(X509_STORE_CTX_get_error_depth(context), 0));
  const auto* const subject = X509_STORE_CTX_get_current_cert(context);
  ChainError error{code, X509_verify_cert_error_string(code), depth,
                   subject ? name_text(X509_get_subject_name(subject)) : std::string()};
  const auto is_same = [&](const ChainError& other) { return other.code == error.code && other.depth == error.depth; };
  if (std::none_of(result->errors.begin(), result->errors.end(), is_same)) result->errors.push_back(std::move(error));
  return 1;
}

/// By subject alternative names alone: clients no longer look at the common name.
bool covers(X509* leaf, const std::string& name) {
  const bool is_address = parse_address(name).has_value();
  const int matches = is_address ? X509_check_ip_asc(leaf, name.c_str(), 0)
                                 : X509_check_host(leaf, name.c_str(), name.size(),
                                                   X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                                                   nullptr);
  return matches == 1;
}

bool configure(X509_STORE_CTX* context, const VerifyOptions& options) {
  // Purpose and trust: without them the trust settings of an anchor are read in odd ways.
  if (options.purpose != Purpose::any &&
      X509_STORE_CTX_set_default(context, options.purpose == Purpose::server ? "ssl_server" : "ssl_client") != 1)
    return false;
  auto* const parameters = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_auth_level(parameters, options.auth_level);
  X509_VERIFY_PARAM_set_flags(parameters, options.flags);
  if (options.depth >= 0) X509_VERIFY_PARAM_set_depth(parameters, options.depth);
  if (options.at)
    X509_VERIFY_PARAM_set_time(parameters,
                               std::chrono::system_clock::to_time_t(
                                   std::chrono::time_point_cast<std::chrono::system_clock::duration>(*options.at)));
  return true;
}

void read_path(X509_STORE_CTX* context, Verification& result) {
  auto* const chain = X509_STORE_CTX_get0_chain(context);
  for (int i = 0; chain && i < sk_X509_num(chain); ++i)
    result.path.push_back(name_text(X509_get_subject_name(sk_X509_value(chain, i))));
}

ChainError own_failure() {
  return {X509_V_ERR_UNSPECIFIED, "could not be verified: " + take_openssl_error(), 0, {}};
}

Verification verify_once(std::span<X509* const> sent, const Anchors& anchors, const VerifyOptions& options) {
  Verification result;
  result.anchors = anchors.what();
  result.name = options.name;
  result.has_name = !sent.empty() && !options.name.empty() && covers(sent.front(), options.name);
  ERR_clear_error();
  const Context context(X509_STORE_CTX_new());
  const Borrowed others(sk_X509_new_null());
  for (std::size_t i = 1; i < sent.size(); ++i) sk_X509_push(others.get(), sent[i]);
  const bool is_ready = context && !sent.empty() &&
                        X509_STORE_CTX_init(context.get(), anchors.native(), sent.front(), others.get()) == 1 &&
                        configure(context.get(), options);
  if (!is_ready) {
    result.errors.push_back(own_failure());
    return result;
  }
  X509_STORE_CTX_set_app_data(context.get(), &result);
  X509_STORE_CTX_set_verify_cb(context.get(), record_error);
  const int verified = X509_verify_cert(context.get());
  if (verified < 0 && result.errors.empty()) result.errors.push_back(own_failure());
  read_path(context.get(), result);
  ERR_clear_error();
  return result;
}

}  // namespace

Result<Anchors> Anchors::read(const std::string& pem, std::string what) {
  auto certificates = read_trusted(pem, what);
  if (!certificates) return certificates.error();
  Anchors anchors;
  anchors.store_ = new_store();
  for (const auto& certificate : *certificates)
    if (X509_STORE_add_cert(anchors.store_.get(), certificate.get()) != 1) return openssl_error("trust a certificate of " + what);
  anchors.what_ = std::move(what);
  return anchors;
}

Result<Anchors> Anchors::of_the_system() {
  Anchors anchors;
  anchors.store_ = new_store();
  if (X509_STORE_set_default_paths(anchors.store_.get()) != 1) return openssl_error("use the system's trusted certificates");
  anchors.what_ = "the system's";
  return anchors;
}

Result<> Anchors::add_revocation_lists(const std::string& lists, std::string what) {
  ERR_clear_error();
  const Bio bio(BIO_new_mem_buf(lists.data(), static_cast<int>(lists.size())));
  if (!bio) return openssl_error("read " + what);
  int count = 0;
  const auto add = [&](Handle<X509_CRL, X509_CRL_free> list) { return ++count, X509_STORE_add_crl(store_.get(), list.get()) == 1; };
  if (lists.find("-----BEGIN") == std::string::npos) {
    Handle<X509_CRL, X509_CRL_free> list(d2i_X509_CRL_bio(bio.get(), nullptr));
    if (list && !add(std::move(list))) return openssl_error("use " + what);
  } else {
    while (Handle<X509_CRL, X509_CRL_free> list{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)})
      if (!add(std::move(list))) return openssl_error("use " + what);
  }
  const bool is_cut = ERR_peek_last_error() != 0 && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (count == 0 || is_cut)
    return refusal("read " + what + ": it is no revocation list, or not a whole one", "it must be in DER, or begin with -----BEGIN X509 CRL-----");
  lists_ = std::move(what);
  return {};
}

namespace {

bool is_same_subject(const X509* one, const X509* other) {
  return X509_NAME_cmp(X509_get_subject_name(one), X509_get_subject_name(other)) == 0;
}

/// RFC 4158 §2.2 asks for every path to be tried; OpenSSL takes the first issuer that fits, and never goes back.
void look_for_other_path(std::span<X509* const> sent, const Anchors& anchors, const VerifyOptions& options, Verification& result) {
  constexpr std::size_t kMost = 20;
  for (std::size_t i = 1; i < std::min(sent.size(), kMost); ++i) {
    const auto is_twin = [&](X509* other) { return other != sent[i] && is_same_subject(other, sent[i]); };
    if (std::none_of(sent.begin() + 1, sent.end(), is_twin)) continue;
    std::vector<X509*> without(sent.begin(), sent.end());
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    const auto other = verify_once(without, anchors, options);
    if (!other.errors.empty()) continue;
    result.other_path = other.path;
    result.led_astray_by = name_text(X509_get_subject_name(sent[i])) + ", issued by " + name_text(X509_get_issuer_name(sent[i]));
    return;
  }
}

bool is_about_revocation(const ChainError& error) {
  switch (error.code) {
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_CERT_REVOKED:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR: return true;
    default: return false;
  }
}

}  // namespace

Verification verify(std::span<X509* const> sent, const Anchors& anchors, const VerifyOptions& options) {
  auto result = verify_once(sent, anchors, options);
  if (!result.errors.empty() && sent.size() > 2) look_for_other_path(sent, anchors, options, result);
  return result;
}

std::vector<ChainError> all_errors(X509_STORE_CTX* under_verification) {
  Verification result;
  const Context context(X509_STORE_CTX_new());
  const bool is_ready = context && X509_STORE_CTX_init(context.get(), X509_STORE_CTX_get0_store(under_verification),
                                                       X509_STORE_CTX_get0_cert(under_verification), X509_STORE_CTX_get0_untrusted(under_verification)) == 1;
  if (!is_ready) return {own_failure()};
  X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(context.get()), X509_STORE_CTX_get0_param(under_verification));
  X509_STORE_CTX_set_app_data(context.get(), &result);
  X509_STORE_CTX_set_verify_cb(context.get(), record_error);
  X509_verify_cert(context.get());
  ERR_clear_error();
  return result.errors;
}

std::optional<Revocation> revocation(std::span<X509* const> sent, const Anchors& anchors, const VerifyOptions& options) {
  if (anchors.lists().empty()) return {};
  auto with_lists = options;
  with_lists.flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT;
  auto errors = verify_once(sent, anchors, with_lists).errors;
  std::erase_if(errors, [](const ChainError& error) { return !is_about_revocation(error); });
  return Revocation{anchors.lists(), std::move(errors)};
}

}  // namespace hairpin::net
