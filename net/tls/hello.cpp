// SPDX-License-Identifier: Apache-2.0
#include "net/tls/hello.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/error.hpp>

#include "net/tls/openssl.hpp"
#include "net/tls/record.hpp"
#include "net/tls/shaped_hello.hpp"

namespace hairpin::net {

namespace {

const char* const kDoing = "take the server's first flight";

/// OpenSSL between two buffers: what it wants to send after the ClientHello stays there.
struct Greeting {
  Ssl ssl;
  BIO* incoming = nullptr;  ///< owned by `ssl`
  BIO* outgoing = nullptr;
};

Greeting prepare(const TlsContext& context, TlsSession& learnt) {
  Greeting greeting;
  greeting.ssl.reset(SSL_new(context.native()));
  Bio incoming(BIO_new(BIO_s_mem())), outgoing(BIO_new(BIO_s_mem()));
  if (!greeting.ssl || !incoming || !outgoing) return {};
  auto* const ssl = greeting.ssl.get();
  greeting.incoming = incoming.get();
  greeting.outgoing = outgoing.get();
  SSL_set_bio(ssl, incoming.release(), outgoing.release());
  SSL_set_app_data(ssl, &learnt);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, record_and_accept);
  const auto& name = context.server_name();
  const bool is_name = !name.empty() && !parse_address(name);
  if (is_name && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return {};
  SSL_set_connect_state(ssl);
  return greeting;
}

std::string waiting_in(BIO* bio) {
  char* bytes = nullptr;
  const auto count = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(count));
  BIO_reset(bio);
  return text;
}

/// True when the flight is whole: OpenSSL has something to say to it, or nothing more to wait for.
Result<bool> take(Greeting& greeting, std::span<const char> bytes, TlsSession& learnt) {
  ERR_clear_error();
  BIO_write(greeting.incoming, bytes.data(), static_cast<int>(bytes.size()));
  const int result = SSL_do_handshake(greeting.ssl.get());
  const int state = SSL_get_error(greeting.ssl.get(), result);
  const bool has_failed = state != SSL_ERROR_NONE && state != SSL_ERROR_WANT_READ;
  if (has_failed) learnt.error = take_openssl_error();
  record_facts(greeting.ssl.get(), learnt);
  if (learnt.alert && learnt.alert->was_sent) learnt.alert.reset();  // it was written, but never sent
  if (has_failed) return Error{make_error_code(boost::system::errc::protocol_error), kDoing, {}};
  return state == SSL_ERROR_NONE || BIO_ctrl_pending(greeting.outgoing) > 0;
}

}  // namespace

Task<Result<>> say_hello(Stream& stream, TlsContext context, TlsSession& learnt) {
  auto greeting = prepare(context, learnt);
  if (!greeting.ssl) co_return openssl_error("prepare a ClientHello");
  SSL_do_handshake(greeting.ssl.get());
  record_facts(greeting.ssl.get(), learnt);
  const auto hello = waiting_in(greeting.outgoing);
  const auto* const examination = context.examination();
  if (examination && examination->shape) {
    auto work = say_shaped_hello(stream, hello, *examination->shape, learnt);
    const auto done = co_await std::move(work);
    co_return done;
  }
  const auto said = co_await stream.write_all(hello);
  if (!said) co_return said.error();

  std::array<char, 4096> bytes{};
  while (true) {
    const auto count = co_await stream.read_some(bytes);
    if (!count) co_return count.error();
    if (*count == 0) co_return Error{boost::asio::error::eof, kDoing, {}};
    const auto is_whole = take(greeting, std::span(bytes.data(), *count), learnt);
    if (!is_whole) co_return is_whole.error();
    if (*is_whole) co_return Result<>();
  }
}

}  // namespace hairpin::net
