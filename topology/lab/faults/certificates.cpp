// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "topology/lab/faults/rows.hpp"
#include "topology/lab/proxy.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& what) {
  site.certificates = what;
  site.promise.mutual = "required";
  if (what.starts_with("identity-")) site.promise.identity_header = kIdentityHeader;
  site.promise.has_own_connections = what.starts_with("connections-");
  site.promise.shares_sessions = what.starts_with("tickets-");
  if (what == "weak-key") site.promise.tls_policy = "intermediate";
}

bool is_one_of(const LabOptions& options, std::initializer_list<std::string_view> words) {
  return std::any_of(options.faults.begin(), options.faults.end(), [&](const FaultChoice& choice) {
    return choice.name == "certificates" && std::find(words.begin(), words.end(), choice.value) != words.end();
  });
}

std::string objection(const LabOptions& options) {
  const bool ends_tls = options.mode == "terminate" || options.mode == "reencrypt";
  if (ends_tls && is_one_of(options, {"weak-key"})) return "HAProxy loads no such key";
  if (!ends_tls && is_one_of(options, {"not-asked"})) return "no balancer asks there for a certificate: hairpin's responder always does";
  if (!ends_tls && is_one_of(options, {"identity-forwarded", "identity-forged", "identity-missing", "identity-lost", "connections-own", "connections-shared"})) return "nobody reads requests there";
  if (!ends_tls && is_one_of(options, {"units-differ"})) return "members show their own certificates there, each another one";
  if (options.mode != "reencrypt" && is_one_of(options, {"members-unverified", "none-shown", "refused-by-members"})) return "the balancer opens no TLS to members there";
  return {};
}

}  // namespace

const Fault kCertificates{
    .name = "certificates",
    .summary = "hosts have certificates of one authority that all of them trust, and so has a balancer that ends TLS. What is wrong with "
               "the balancer's there, elsewhere with the last member's: nothing; its root trusted for servers only; another root "
               "trusted; its certificate for another name, expired, not valid yet, not for servers, without its intermediate, with the root behind it, or with a key of RSA 1024 bits; clients not asked for theirs; "
               "(reencrypt) members not verified, shown none, or shown one that they refuse; or nothing, and the "
               "balancer tells members who the client is: always, beside what clients claim themselves, not at all, or only after a whole handshake. Who answers for the VIP, "
               "members or two units of the balancer: they seal sessions with one key, or each with its own; the units show two certificates. Clients have connections to members of their own, or share them. And with the last member's, in every mode: not for clients",
    .value = FaultValue::word,
    .default_value = "good",
    .words = "good root-for-servers other-root not-for-clients other-name expired not-yet-valid not-for-servers incomplete root-sent weak-key not-asked members-unverified none-shown refused-by-members "
             "identity-forwarded identity-forged identity-missing identity-lost tickets-shared tickets-own units-differ connections-own connections-shared",
    .objection = objection,
    .apply = apply};

}  // namespace hairpin::lab
