// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hairpin/caller/run_options.hpp"

namespace hairpin {

/// What `hairpin tls` shall ask of one server, from this host alone.
struct TlsTest {
  std::string server;            ///< HOST:PORT as it was written; HOST is a name, an address, or an address in brackets
  std::string name;              ///< server name (SNI) and name of the certificate; empty: HOST
  std::string other_name;        ///< whose sessions must not open this one; empty: one that nobody has
  std::string ca_file;           ///< trusted certificates; empty: the system's
  std::string list_file;         ///< revocation lists, PEM or DER; empty: revocation is not looked at
  std::string certificate_file;  ///< client certificate; empty: none
  std::string key_file;
  std::string revoked_file;      ///< a revoked client certificate; empty: none
  std::string revoked_key_file;
  std::string client_ca_file;    ///< an authority that the server trusts for clients, to make bad certificates with; empty: none
  std::string client_ca_key_file;
  std::optional<milliseconds> patience;  ///< how long a server that says nothing is waited for; absent: not asked
  std::string policy;            ///< name or JSON file; empty: versions and strengths are reported, not judged
  std::optional<MutualTls> mutual;  ///< what is promised; absent: reported
  std::uint32_t members = 2;        ///< that may answer: as many connections as it takes to meet each of them
  std::string path = "/";        ///< of the request that follows the handshake
  milliseconds limit{3000};      ///< of each phase of a connection
};

/// HOST and PORT of "HOST:PORT", "ADDRESS:PORT", "[ADDRESS]:PORT".
struct ServerAddress {
  std::string host;
  std::uint16_t port = 0;
};
Result<ServerAddress> parse_server(const std::string& text);

/// `path` as a request line can have it: a slash first, then neither blanks nor control characters (RFC 9112 §3.2.1).
Result<> check_path(const std::string& path);
/// What a shell has to be told to ask the same again.
std::string command_of(const TlsTest& test);

/// Asks, judges, prints; returns the exit status. Each address that the name has is a server of its own.
int test_tls(const TlsTest& test, const RunOptions& options);

}  // namespace hairpin
