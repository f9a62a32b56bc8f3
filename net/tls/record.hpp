// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include "net/tls.hpp"

/// What is written down while OpenSSL works: its callbacks, and the facts that it can be asked for. The
/// session that they write to hangs on the SSL object as its "app data".
namespace hairpin::net {

/// SSL_CTX_set_info_callback: fatal alerts, sent and received.
void record_alert(const SSL* ssl, int where, int code);

/// Where the callbacks write; null when nothing hangs there.
TlsSession* session_of(const SSL* ssl);
void record_leaf_under_verification(X509_STORE_CTX* verification);

/// SSL_CTX_set_verify: the peer's leaf, which OpenSSL forgets when it refuses it; then its own judgement
/// stands …
int record_and_verify(int is_fine, X509_STORE_CTX* verification);
/// … or everything is fine.
int record_and_accept(int is_fine, X509_STORE_CTX* verification);

/// SSL_CTX_set_alpn_select_cb: what the client offers to speak inside (ALPN), of which we speak HTTP/1.1.
int record_protocols(SSL* ssl, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned bytes, void*);

/// Version, cipher, names, randoms, certificates, exporter: as much as there is, also after a failed
/// handshake.
void record_facts(SSL* ssl, TlsSession& session);

}  // namespace hairpin::net
