// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/tls_details.hpp"
#include "base/tls_facts.hpp"
#include "net/stream.hpp"

/// TLS driven directly on the socket: readiness waits and SSL_set_fd (docs/decisions).
namespace hairpin::net {

/// A certificate chain with its key, PEM. Empty: none.
struct Identity {
  std::string certificate_pem;  ///< leaf first, then intermediates
  std::string key_pem;
};

/// Name, HMAC key and AES-256 key, as nginx reads them from the file of its ssl_session_ticket_key.
inline constexpr std::size_t kTicketKeyBytes = 80;

/// `requested`: asked for, and the client may have none. What it sends must chain to the trusted
/// certificates; with no trusted ones it is only recorded. `required` needs trusted ones.
enum class ClientCertificates { none, requested, required };

struct TlsServerSettings {
  Identity identity;
  ClientCertificates client_certificates = ClientCertificates::none;
  std::string trusted_pem;  ///< for client certificates; named in the request for one
  std::string unnamed_pem;  ///< trusted beside them, and not named
  bool only_tls13 = false;
  /// Gives tickets and resumes them. Otherwise each connection shows the whole handshake.
  bool resumes_sessions = false;
  std::string ticket_key;    ///< kTicketKeyBytes of them, with which tickets are sealed; empty: chosen at random
  bool serves_load = false;  ///< reads ahead: a record costs one system call instead of two
  bool is_on_trial = false; ///< the identity is what is tested: shown even where OpenSSL holds it to be too weak
};

class Anchors;
class SessionMemory;

/// How a ClientHello differs from what OpenSSL makes.
struct HelloShape {
  std::vector<std::uint16_t> ciphers;  ///< instead of OpenSSL's, which has no RC4, no 3DES and no EXPORT; empty: OpenSSL's
  bool offers_compression = false;     ///< DEFLATE, which OpenSSL of Debian does not have
  std::uint32_t bytes = 0;             ///< of the whole message, by the padding extension (RFC 7685); 0: as long as it is
  std::uint32_t record_bytes = 16'384; ///< in records of so many bytes at most
  std::uint32_t key_share_bytes = 0;   ///< of one more key share, for a group that no server knows; 0: none
  std::vector<std::uint32_t> cuts{};   ///< bytes, with the record's header, after which another TCP segment begins; ascending
  bool cuts_name = false;              ///< … and in the middle of the server's name
  std::chrono::milliseconds pause{};   ///< between the segments
  bool has_unknown_values = false;     ///< in each list one that nobody knows, and two extensions (GREASE, RFC 8701)
};

/// A question about a server's TLS: what is offered, and that everything of the answer is written down (TlsDetails).
/// Nothing is refused on our side: any version and algorithm that OpenSSL still knows, any certificate.
struct Examination {
  TlsVersion oldest = TlsVersion::tls10;
  TlsVersion newest = TlsVersion::tls13;
  std::shared_ptr<const Anchors> anchors;   ///< null: chains are recorded, not verified
  std::string verified_name;                ///< that the certificate has to have; empty: none
  bool names_fallback = false;              ///< says that this is a second try with an older version (RFC 7507)
  std::shared_ptr<SessionMemory> sessions;  ///< resumes what is in there, and keeps what the server gives
  bool keeps_sessions = true;               ///< false: what is in there stays
  std::string early_data;                   ///< said along with the ClientHello, where the session allows it; empty: nothing
  bool says_hello_twice = false;        ///< the same bytes go over the first connection and then over a second one, which is gone on with
  std::string ciphers;                      ///< of TLS 1.2 and before, in OpenSSL's words; empty: all but the anonymous
  std::string signatures;                   ///< algorithms that we verify, in OpenSSL's words; empty: OpenSSL's own list
  std::string groups;                       ///< of the key exchange, in OpenSSL's words; empty: OpenSSL's own list
  std::vector<std::string> protocols;       ///< ALPN, best first; empty: not offered
  bool renegotiates = false;                ///< asks for another handshake after the first one
  bool updates_keys = false;                ///< changes the keys of TLS 1.3 after the handshake, and asks for the server's
  std::optional<HelloShape> shape;          ///< only for say_hello
  bool has_small_fragments = false;         ///< asks for records of 512 bytes at most (RFC 6066 §4)
  bool takes_later_questions = false;       ///< for a certificate, after the handshake (RFC 8446 §4.6.2)
  bool signs_with_another_key = false;      ///< what shows that a client has its certificate's key is wrong
};

struct TlsClientSettings {
  Identity identity;        ///< sent when the server asks; empty: none
  std::string trusted_pem;  ///< empty: the server is not verified, its certificate is only recorded
  std::string server_name;  ///< SNI and verified name; empty: no SNI
  bool only_tls13 = false;
  bool is_on_trial = false; ///< as a server's
  std::optional<Examination> examination;
};

/// Exporter that both ends compute (RFC 8446 §7.5, RFC 5705): equal values prove that nobody between them
/// ends TLS.
inline constexpr const char* kExporterLabel = "EXPORTER-hairpin";

/// A settings object that many connections share. TLS 1.2 or 1.3; no tickets and no resumption, because each
/// connection is to show the whole handshake, and an unread ticket turns the client's close into a reset. An examination
/// has its own versions, and its sessions.
class TlsContext {
 public:
  static Result<TlsContext> server(const TlsServerSettings& settings);
  static Result<TlsContext> client(const TlsClientSettings& settings);
  SSL_CTX* native() const { return context_.get(); }
  const std::string& server_name() const { return server_name_; }
  bool verifies_peer() const { return verifies_peer_; }
  const Examination* examination() const { return examination_.get(); }

 private:
  std::shared_ptr<SSL_CTX> context_;
  std::string server_name_;
  bool verifies_peer_ = false;
  std::shared_ptr<const Examination> examination_;
};

/// What one end learnt of a handshake, complete or not.
struct TlsSession {
  TlsFacts facts;                 ///< exporter label "EXPORTER-hairpin", no context, 32 bytes
  std::string peer_subject;       ///< common name of the peer's leaf, for control channels
  std::optional<TlsAlert> alert;  ///< the last fatal alert, either direction
  std::string error;              ///< OpenSSL's words; empty when nothing failed
  std::optional<TlsDetails> details;  ///< of an examination
  std::uint32_t record_bytes = 0;     ///< of the record that is being read
};

/// A stream that speaks TLS. `session()` may be read at any time, also after an error on the first read
/// (TLS 1.3 refuses a client certificate there).
class TlsStream : public Stream {
 public:
  virtual const TlsSession& session() const = 0;
};
using TlsStreamPtr = std::unique_ptr<TlsStream>;

/// The outcome of a handshake: `stream` is null when it failed; `session` then still says what was learnt,
/// and `code` whether the connection was reset, closed (eof) or refused by an alert (protocol_error).
struct Handshake {
  TlsStreamPtr stream;
  TlsSession session;
  boost::system::error_code code;
};
Task<Handshake> handshake_as_client(StreamPtr stream, TlsContext context);
Task<Handshake> handshake_as_server(StreamPtr stream, TlsContext context);
/// The handshake, with code timed_out and what was learnt so far when `limit` passes first.
Task<Handshake> handshake_within(std::chrono::steady_clock::duration limit, Task<Handshake> handshake);

/// First byte that arrived, without taking it from the socket: 22 is a TLS handshake record, a letter is
/// HTTP. Absent when the peer closed without a byte. Not for TLS streams.
Task<Result<std::optional<std::uint8_t>>> peek_first_byte(Stream& stream);

}  // namespace hairpin::net
