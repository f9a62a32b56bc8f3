// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/error_code.hpp>
#include <memory>
#include <span>
#include <string>

#include "net/tls/openssl.hpp"
#include "net/tls.hpp"

/// One TLS connection on a non-blocking socket, without a loop: every call does what can be done now and says what it
/// needs next. Who waits for that is the caller's business: net/tls/stream.cpp with coroutines, others with a loop
/// of their own.
namespace hairpin::net {

enum class TlsStep {
  done,         ///< what was asked for is done
  wants_read,   ///< again when the socket can be read
  wants_write,  ///< again, with the same bytes, when the socket can be written
  ended,        ///< the peer ended; `failure` says how, where it was without close_notify
  failed        ///< `failure` and `session.error` say why; nothing can be asked any more
};

struct TlsEngine {
  /// False when OpenSSL has no memory. The engine stays where it is, or is told by `moved`: OpenSSL knows `session`.
  bool set_up(int descriptor, TlsContext its_context);
  void moved() { SSL_set_app_data(ssl.get(), &session); }
  void be_server() { SSL_set_accept_state(ssl.get()); }

  TlsStep shake_hands();
  /// At least one byte, `count` of them, when done.
  TlsStep read(std::span<char> into, std::size_t& count);
  /// A part of the bytes, at most one record: `count` of them, when done.
  TlsStep write(std::span<const char> bytes, std::size_t& count);
  void expect_more(bool is_more_to_come);  ///< of what is written from now on: it may wait to share a packet
  TlsStep say_end();  ///< close_notify

  /// Bytes that came with an earlier record: the socket will not say that they are there.
  bool has_more() const { return SSL_has_pending(ssl.get()) == 1; }
  bool is_resumed() const { return SSL_session_reused(ssl.get()) == 1; }
  void record();  ///< writes what is known now into `session`
  std::string peer_name() const;  ///< common name of the certificate that the peer showed, in this session or the resumed one
  TlsStep fail(boost::system::error_code code, std::string words);
  /// What became of it, for whoever is told.
  Error failure_of(std::string doing) const;

  TlsContext context;
  TlsSession session;
  Ssl ssl;
  boost::system::error_code failure;
  bool has_ended_writing = false;

 private:
  TlsStep after(int result);
  TlsStep fail_by_system(int system_error);
  TlsStep fail_by_openssl();
  void look_for_alert();
  void note_end();
  void hear();
};

/// A stream on a server's connection whose handshake is over. `session` of the stream has all facts.
Result<TlsStreamPtr> adopt_tls(const Executor& executor, Descriptor socket, TlsEngine engine);

}  // namespace hairpin::net
