// SPDX-License-Identifier: Apache-2.0
#include "net/https.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "net/names.hpp"

namespace hairpin::net {
namespace {

constexpr std::chrono::seconds kResolveLimit{3};

Task<Result<Endpoint>> find(HttpsServer server) {
  if (const auto address = parse_address(server.host)) co_return Endpoint{*address, server.port};
  const auto found = co_await resolve(server.host, kResolveLimit);
  if (!found) co_return found.error();
  if (found->empty()) co_return refusal("resolve " + server.host);
  co_return Endpoint{found->front(), server.port};
}

/// Why this is not the server that was meant; empty: it is.
std::string doubt(const Handshake& done, const HttpsServer& server) {
  const auto& facts = done.session.facts;
  if (server.pin.empty() || facts.peer_certificate_sha256 == server.pin) return {};
  return "its certificate has another fingerprint than the pin: sha256:" + facts.peer_certificate_sha256;
}

Task<Result<TlsStreamPtr>> open(HttpsServer server) {
  const auto name = fmt::format("{}:{}", server.host, server.port);
  TlsClientSettings settings;
  settings.trusted_pem = server.authority_pem;
  settings.server_name = server.host;
  auto context = TlsContext::client(settings);
  if (!context) co_return context.error();
  const auto endpoint = co_await find(server);
  if (!endpoint) co_return endpoint.error();
  auto connecting = begin_connect(Dial(*endpoint));
  if (!connecting) co_return connecting.error();
  auto stream = co_await finish_connect(std::move(*connecting));
  if (!stream) co_return stream.error();
  auto done = co_await handshake_as_client(std::move(*stream), std::move(*context));
  if (!done.stream) {
    const auto why = done.session.error.empty() ? done.code.message() : done.session.error;
    co_return refusal(fmt::format("trust {}: {}", name, why));
  }
  if (const auto why = doubt(done, server); !why.empty()) co_return refusal(fmt::format("trust {}: {}", name, why));
  co_return std::move(done.stream);
}

}  // namespace

Task<Result<http1::Response>> get_https(HttpsServer server, std::string target, http1::Fields fields, std::uint64_t most_bytes) {
  http1::Request request;
  request.target = std::move(target);
  request.host = server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
  if (server.port != 443) request.host += ":" + std::to_string(server.port);
  request.fields = std::move(fields);
  const auto bytes = http1::write(request);
  if (!bytes) co_return bytes.error();
  auto opened = co_await open(std::move(server));
  if (!opened) co_return opened.error();
  const auto stream = std::move(*opened);
  const auto sent = co_await stream->write_all(*bytes);
  if (!sent) co_return sent.error();
  http1::ResponseReader reader(most_bytes);
  std::array<char, 16'384> chunk{};
  while (true) {
    const auto count = co_await stream->read_some(chunk);
    if (!count) co_return count.error();
    auto whole = reader.put(std::span<const char>(chunk.data(), *count));
    if (*count == 0) whole = reader.finish();
    if (!whole) co_return whole.error();
    if (*whole) co_return std::move(**whole);
    if (*count == 0) co_return refusal("read the HTTP response: it ended early");
  }
}

}  // namespace hairpin::net
