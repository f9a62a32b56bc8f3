// SPDX-License-Identifier: Apache-2.0
#include "net/tls/context.hpp"

#include <openssl/err.h>

#include <string_view>

#include "net/tls/another_key.hpp"
#include "net/tls/examine.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/record.hpp"

namespace hairpin::net {

namespace {

/// The identity's own, or one that only looks like it.
Result<Key> key_for(X509* certificate, const Identity& identity, bool is_another) {
  return is_another ? another_key_for(certificate) : read_key(identity.key_pem, "the certificate's key");
}

/// OpenSSL's security level refuses the certificate that was given last.
bool was_too_weak() {
  const auto reason = ERR_GET_REASON(ERR_peek_last_error());
  return reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_KEY_TOO_SMALL || reason == SSL_R_CA_MD_TOO_WEAK;
}

Result<> use_chain(SSL_CTX* context, const std::vector<Certificate>& chain, bool& is_too_weak) {
  ERR_clear_error();
  bool is_used = SSL_CTX_use_certificate(context, chain.front().get()) == 1;
  SSL_CTX_clear_chain_certs(context);
  for (std::size_t i = 1; i < chain.size() && is_used; ++i)
    is_used = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  is_too_weak = !is_used && was_too_weak();
  return is_used ? Result<>() : openssl_error("use the certificate");
}

}  // namespace

Result<> use_identity(SSL_CTX* context, const Identity& identity, bool with_another_key, bool is_on_trial) {
  const auto chain = read_certificates(identity.certificate_pem, "the certificate");
  if (!chain) return chain.error();
  const auto key = key_for(chain->front().get(), identity, with_another_key);
  if (!key) return key.error();
  bool is_too_weak = false;
  auto used = use_chain(context, *chain, is_too_weak);
  if (is_too_weak && is_on_trial) {
    SSL_CTX_set_security_level(context, 0);
    used = use_chain(context, *chain, is_too_weak);
  }
  if (!used) return used.error();
  if (X509_check_private_key(chain->front().get(), key->get()) != 1) {
    ERR_clear_error();
    return refusal("use the certificate: its key belongs to another certificate",
                   "give the key that the certificate was issued for");
  }
  if (SSL_CTX_use_PrivateKey(context, key->get()) != 1) return openssl_error("use the certificate's key");
  return {};
}

Result<> trust(SSL_CTX* context, const std::string& pem, bool is_named) {
  const auto authorities = read_trusted(pem, "the trusted certificates");
  if (!authorities) return authorities.error();
  auto* const store = SSL_CTX_get_cert_store(context);
  for (const auto& authority : *authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) return openssl_error("use a trusted certificate");
    if (is_named && SSL_CTX_add_client_CA(context, authority.get()) != 1)
      return openssl_error("name a trusted certificate");
  }
  return {};
}

namespace {

Result<std::shared_ptr<SSL_CTX>> make_context(const SSL_METHOD* method, bool only_tls13) {
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) return openssl_error("set up TLS");
  SSL_CTX_set_min_proto_version(context.get(), only_tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  // What is sent is what the file has: without NO_AUTO_CHAIN OpenSSL completes it from the trusted certificates.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_info_callback(context.get(), record_alert);
  return context;
}

/// TLS 1.2 sends one ticket within the handshake; in TLS 1.3 each is a message more, and carries the client's certificate.
Result<> give_tickets(SSL_CTX* context, const std::string& ticket_key) {
  SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 1);
  const std::string_view whose = "hairpin";  // without it OpenSSL refuses to resume where clients show certificates
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(whose.data()),
                                 static_cast<unsigned>(whose.size()));
  auto key = ticket_key;
  if (!key.empty() && SSL_CTX_set_tlsext_ticket_keys(context, key.data(), static_cast<long>(key.size())) != 1)
    return openssl_error("use the ticket key");
  return {};
}

}  // namespace

Result<TlsContext> TlsContext::server(const TlsServerSettings& settings) {
  auto context = make_context(TLS_server_method(), settings.only_tls13);
  if (!context) return context.error();
  auto* const native = context->get();
  if (const auto used = use_identity(native, settings.identity, false, settings.is_on_trial); !used) return used.error();
  const bool is_required = settings.client_certificates == ClientCertificates::required;
  if (is_required && settings.trusted_pem.empty())
    return refusal("require client certificates: no trusted certificate to verify them with");
  if (settings.resumes_sessions)
    if (const auto given = give_tickets(native, settings.ticket_key); !given) return given.error();
  SSL_CTX_set_alpn_select_cb(native, record_protocols, nullptr);
  if (settings.serves_load) SSL_CTX_set_read_ahead(native, 1);
  TlsContext result;
  result.verifies_peer_ = !settings.trusted_pem.empty();
  if (result.verifies_peer_)
    if (const auto trusted = trust(native, settings.trusted_pem, true); !trusted) return trusted.error();
  if (!settings.unnamed_pem.empty())
    if (const auto trusted = trust(native, settings.unnamed_pem, false); !trusted) return trusted.error();
  int mode = SSL_VERIFY_NONE;
  if (settings.client_certificates != ClientCertificates::none) mode = SSL_VERIFY_PEER;
  if (is_required) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(native, mode, result.verifies_peer_ ? record_and_verify : record_and_accept);
  result.context_ = std::move(*context);
  return result;
}

Result<TlsContext> TlsContext::client(const TlsClientSettings& settings) {
  auto context = make_context(TLS_client_method(), settings.only_tls13);
  if (!context) return context.error();
  auto* const native = context->get();
  const bool signs_wrongly = settings.examination && settings.examination->signs_with_another_key;
  if (!settings.identity.certificate_pem.empty())
    if (const auto used = use_identity(native, settings.identity, signs_wrongly, settings.is_on_trial); !used) return used.error();
  TlsContext result;
  result.verifies_peer_ = !settings.trusted_pem.empty();
  if (result.verifies_peer_)
    if (const auto trusted = trust(native, settings.trusted_pem, false); !trusted) return trusted.error();
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, result.verifies_peer_ ? record_and_verify : record_and_accept);
  if (settings.examination) {
    result.examination_ = std::make_shared<const Examination>(*settings.examination);
    if (const auto configured = configure(native, *result.examination_); !configured) return configured.error();
  }
  result.context_ = std::move(*context);
  result.server_name_ = settings.server_name;
  return result;
}

}  // namespace hairpin::net
