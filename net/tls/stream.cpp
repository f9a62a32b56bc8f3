// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>

#include "net/socket.hpp"
#include "net/tls/early_data.hpp"
#include "net/tls/engine.hpp"
#include "net/tls/record.hpp"
#include "net/tls/socket.hpp"

namespace hairpin::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Shared with the coroutines that wait on it (net/socket.hpp says why).
struct Tls : TlsEngine {
  StreamPtr lower;
  std::shared_ptr<Socket> socket;
};

Readiness readiness_for(TlsStep step) {
  return step == TlsStep::wants_read ? Readiness::to_read : Readiness::to_write;
}

bool is_over(TlsStep step) { return step == TlsStep::ended || step == TlsStep::failed; }

Task<Result<std::size_t>> read_from(std::shared_ptr<Tls> tls, std::span<char> into) {
  const char* const doing = "read over TLS";
  const auto turn = co_await take_turn(tls->socket);
  if (turn) co_return Error{turn, doing, {}};
  for (;;) {
    std::size_t count = 0;
    const auto step = tls->read(into, count);
    if (step == TlsStep::done) co_return count;
    if (step == TlsStep::ended) co_return std::size_t{0};
    if (step == TlsStep::failed) co_return tls->failure_of(doing);
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
    const auto step = tls->write(bytes, count);
    if (step == TlsStep::done) {
      bytes = bytes.subspan(count);
      continue;
    }
    if (is_over(step)) co_return tls->failure_of(doing);
    const auto readiness = readiness_for(step);
    const auto error = co_await wait(tls->socket, readiness);
    if (error) co_return Error{error, doing, {}};
  }
  co_return Result<>{};
}

Task<Result<>> end_writing(std::shared_ptr<Tls> tls) {
  const char* const doing = "end the TLS connection";
  for (;;) {
    const auto step = tls->say_end();
    if (step == TlsStep::done || is_over(step)) break;
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
  if (!tls->set_up(tls->socket->descriptor(), std::move(context))) return nullptr;
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
    const auto step = tls->shake_hands();
    if (step == TlsStep::done || is_over(step)) break;
    const auto readiness = readiness_for(step);
    const auto error = co_await wait(tls->socket, readiness);
    if (error) {
      tls->fail(error, "the handshake was ended by us");
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

bool is_to_update_keys(const Tls& tls) {
  const auto* const examination = tls.context.examination();
  return examination && examination->updates_keys && !tls.failure && SSL_version(tls.ssl.get()) >= TLS1_3_VERSION;
}

/// New keys for what we send, and the wish that the server change its own; the answer comes with what it says next.
Task<> update_keys(std::shared_ptr<Tls> tls) {
  tls->session.details->key_update = KeyUpdate::unanswered;
  SSL_key_update(tls->ssl.get(), SSL_KEY_UPDATE_REQUESTED);
  co_await do_handshake(tls);
}

/// A second connection takes the place of the first.
Task<> go_on_elsewhere(std::shared_ptr<Tls> tls) {
  auto next = co_await dial_again(tls->socket->descriptor());
  if (!next) {
    tls->fail(next.error().code, next.error().doing);
    co_return;
  }
  tls->lower = std::move(*next);
  tls->socket = dynamic_cast<const SocketStream&>(*tls->lower).socket();
}

/// Where the session allows it; otherwise the handshake is the usual one.
Task<> say_early(std::shared_ptr<Tls> tls) {
  const auto& examination = *tls->context.examination();
  auto flight = early_flight(tls->ssl.get(), examination.early_data);
  if (!flight.empty() && examination.says_hello_twice) {
    const auto is_known = co_await say_and_forget(*tls->lower, flight);
    tls->session.details->was_known_before = is_known && *is_known;
    co_await go_on_elsewhere(tls);
  }
  if (tls->failure) co_return;
  if (!put_on_socket(tls->ssl.get(), tls->socket->descriptor())) tls->fail(asio::error::no_memory, "TLS needs memory");
  if (flight.empty() || tls->failure) co_return;
  tls->session.details->early_data = EarlyData::refused;
  const auto said = co_await tls->lower->write_all(flight);
  if (!said) tls->fail(said.error().code, said.error().doing);
}

Task<Handshake> shake_hands(std::shared_ptr<Tls> tls) {
  const auto* const examination = tls->context.examination();
  if (examination && !examination->early_data.empty()) co_await say_early(tls);
  if (!tls->failure) co_await do_handshake(tls);
  record_facts(tls->ssl.get(), tls->session);
  if (is_to_renegotiate(*tls)) co_await renegotiate(tls);
  if (is_to_update_keys(*tls)) co_await update_keys(tls);
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
  tls->be_server();
  auto handshake = co_await shake_hands(std::move(tls));
  co_return handshake;
}

Result<TlsStreamPtr> adopt_tls(const Executor& executor, Descriptor socket, TlsEngine engine) {
  auto adopted = Socket::adopt(executor, std::move(socket));
  if (!adopted) return adopted.error();
  const auto tls = std::make_shared<Tls>();
  static_cast<TlsEngine&>(*tls) = std::move(engine);
  tls->moved();
  tls->socket = std::move(*adopted);
  record_facts(tls->ssl.get(), tls->session);
  return TlsStreamPtr(std::make_unique<SocketTlsStream>(tls));
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
