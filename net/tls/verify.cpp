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

Verification verify(std::span<X509* const> sent, const Anchors& anchors, const VerifyOptions& options) {
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

}  // namespace hairpin::net
