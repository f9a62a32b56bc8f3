// SPDX-License-Identifier: Apache-2.0
#include "net/tls/record.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.hpp"
#include "net/tls/alerts.hpp"
#include "net/tls/examine.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/verify.hpp"

namespace hairpin::net {

namespace {

/// TLS 1.3 has two alerts that are not errors, whatever level they carry (RFC 8446 §6.1); TLS 1.2 marks
/// errors "fatal".
bool is_error_alert(const SSL* ssl, std::uint8_t level, std::uint8_t code) {
  if (code == SSL_AD_CLOSE_NOTIFY || code == SSL_AD_USER_CANCELLED) return false;
  return level == SSL3_AL_FATAL || SSL_version(ssl) >= TLS1_3_VERSION;
}

void record_leaf(const X509* leaf, TlsSession& session) {
  session.facts.peer_certificate_sha256 = sha256_fingerprint(leaf);
  session.peer_subject = common_name(leaf);
}

std::optional<ClientRandom> client_random(const SSL* ssl) {
  ClientRandom random;
  const auto size = SSL_get_client_random(ssl, random.bytes.data(), random.bytes.size());
  const bool is_blank = std::ranges::all_of(random.bytes, [](std::uint8_t byte) { return byte == 0; });
  if (size != random.bytes.size() || is_blank) return {};
  return random;
}

std::string exporter_value(SSL* ssl) {
  std::array<std::uint8_t, 32> value{};
  const auto label_size = std::strlen(kExporterLabel);
  const bool is_known = SSL_is_init_finished(ssl) == 1 &&
                        SSL_export_keying_material(ssl, value.data(), value.size(), kExporterLabel,
                                                   label_size, nullptr, 0, 0) == 1;
  return is_known ? hex(value.data(), value.size()) : std::string();
}

}  // namespace

TlsSession* session_of(const SSL* ssl) { return static_cast<TlsSession*>(SSL_get_app_data(ssl)); }

void record_leaf_under_verification(X509_STORE_CTX* verification) {
  const auto* const ssl =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* const leaf = X509_STORE_CTX_get0_cert(verification);
  if (ssl && leaf && session_of(ssl)) record_leaf(leaf, *session_of(ssl));
}

void record_alert(const SSL* ssl, int where, int code) {
  auto* const session = session_of(ssl);
  if ((where & SSL_CB_ALERT) == 0 || !session) return;
  const auto level = static_cast<std::uint8_t>(code >> 8);
  const auto description = static_cast<std::uint8_t>(code & 0xff);
  if (!is_error_alert(ssl, level, description)) return;
  session->alert = TlsAlert{description, alert_name(description), (where & SSL_CB_WRITE) != 0};
}

namespace {

/// What a server holds against its client, all of it: the client gets an alert about the first thing alone.
void record_errors(X509_STORE_CTX* verification) {
  const auto* const ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const session = ssl ? session_of(ssl) : nullptr;
  if (!session || SSL_is_server(ssl) != 1 || !session->error.empty()) return;
  for (const auto& error : all_errors(verification))
    session->error += fmt::format("{}depth {}: {} ({}), {}", session->error.empty() ? "the client's certificate does not verify: " : "; ", error.depth,
                                  error.text, error.code, printable(error.subject));
}

}  // namespace

/// A leaf that is fine is the session's, where record_facts finds it: to take its fingerprint here costs each handshake of a load one
/// for each certificate of the chain.
int record_and_verify(int is_fine, X509_STORE_CTX* verification) {
  if (is_fine != 0) return is_fine;
  record_leaf_under_verification(verification);
  record_errors(verification);
  return is_fine;
}

int record_and_accept(int, X509_STORE_CTX* verification) {
  record_leaf_under_verification(verification);
  return 1;
}

int record_protocols(SSL* ssl, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned bytes, void*) {
  constexpr std::size_t kMost = 8;
  constexpr std::string_view kOurs = "http/1.1";
  auto* const session = session_of(ssl);
  if (session) session->facts.offered_protocols.clear();
  int answer = SSL_TLSEXT_ERR_NOACK;
  for (unsigned at = 0; at < bytes && at + 1 + offered[at] <= bytes; at += 1U + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
    if (session && session->facts.offered_protocols.size() < kMost) session->facts.offered_protocols.push_back(printable(name));
    if (name != kOurs) continue;
    answer = SSL_TLSEXT_ERR_OK;
    *chosen = offered + at + 1;
    *size = offered[at];
  }
  return answer;
}

void record_facts(SSL* ssl, TlsSession& session) {
  auto& facts = session.facts;
  const auto* cipher = SSL_get_current_cipher(ssl);
  if (!cipher) cipher = SSL_get_pending_cipher(ssl);
  if (cipher) {  // before the ServerHello the version is a wish
    facts.version = SSL_get_version(ssl);
    facts.cipher = SSL_CIPHER_get_name(cipher);
  }
  if (const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
    facts.server_name = printable(name);
  facts.client_random = client_random(ssl);
  facts.exporter = exporter_value(ssl);
  if (const auto* const leaf = SSL_get0_peer_certificate(ssl)) record_leaf(leaf, session);
  if (session.details) record_details(ssl, *session.details);
  ERR_clear_error();
}

}  // namespace hairpin::net
