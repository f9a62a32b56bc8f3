// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/describe.hpp"

namespace hairpin {

/// What a connection asks about a server's TLS beside the way there. A connection without question is the path's alone.
enum class TlsQuestion {
  usual,                ///< as our best client does it: every version, name, certificate if there is one
  without_certificate,  ///< … and no client certificate
  only_tls10, only_tls11, only_tls12, only_tls13,
  fallback,             ///< TLS 1.2 that says it is a fallback (RFC 7507)
  without_name,         ///< no server name (SNI)
  other_name,           ///< the name of a server that nobody has
  plaintext,            ///< a request without TLS
  renegotiation,        ///< TLS 1.2, negotiated anew within the connection
  compression,          ///< TLS 1.2 that can compress
  cipher_unencrypted, cipher_anonymous, cipher_export_grade,  ///< TLS 1.2 with ciphers of one class
  cipher_rc4, cipher_triple_des, cipher_static_rsa, cipher_cbc, ///< alone (base/cipher_class.hpp)
  protocol_http,        ///< ALPN: h2, http/1.1
  protocol_unknown,     ///< ALPN: a protocol that nobody speaks
  hello_300, hello_511, hello_1600, hello_17000,  ///< a ClientHello of so many bytes
  only_rsa, only_ecdsa, ///< signatures of certificates with such keys
  group_x25519, group_p256, group_p384,           ///< one group for the key exchange
  session_tls12, resumed_tls12,   ///< a session to resume, and what came of resuming it
  session_tls13, resumed_tls13
};

// Boost describes 52 names at once. tests/unit/evidence sees to it that none is missing here.
BOOST_DESCRIBE_ENUM_BEGIN(TlsQuestion)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, usual, without_certificate, only_tls10, only_tls11, only_tls12, only_tls13,
                           fallback, without_name, other_name, plaintext, renegotiation, compression, cipher_unencrypted, cipher_anonymous,
                           cipher_export_grade, cipher_rc4, cipher_triple_des, cipher_static_rsa, cipher_cbc, protocol_http, protocol_unknown)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, hello_300, hello_511, hello_1600, hello_17000, only_rsa, only_ecdsa)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, TlsQuestion, group_x25519, group_p256, group_p384, session_tls12, resumed_tls12,
                           session_tls13, resumed_tls13)
BOOST_DESCRIBE_ENUM_END(TlsQuestion)

inline constexpr const char* kUnknownServerName = "hairpin-unknown.invalid";  ///< RFC 2606 §2
inline constexpr const char* kUnknownProtocol = "hairpin-unknown";

}  // namespace hairpin
