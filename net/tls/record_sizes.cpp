// SPDX-License-Identifier: Apache-2.0
#include "net/tls/record_sizes.hpp"

#include <openssl/ssl.h>

#include <algorithm>

#include "net/tls/record.hpp"

namespace hairpin::net {
namespace {

/// Bytes of a record that are no data: nonce, tag, and in TLS 1.3 the inner type.
std::uint32_t overhead_of(const SSL* ssl) {
  constexpr std::uint32_t kTag = 16, kNonce = 8, kInnerType = 1;
  if (SSL_version(ssl) >= TLS1_3_VERSION) return kTag + kInnerType;
  const auto* const cipher = SSL_get_current_cipher(ssl);
  if (!cipher || SSL_CIPHER_is_aead(cipher) != 1) return 0;
  return SSL_CIPHER_get_cipher_nid(cipher) == NID_chacha20_poly1305 ? kTag : kTag + kNonce;
}

void count(RecordSizes& sizes, std::uint32_t bytes) {
  if (sizes.count == 0) sizes.first = sizes.smallest = bytes;
  ++sizes.count;
  sizes.smallest = std::min(sizes.smallest, bytes);
  sizes.largest = std::max(sizes.largest, bytes);
  if (bytes == 0) ++sizes.empty;
}

void count_record(const SSL* ssl, TlsSession& session) {
  if (!session.details) return;
  auto& sizes = session.details->records;
  if (!sizes) sizes.emplace();
  const auto overhead = overhead_of(ssl);
  sizes->is_padded = overhead == 0;
  count(*sizes, session.record_bytes - std::min(session.record_bytes, overhead));
}

}  // namespace

void note_record(int is_sent, int, int kind, const void* bytes, std::size_t size, SSL* ssl, void*) {
  auto* const session = session_of(ssl);
  if (is_sent != 0 || !session || size == 0) return;
  const auto* const octets = static_cast<const std::uint8_t*>(bytes);
  const bool is_tls13 = SSL_version(ssl) >= TLS1_3_VERSION;  // where the header calls everything data
  if (kind == SSL3_RT_HEADER && size >= SSL3_RT_HEADER_LENGTH) {
    session->record_bytes = static_cast<std::uint32_t>(octets[3] << 8U | octets[4]);
    if (!is_tls13 && octets[0] == SSL3_RT_APPLICATION_DATA) count_record(ssl, *session);
  }
  if (kind == SSL3_RT_INNER_CONTENT_TYPE && octets[0] == SSL3_RT_APPLICATION_DATA) count_record(ssl, *session);
}

std::optional<std::uint32_t> granted_fragment(const SSL* ssl) {
  constexpr std::uint32_t kSmallest = 256;  // of code 0, which means "disabled"
  const auto* const session = SSL_get_session(ssl);
  const auto code = session ? SSL_SESSION_get_max_fragment_length(session) : TLSEXT_max_fragment_length_DISABLED;
  if (code == TLSEXT_max_fragment_length_DISABLED) return {};
  return kSmallest << code;
}

}  // namespace hairpin::net
