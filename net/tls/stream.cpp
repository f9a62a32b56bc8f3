// SPDX-License-Identifier: Apache-2.0
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>

#include "net/socket.hpp"
#include "net/tls.hpp"
#include "net/tls/examine.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/record.hpp"
#include "net/tls/socket.hpp"

namespace hairpin::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// One TLS connection; shared with the coroutines that wait on it (net/socket.hpp says why).
struct Tls {
  StreamPtr lower;
  std::shared_ptr<Socket> socket;
  TlsContext context;
  TlsSession session;
  Ssl ssl;
  error_code failure;
  bool has_ended_writing = false;
};

enum class Step { wants_read, wants_write, ended, failed };

Step fail(Tls& tls, error_code code, std::string words) {
  tls.failure = code;
  if (tls.session.error.empty()) tls.session.error = std::move(words);
  return Step::failed;
}

Step fail_by_system(Tls& tls, int system_error) {
  if (system_error == 0) return fail(tls, asio::error::eof, "the connection ended");
  const error_code code(system_error, boost::system::system_category());
  return fail(tls, code, code.message());
}

Step fail_by_openssl(Tls& tls) {
  const auto reason = ERR_GET_REASON(ERR_peek_error());
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    ERR_clear_error();
    fail(tls, asio::error::eof, "the peer ended the connection without close_notify");
    return Step::ended;
  }
  auto words = take_openssl_error();
  const auto verification = SSL_get_verify_result(tls.ssl.get());
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
    words += std::string(": ") + X509_verify_cert_error_string(verification);
  return fail(tls, make_error_code(boost::system::errc::protocol_error), std::move(words));
}

