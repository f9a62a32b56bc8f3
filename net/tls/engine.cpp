// SPDX-License-Identifier: Apache-2.0
#include "net/tls/engine.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/error.hpp>
#include <cerrno>

#include "net/tls/examine.hpp"
#include "net/tls/record.hpp"
#include "net/tls/socket.hpp"

namespace hairpin::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

void begin_call() {
  ERR_clear_error();
  errno = 0;
}

}  // namespace

bool TlsEngine::set_up(int descriptor, TlsContext its_context) {
  context = std::move(its_context);
  ssl.reset(SSL_new(context.native()));
  if (!ssl || !put_on_socket(ssl.get(), descriptor)) return false;
  moved();
  if (const auto* const examination = context.examination()) {
    session.details.emplace();
    offer(ssl.get(), *examination);
  }
  return true;
}

TlsStep TlsEngine::fail(error_code code, std::string words) {
  failure = code;
  if (session.error.empty()) session.error = std::move(words);
  return TlsStep::failed;
}

TlsStep TlsEngine::fail_by_system(int system_error) {
  if (system_error == 0) return fail(asio::error::eof, "the connection ended");
  const error_code code(system_error, boost::system::system_category());
  return fail(code, code.message());
}

TlsStep TlsEngine::fail_by_openssl() {
  const auto reason = ERR_GET_REASON(ERR_peek_error());
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    ERR_clear_error();
    // OpenSSL 3 answers this end with decode_error, which nobody reads any more: it is no cause of the end.
    if (session.alert && session.alert->was_sent && session.alert->code == SSL_AD_DECODE_ERROR) session.alert.reset();
    fail(asio::error::eof, "the peer ended the connection without close_notify");
    return TlsStep::ended;
  }
  auto words = take_openssl_error();
  const auto verification = SSL_get_verify_result(ssl.get());
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
    words += std::string(": ") + X509_verify_cert_error_string(verification);
  return fail(make_error_code(boost::system::errc::protocol_error), std::move(words));
}

/// What a call that returned `result` <= 0 needs or means. To be called at once: it reads errno and OpenSSL's
/// queue.
TlsStep TlsEngine::after(int result) {
  const int system_error = errno;
  switch (SSL_get_error(ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return TlsStep::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return TlsStep::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return TlsStep::ended;
    case SSL_ERROR_SYSCALL:
      return fail_by_system(system_error);
    default:
      return fail_by_openssl();
  }
}

Error TlsEngine::failure_of(std::string doing) const {
  const auto& alert = session.alert;
  if (alert && !alert->was_sent) doing += " (the peer sent the alert " + alert->name + ")";
  if (alert && alert->was_sent) doing += " (we sent the alert " + alert->name + ")";
  if (!alert && !session.error.empty()) doing += " (" + session.error + ")";
  return Error{failure, std::move(doing), {}};
}

/// A peer that refuses sends its alert and closes. When we write before we read, the write fails and the
/// alert, which says why, still waits in the socket.
void TlsEngine::look_for_alert() {
  if (session.alert) return;
  begin_call();
  char byte = 0;
  SSL_peek(ssl.get(), &byte, 1);
  ERR_clear_error();
  if (session.alert) failure = make_error_code(boost::system::errc::protocol_error);
}

/// How the server ended, where it did so by itself: after our own end its answer tells nothing.
void TlsEngine::note_end() {
  if (!session.details || has_ended_writing) return;
  auto& ending = session.details->ending;
  if (!failure)
    ending = StreamEnd::close_notify;
  else if (failure == asio::error::eof)
    ending = StreamEnd::bare;
  else if (failure == asio::error::connection_reset)
    ending = StreamEnd::reset;
}

/// The server went on after the handshake: it took our certificate, or its want.
void TlsEngine::hear() {
  if (session.details) session.details->has_spoken = true;
}

TlsStep TlsEngine::shake_hands() {
  begin_call();
  const int result = SSL_do_handshake(ssl.get());
  if (result == 1) return TlsStep::done;
  const auto step = after(result);
  if (step == TlsStep::ended && !failure) fail(asio::error::eof, "the peer closed during the handshake");
  return step;
}

TlsStep TlsEngine::read(std::span<char> into, std::size_t& count) {
  begin_call();
  const int result = SSL_read_ex(ssl.get(), into.data(), into.size(), &count);
  if (result == 1) {
    hear();
    return TlsStep::done;
  }
  const auto step = after(result);
  if (step == TlsStep::ended || step == TlsStep::failed) note_end();
  if (step == TlsStep::ended && !failure) hear();
  return step;
}

TlsStep TlsEngine::write(std::span<const char> bytes, std::size_t& count) {
  begin_call();
  const int result = SSL_write_ex(ssl.get(), bytes.data(), bytes.size(), &count);
  if (result == 1) return TlsStep::done;
  const auto step = after(result);
  if (step == TlsStep::wants_read || step == TlsStep::wants_write) return step;
  if (!failure) failure = asio::error::eof;
  look_for_alert();
  return step;
}

void TlsEngine::record() { record_facts(ssl.get(), session); }

std::string TlsEngine::peer_name() const {
  const auto* const leaf = SSL_get0_peer_certificate(ssl.get());
  return leaf ? common_name(leaf) : std::string();
}

void TlsEngine::expect_more(bool is_more_to_come) { net::expect_more(ssl.get(), is_more_to_come); }

TlsStep TlsEngine::say_end() {
  has_ended_writing = true;
  if (failure) return TlsStep::failed;  // OpenSSL must not be asked to shut down then
  begin_call();
  const int result = SSL_shutdown(ssl.get());
  return result >= 0 ? TlsStep::done : after(result);
}

}  // namespace hairpin::net
