// SPDX-License-Identifier: Apache-2.0
#include "net/tls/early_data.hpp"

#include <openssl/err.h>

#include <array>

#include "net/tls/openssl.hpp"
#include "net/tls/shaped_hello.hpp"

namespace hairpin::net {

std::string early_flight(SSL* ssl, const std::string& data) {
  const auto* const session = SSL_get0_session(ssl);
  if (!session || SSL_SESSION_get_max_early_data(session) < data.size()) return {};
  BIO* const out = BIO_new(BIO_s_mem());
  if (!out) return {};
  SSL_set0_wbio(ssl, out);
  std::size_t count = 0;
  ERR_clear_error();
  if (SSL_write_early_data(ssl, data.data(), data.size(), &count) != 1) return {};
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out, &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

Task<Result<StreamPtr>> dial_again(int descriptor) {
  const auto to = peer_endpoint(descriptor);
  if (!to) co_return to.error();
  const Dial dial(*to);
  auto begun = begin_connect(dial);
  if (!begun) co_return begun.error();
  auto connecting = finish_connect(std::move(*begun));
  auto stream = co_await std::move(connecting);
  co_return stream;
}

Task<Result<bool>> say_and_forget(Stream& stream, std::string flight) {
  const auto said = co_await stream.write_all(flight);
  if (!said) co_return said.error();
  ServerHelloReader reader;
  std::array<char, 4096> bytes{};
  while (true) {
    const auto count = co_await stream.read_some(bytes);
    if (!count) co_return count.error();
    if (*count == 0) co_return false;
    const auto is_whole = reader.put(std::span(bytes.data(), *count));
    if (!is_whole) co_return is_whole.error();
    if (*is_whole) co_return reader.choice() && reader.choice()->has_session;
  }
}

}  // namespace hairpin::net
