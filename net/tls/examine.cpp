// SPDX-License-Identifier: Apache-2.0
#include "net/tls/examine.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/text.hpp"
#include "net/tls.hpp"
#include "net/tls/certificate.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/record.hpp"
#include "net/tls/record_sizes.hpp"
#include "net/tls/session_memory.hpp"
#include "net/tls/signatures.hpp"
#include "net/tls/staple.hpp"
#include "net/tls/verify.hpp"

namespace hairpin::net {
namespace {

int number(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls10: return TLS1_VERSION;
    case TlsVersion::tls11: return TLS1_1_VERSION;
    case TlsVersion::tls12: return TLS1_2_VERSION;
    case TlsVersion::tls13: break;
  }
  return TLS1_3_VERSION;
}

TlsDetails* details_of(const SSL* ssl) {
  auto* const session = session_of(ssl);
  return session && session->details ? &*session->details : nullptr;
}

const Examination* examination_of(const SSL* ssl) {
  return static_cast<const Examination*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

/// SSL_CTX_set_cert_verify_callback: called once with the chain as it was sent. Everything is accepted.
int examine_chain(X509_STORE_CTX* context, void* argument) {
  const auto& examination = *static_cast<const Examination*>(argument);
  record_leaf_under_verification(context);
  const auto* const ssl =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const details = ssl ? details_of(ssl) : nullptr;
  auto* const sent = X509_STORE_CTX_get0_untrusted(context);
  if (!details || !sent) return 1;
  std::vector<X509*> chain;
  for (int i = 0; i < sk_X509_num(sent); ++i) chain.push_back(sk_X509_value(sent, i));
  details->chain.clear();
  for (auto* const certificate : chain) details->chain.push_back(facts_of(certificate));
  VerifyOptions options;
  options.name = examination.verified_name;
  if (examination.anchors) details->verification = verify(chain, *examination.anchors, options);
  if (examination.anchors) details->revocation = revocation(chain, *examination.anchors, options);
  return 1;
}

std::set<std::string> own_issuers(SSL* ssl) {
  std::set<std::string> issuers;
  if (auto* const leaf = SSL_get_certificate(ssl)) issuers.insert(name_text(X509_get_issuer_name(leaf)));
  STACK_OF(X509)* chain = nullptr;
  SSL_get0_chain_certs(ssl, &chain);
  for (int i = 0; chain && i < sk_X509_num(chain); ++i)
    issuers.insert(name_text(X509_get_issuer_name(sk_X509_value(chain, i))));
  return issuers;
}

IssuerList read_issuers(SSL* ssl) {
  IssuerList list;
  const auto ours = own_issuers(ssl);
  std::set<std::string> seen;
  const auto* const names = SSL_get0_peer_CA_list(ssl);
  for (int i = 0; names && i < sk_X509_NAME_num(names); ++i) {
    const auto* const name = sk_X509_NAME_value(names, i);
    const auto text = name_text(name);
    ++list.count;
    list.bytes += 2 + static_cast<std::uint32_t>(std::max(i2d_X509_NAME(name, nullptr), 0));
    if (!seen.insert(text).second) ++list.duplicates;
    const bool is_ours = ours.contains(text);
    list.has_ours |= is_ours;
    list.has_ours_in_reach |= is_ours && list.bytes <= kSchannelIssuerBytes;
  }
  return list;
}

/// SSL_CTX_set_cert_cb: on a client, when the server asks for a certificate.
int note_request(SSL* ssl, void*) {
  if (auto* const details = details_of(ssl)) {
    details->was_asked = true;
    details->was_asked_later |= !session_of(ssl)->facts.exporter.empty();  // known from the end of the handshake on
    details->issuers = read_issuers(ssl);
    record_asked_signatures(ssl, *details);
  }
  return 1;
}

/// SSL_CTX_set_msg_callback: records, and the server's own change of keys.
void note_message(int is_sent, int version, int type, const void* bytes, std::size_t size, SSL* ssl, void* nothing) {
  note_record(is_sent, version, type, bytes, size, ssl, nothing);
  auto* const details = details_of(ssl);
  if (!details || is_sent != 0 || type != SSL3_RT_HANDSHAKE || size == 0) return;
  if (*static_cast<const unsigned char*>(bytes) == SSL3_MT_KEY_UPDATE) details->key_update = KeyUpdate::answered;
}

/// SSL_CTX_sess_set_new_cb: a session that may be resumed. A copy is kept: OpenSSL calls off its own where the connection ends without
/// close_notify, as BIG-IP's do. 0: the reference stays OpenSSL's.
int note_session(SSL* ssl, SSL_SESSION* session) {
  if (auto* const details = details_of(ssl)) {
    ++details->tickets;
    details->most_early_bytes = SSL_SESSION_get_max_early_data(session);
    details->ticket_lifetime_s = static_cast<std::uint32_t>(SSL_SESSION_get_ticket_lifetime_hint(session));
  }
  const auto* const examination = examination_of(ssl);
  if (!examination || !examination->sessions || SSL_SESSION_is_resumable(session) != 1 || !examination->keeps_sessions) return 0;
  examination->sessions->keep(SSL_SESSION_dup(session));
  return 0;
}

void record_staple(SSL* ssl, TlsDetails& details) {
  const unsigned char* bytes = nullptr;
  const auto size = SSL_get_tlsext_status_ocsp_resp(ssl, &bytes);
  auto* const sent = SSL_get_peer_cert_chain(ssl);
  if (size <= 0 || !sent) return;
  std::vector<X509*> chain;
  for (int i = 0; i < sk_X509_num(sent); ++i) chain.push_back(sk_X509_value(sent, i));
  const auto* const examination = examination_of(ssl);
  details.staple = staple_of(std::span(bytes, static_cast<std::size_t>(size)), chain, examination ? examination->anchors.get() : nullptr);
}

std::string group_of(SSL* ssl) {
  EVP_PKEY* key = nullptr;
  if (SSL_get_peer_tmp_key(ssl, &key) != 1) return {};
  const Key owned(key);
  const auto kind = kind_of(owned.get());
  if (kind.starts_with("EC ")) return kind.substr(3);
  return kind == "DH" ? "DH " + std::to_string(EVP_PKEY_get_bits(owned.get())) : kind;
}

/// What a server that speaks TLS 1.3 writes at the end of its random when it chooses an older version.
bool is_marked_as_downgrade(const SSL* ssl) {
  std::array<unsigned char, SSL3_RANDOM_SIZE> random{};
  if (SSL_get_server_random(ssl, random.data(), random.size()) != random.size()) return false;
  const std::string end(random.end() - 8, random.end());
  return end == std::string("DOWNGRD\x01", 8) || end == std::string("DOWNGRD\x00", 8);
}

/// As on the wire: each with its length in front (RFC 7301 §3.1).
std::string protocol_list(const std::vector<std::string>& protocols) {
  std::string list;
  for (const auto& protocol : protocols) list += static_cast<char>(protocol.size()) + protocol;
  return list;
}

std::string protocol_of(const SSL* ssl) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return size > 0 ? printable(std::string_view(reinterpret_cast<const char*>(name), size)) : std::string();
}

}  // namespace

