// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "base/text.hpp"
#include "net/tls/certificate.hpp"
#include "net/tls/openssl.hpp"

using namespace hairpin;

/// Whatever a server sends as a certificate, its facts are fit for a screen.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const unsigned char* bytes = data;
  const net::Certificate certificate(d2i_X509(nullptr, &bytes, static_cast<long>(size)));
  if (!certificate) return 0;
  const auto facts = net::facts_of(certificate.get());
  for (const auto* text : {&facts.subject, &facts.issuer, &facts.common_name, &facts.issuer_url})
    if (printable(*text) != *text) std::abort();
  for (const auto& name : facts.dns_names)
    if (printable(name) != name) std::abort();
  return 0;
}
