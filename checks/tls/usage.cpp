// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-usage";

/// anyExtendedKeyUsage is read in two ways: Windows takes it, OpenSSL does not.
bool is_for_servers(const CertificateFacts& leaf) { return !leaf.purposes || lists(*leaf.purposes, "serverAuth"); }

/// The server proves its key by a signature, except where a TLS 1.2 client encrypts to it (RSA key exchange).
bool has_signed(const TlsFacts& tls) {
  return tls.version == to_string(TlsVersion::tls13) || tls.cipher.starts_with("ECDHE") || tls.cipher.starts_with("DHE");
}

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& leaf = probe.details->chain.front();
  auto finding = finding_about(kId, e, probe);
  finding.expected = "serverAuth, digitalSignature";
  finding.observed = fmt::format("extended key usage {}; key usage {}", leaf.purposes ? joined(*leaf.purposes) : "absent",
                                 leaf.key_usage ? joined(*leaf.key_usage) : "absent");
  finding.summary = "the certificate may be a server's";
  if (!is_for_servers(leaf)) {
    blame(finding, "tls.wrong-purpose");
    finding.summary = fmt::format("{} is for {}, not for servers", short_name(leaf), joined(*leaf.purposes));
    if (lists(*leaf.purposes, "anyExtendedKeyUsage")) finding.summary += " (Windows takes anyExtendedKeyUsage, OpenSSL does not)";
  } else if (probe.tls && has_signed(*probe.tls) && leaf.key_usage && !lists(*leaf.key_usage, "digitalSignature")) {
    blame(finding, "tls.no-digital-signature");
    finding.summary = fmt::format("{} signed the handshake and may not: its key usage is {}", short_name(leaf), joined(*leaf.key_usage));
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_chains(c, kId, judge_endpoint); }

}  // namespace

const Check tls_usage{
    .id = kId,
    .claim = "The certificate may be used for what the server uses it for",
    .source = "RFC 5280 §4.2.1.3, §4.2.1.12",
    .needs = "probe",
    .explanation =
        "An extended key usage without serverAuth is `tls.wrong-purpose`; without the extension every use is allowed. A key usage "
        "without digitalSignature is `tls.no-digital-signature` where the server did sign: TLS 1.3, and every ECDHE or DHE cipher "
        "before. Purposes of intermediates and roots are judged by `tls-trust`.",
    .judge = judge};

}  // namespace hairpin::checks
