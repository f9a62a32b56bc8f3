// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "net/pki.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/shaped_hello.hpp"
#include "net/tls/staple.hpp"
#include "net/tls/verify.hpp"

using namespace hairpin;

namespace {

struct Server {
  net::Identity authority = net::make_authority("fuzz", std::chrono::hours(1)).value();
  net::Certificate root = std::move(net::read_certificates(authority.certificate_pem, "it").value().front());
  net::Certificate leaf = std::move(net::read_certificates(net::issue(authority, {"leaf", {}, {}, std::chrono::hours(1), true, true}).value().certificate_pem, "it").value().front());
};

}  // namespace

/// Whatever is stapled, given as a revocation list or said as a ServerHello is read or refused, and proves nothing by itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Server server;
  auto anchors = net::Anchors::read(server.authority.certificate_pem, "ca.pem").value();
  X509* const chain[] = {server.leaf.get(), server.root.get()};
  const auto staple = net::staple_of(std::span(data, size), chain, &anchors);
  if (staple.is_signed || printable(staple.responder) != staple.responder) std::abort();
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(anchors.add_revocation_lists(text, "crl.pem"));
  net::ServerHelloReader reader;
  static_cast<void>(reader.put(text));
  return 0;
}