/// What a call that returned `result` <= 0 needs or means. To be called at once: it reads errno and OpenSSL's
/// queue.
Step after(Tls& tls, int result) {
  const int system_error = errno;
  switch (SSL_get_error(tls.ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Step::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return Step::ended;
    case SSL_ERROR_SYSCALL:
      return fail_by_system(tls, system_error);
    default:
      return fail_by_openssl(tls);
  }
}

void begin_call() {
  ERR_clear_error();
  errno = 0;
}

Readiness readiness_for(Step step) {
  return step == Step::wants_read ? Readiness::to_read : Readiness::to_write;
}

Error failure_of(const Tls& tls, std::string doing) {
  const auto& alert = tls.session.alert;
  if (alert && !alert->was_sent) doing += " (the peer sent the alert " + alert->name + ")";
  if (alert && alert->was_sent) doing += " (we sent the alert " + alert->name + ")";
  if (!alert && !tls.session.error.empty()) doing += " (" + tls.session.error + ")";
  return Error{tls.failure, std::move(doing), {}};
}

/// A peer that refuses sends its alert and closes. When we write before we read, the write fails and the
/// alert, which says why, still waits in the socket.
void look_for_alert(Tls& tls) {
  if (tls.session.alert) return;
  begin_call();
  char byte = 0;
  SSL_peek(tls.ssl.get(), &byte, 1);
  ERR_clear_error();
  if (tls.session.alert) tls.failure = make_error_code(boost::system::errc::protocol_error);
}

/// How the server ended, where it did so by itself: after our own end its answer tells nothing.
void note_end(Tls& tls) {
  if (!tls.session.details || tls.has_ended_writing) return;
  auto& ending = tls.session.details->ending;
  if (!tls.failure)
    ending = StreamEnd::close_notify;
  else if (tls.failure == asio::error::eof)
    ending = StreamEnd::bare;
  else if (tls.failure == asio::error::connection_reset)
    ending = StreamEnd::reset;
}

/// The server went on after the handshake: it took our certificate, or its want.
void hear(Tls& tls) {
  if (tls.session.details) tls.session.details->has_spoken = true;
}

Task<Result<std::size_t>> read_from(std::shared_ptr<Tls> tls, std::span<char> into) {
  const char* const doing = "read over TLS";
  const auto turn = co_await take_turn(tls->socket);
  if (turn) co_return Error{turn, doing, {}};
  for (;;) {
    std::size_t count = 0;
    begin_call();
    const int result = SSL_read_ex(tls->ssl.get(), into.data(), into.size(), &count);
    if (result == 1) hear(*tls);
    if (result == 1) co_return count;
    const auto step = after(*tls, result);
    if (step == Step::ended || step == Step::failed) note_end(*tls);
    if (step == Step::ended && !tls->failure) hear(*tls);
    if (step == Step::ended) co_return std::size_t{0};
    if (step == Step::failed) co_return failure_of(*tls, doing);
    const auto readiness = readiness_for(step);
    const auto error = co_await wait(tls->socket, readiness);
    if (error) co_return Error{error, doing, {}};
  }
}

Task<Result<>> write_to(std::shared_ptr<Tls> tls, std::span<const char> bytes) {
  const char* const doing = "write over TLS";
  const auto turn = co_await take_turn(tls->socket);
  if (turn) co_return Error{turn, doing, {}};
  while (!bytes.empty()) {
    std::size_t count = 0;
    begin_call();
    const int result = SSL_write_ex(tls->ssl.get(), bytes.data(), bytes.size(), &count);
    if (result == 1) {
      bytes = bytes.subspan(count);
      continue;
    }
    const auto step = after(*tls, result);
    if (step == Step::ended || step == Step::failed) {
      if (!tls->failure) tls->failure = asio::error::eof;
      look_for_alert(*tls);
      co_return failure_of(*tls, doing);
    }
    const auto readiness = readiness_for(step);
    const auto error = co_await wait(tls->socket, readiness);
    if (error) co_return Error{error, doing, {}};
  }
  co_return Result<>{};
}

Task<Result<>> end_writing(std::shared_ptr<Tls> tls) {
  const char* const doing = "end the TLS connection";
  tls->has_ended_writing = true;
  while (!tls->failure) {  // after a failure OpenSSL must not be asked to shut down
    begin_call();
    const int result = SSL_shutdown(tls->ssl.get());
    if (result >= 0) break;
    const auto step = after(*tls, result);
    if (step == Step::ended || step == Step::failed) break;
    const auto readiness = readiness_for(step);
    const auto error = co_await wait(tls->socket, readiness);
    if (error) co_return Error{error, doing, {}};
  }
  if (::shutdown(tls->socket->descriptor(), SHUT_WR) < 0) co_return last_system_error(doing);
  co_return Result<>{};
}

class SocketTlsStream : public TlsStream {
 public:
  explicit SocketTlsStream(std::shared_ptr<Tls> tls) : tls_(std::move(tls)) {}
  ~SocketTlsStream() override { tls_->socket->close(); }
  Task<Result<std::size_t>> read_some(std::span<char> into) override { return read_from(tls_, into); }
  Task<Result<>> write_all(std::span<const char> bytes) override { return write_to(tls_, bytes); }
  Task<Result<>> shut_down() override { return end_writing(tls_); }
  void cancel() override { tls_->socket->cancel(); }
  int descriptor() const override { return tls_->socket->descriptor(); }
  const TlsSession& session() const override { return tls_->session; }

 private:
  std::shared_ptr<Tls> tls_;
};

/// Absent (with `failure` in the result) when there is no socket under the stream, or OpenSSL has no memory.
std::shared_ptr<Tls> set_up(StreamPtr stream, TlsContext context) {
  auto tls = std::make_shared<Tls>();
  const auto* const lower = dynamic_cast<const SocketStream*>(stream.get());
  if (!lower) return nullptr;
  tls->socket = lower->socket();
  tls->lower = std::move(stream);
  tls->context = std::move(context);
  tls->ssl.reset(SSL_new(tls->context.native()));
  if (!tls->ssl || !put_on_socket(tls->ssl.get(), tls->socket->descriptor())) return nullptr;
  SSL_set_app_data(tls->ssl.get(), &tls->session);
  if (const auto* const examination = tls->context.examination()) {
    tls->session.details.emplace();
    offer(tls->ssl.get(), *examination);
  }
  return tls;
}

/// SNI is for names (RFC 6066 §3); an address is verified all the same.
bool name_peer(SSL* ssl, const TlsContext& context) {
  const auto& name = context.server_name();
  if (name.empty()) return true;
  const bool is_address = parse_address(name).has_value();
  if (!is_address && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return false;
  if (!context.verifies_peer()) return true;
  if (is_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, name.c_str()) == 1;
}

Handshake impossible(std::string why) {
  Handshake handshake;
  handshake.session.error = std::move(why);
  handshake.code = make_error_code(boost::system::errc::invalid_argument);
  return handshake;
}

/// Until the handshake is complete, or `failure` says why it is not.
Task<> do_handshake(std::shared_ptr<Tls> tls) {
  for (;;) {
    begin_call();
    const int result = SSL_do_handshake(tls->ssl.get());
    if (result == 1) break;
    const auto step = after(*tls, result);
    if (step == Step::ended && !tls->failure)
      fail(*tls, asio::error::eof, "the peer closed during the handshake");
    if (step == Step::ended || step == Step::failed) break;
    const auto readiness = readiness_for(step);
    const auto error = co_await wait(tls->socket, readiness);
    if (error) {
      fail(*tls, error, "the handshake was ended by us");
      break;
    }
  }
}

bool is_to_renegotiate(const Tls& tls) {
  const auto* const examination = tls.context.examination();
  return examination && examination->renegotiates && !tls.failure && SSL_version(tls.ssl.get()) < TLS1_3_VERSION;
}

/// A second handshake within the first one's connection. OpenSSL as a client takes no_renegotiation for the end.
Task<> renegotiate(std::shared_ptr<Tls> tls) {
  auto& outcome = tls->session.details->renegotiation;
  outcome = Renegotiation::unanswered;
  SSL_renegotiate(tls->ssl.get());
  co_await do_handshake(tls);
  if (!tls->failure)
    outcome = Renegotiation::accepted;
  else if (tls->failure != asio::error::operation_aborted && tls->failure != asio::error::timed_out)
    outcome = Renegotiation::refused;
}

Task<Handshake> shake_hands(std::shared_ptr<Tls> tls) {
  co_await do_handshake(tls);
  record_facts(tls->ssl.get(), tls->session);
  if (is_to_renegotiate(*tls)) co_await renegotiate(tls);
  if (auto& details = tls->session.details)
    details->is_impossible_here = tls->failure && !tls->session.alert && !tls->session.facts.client_random;
  Handshake handshake;
  handshake.session = tls->session;
  handshake.code = tls->failure;
  if (!tls->failure) handshake.stream = std::make_unique<SocketTlsStream>(tls);
  co_return handshake;
}

/// Never throws: a cancellation that arrives between two waits leaves `handshake` as it was made.
Task<> store(Task<Handshake> work, Handshake& handshake) {
  try {
    handshake = co_await std::move(work);
  } catch (const boost::system::system_error& error) {
    handshake.code = error.code();
  }
}

}  // namespace

Task<Handshake> handshake_as_client(StreamPtr stream, TlsContext context) {
  auto tls = set_up(std::move(stream), std::move(context));
  if (!tls) co_return impossible("TLS needs a socket and memory");
  if (!name_peer(tls->ssl.get(), tls->context)) co_return impossible("no TLS server can have that name");
  SSL_set_connect_state(tls->ssl.get());
  auto handshake = co_await shake_hands(std::move(tls));
  co_return handshake;
}

Task<Handshake> handshake_as_server(StreamPtr stream, TlsContext context) {
  auto tls = set_up(std::move(stream), std::move(context));
  if (!tls) co_return impossible("TLS needs a socket and memory");
  SSL_set_accept_state(tls->ssl.get());
  auto handshake = co_await shake_hands(std::move(tls));
  co_return handshake;
}

Task<Handshake> handshake_within(std::chrono::steady_clock::duration limit, Task<Handshake> handshake) {
  Handshake outcome;
  auto stored = store(std::move(handshake), outcome);
  const bool has_expired = co_await task_detail::expires(limit, std::move(stored));
  if (has_expired && outcome.code == asio::error::operation_aborted) outcome.code = asio::error::timed_out;
  co_return outcome;
}

Task<Result<std::optional<std::uint8_t>>> peek_first_byte(Stream& stream) {
  const char* const doing = "look at the first byte";
  const auto* const plain = dynamic_cast<const SocketStream*>(&stream);
  if (!plain) co_return refusal("look at the first byte of a stream that is no plain socket");
  const auto socket = plain->socket();
  while (socket->descriptor() >= 0) {
    std::uint8_t byte = 0;
    const auto count = ::recv(socket->descriptor(), &byte, 1, MSG_PEEK);
    if (count > 0) co_return std::optional<std::uint8_t>(byte);
    if (count == 0) co_return std::optional<std::uint8_t>();
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return last_system_error(doing);
    const auto error = co_await wait(socket, Readiness::to_read);
    if (error) co_return Error{error, doing, {}};
  }
  co_return Error{asio::error::operation_aborted, doing, {}};
}

}  // namespace hairpin::net