Result<> configure(SSL_CTX* context, const Examination& examination) {
  ERR_clear_error();
  // Level 0: what a server offers is to be seen, not refused here; old signatures count as well (TLS 1.0 needs SHA-1).
  SSL_CTX_set_security_level(context, 0);
  const auto ciphers = examination.ciphers.empty() ? std::string("ALL:!aNULL:!eNULL:!PSK:!SRP") : examination.ciphers;
  if (SSL_CTX_set_cipher_list(context, (ciphers + ":@SECLEVEL=0").c_str()) != 1 ||
      SSL_CTX_set_min_proto_version(context, number(examination.oldest)) != 1 ||
      SSL_CTX_set_max_proto_version(context, number(examination.newest)) != 1)
    return openssl_error("offer old versions of TLS");
  if (!examination.signatures.empty() && SSL_CTX_set1_sigalgs_list(context, examination.signatures.c_str()) != 1)
    return openssl_error("offer the signatures " + examination.signatures);
  if (!examination.groups.empty() && SSL_CTX_set1_groups_list(context, examination.groups.c_str()) != 1)
    return openssl_error("offer the groups " + examination.groups);
  const auto protocols = protocol_list(examination.protocols);
  const auto size = static_cast<unsigned>(protocols.size());
  if (size > 0 && SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()), size) != 0)  // 0: done
    return openssl_error("offer protocols");
  if (examination.renegotiates) SSL_CTX_clear_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, note_session);
  SSL_CTX_set_cert_cb(context, note_request, nullptr);
  SSL_CTX_set_app_data(context, const_cast<Examination*>(&examination));
  SSL_CTX_set_cert_verify_callback(context, examine_chain, const_cast<Examination*>(&examination));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_msg_callback(context, note_message);
  if (examination.has_small_fragments) SSL_CTX_set_tlsext_max_fragment_length(context, TLSEXT_max_fragment_length_512);
  if (examination.takes_later_questions) SSL_CTX_set_post_handshake_auth(context, 1);
  if (examination.names_fallback) SSL_CTX_set_mode(context, SSL_MODE_SEND_FALLBACK_SCSV);
  return {};
}

void offer(SSL* ssl, const Examination& examination) {
  SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
  if (!examination.sessions || !examination.sessions->last()) return;
  const Handle<SSL_SESSION, SSL_SESSION_free> copy(SSL_SESSION_dup(examination.sessions->last()));
  if (copy) SSL_set_session(ssl, copy.get());
}

void record_details(SSL* ssl, TlsDetails& details) {
  details.has_certificate = SSL_get_certificate(ssl) != nullptr;
  details.has_downgrade_mark = is_marked_as_downgrade(ssl);
  if (SSL_is_init_finished(ssl) != 1) return;
  details.group = group_of(ssl);
  details.protocol = protocol_of(ssl);
  details.signature = server_signature(ssl);
  details.is_resumed = SSL_session_reused(ssl) == 1;
  if (SSL_get_early_data_status(ssl) == SSL_EARLY_DATA_ACCEPTED) details.early_data = EarlyData::accepted;
  details.has_extended_master_secret = SSL_version(ssl) >= TLS1_3_VERSION || SSL_get_extms_support(ssl) == 1;
  details.has_secure_renegotiation = SSL_get_secure_renegotiation_support(ssl) == 1;
  record_staple(ssl, details);
  details.fragment_bytes = granted_fragment(ssl);
}

}  // namespace hairpin::net
