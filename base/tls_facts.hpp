// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"
#include "base/identifier.hpp"

namespace hairpin {

BOOST_DEFINE_ENUM_CLASS(TlsVersion, tls10, tls11, tls12, tls13)  ///< in order of age
std::string_view to_string(TlsVersion version);                  ///< "TLSv1.2", as OpenSSL names it

/// What one end knows of the TLS session.
struct TlsFacts {
  std::string version;                           ///< "TLSv1.3", as OpenSSL names it
  std::string cipher;                            ///< IANA or OpenSSL name, as OpenSSL prints it
  std::string server_name;                       ///< SNI; empty when none was sent
  std::string exporter;                          ///< RFC 5705 / 8446 §7.5 value, 32 bytes in hex; label in net/tls.hpp
  std::optional<ClientRandom> client_random;     ///< of the ClientHello that this end sent or received
  std::string peer_certificate_sha256;           ///< fingerprint of the other end's leaf in hex; empty when none
  std::vector<std::string> offered_protocols;    ///< ALPN of the client, as a server saw it; empty when none
};
BOOST_DESCRIBE_STRUCT(TlsFacts, (), (version, cipher, server_name, exporter, client_random, peer_certificate_sha256, offered_protocols))

/// A TLS alert record (RFC 8446 §6), by whom.
struct TlsAlert {
  std::uint8_t code = 0;
  std::string name;
  bool was_sent = false;  ///< true: this end sent it; false: it came from the other end
};
BOOST_DESCRIBE_STRUCT(TlsAlert, (), (code, name, was_sent))

}  // namespace hairpin
