// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/cipher_class.hpp"
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-cipher";

struct Row {
  CipherClass kind;
  TlsQuestion question;
};
constexpr Row kRows[] = {{CipherClass::unencrypted, TlsQuestion::cipher_unencrypted},
                         {CipherClass::anonymous, TlsQuestion::cipher_anonymous},
                         {CipherClass::export_grade, TlsQuestion::cipher_export_grade},
                         {CipherClass::rc4, TlsQuestion::cipher_rc4},
                         {CipherClass::triple_des, TlsQuestion::cipher_triple_des},
                         {CipherClass::static_rsa, TlsQuestion::cipher_static_rsa},
                         {CipherClass::cbc, TlsQuestion::cipher_cbc}};

enum class Taken { yes, no, unknown };

Taken taken(const ProbeObservation& probe) {
  if (probe.details && probe.details->choice) return Taken::yes;
  const bool was_refused = (probe.alert && !probe.alert->was_sent) || probe.end == End::closed || probe.end == End::reset;
  return was_refused ? Taken::no : Taken::unknown;
}

std::string name_of(CipherClass kind, std::uint32_t number) {
  for (const auto& suite : ciphers_of(kind))
    if (suite.number == number) return std::string(suite.name);
  return fmt::format("0x{:04X}", number);
}

bool is_forbidden(CipherClass kind, const std::optional<TlsPolicy>& policy) {
  if (!policy) return false;
  const auto& list = policy->forbidden_ciphers;
  return std::find(list.begin(), list.end(), kind) != list.end();
}

struct Classes {
  std::vector<std::string> taken, refused, unknown, forbidden, useless;
};

Classes classes_of(const Examined& e) {
  Classes all;
  for (const auto& [kind, question] : kRows) {
    const auto* probe = e.asked(question);
    if (!probe) continue;
    const std::string words(words_for(kind));
    const auto is = taken(*probe);
    if (is == Taken::no) all.refused.push_back(words);
    const bool is_unwanted = protects_nothing(kind) || is_forbidden(kind, e.expect->tls_policy);
    if (is == Taken::unknown && is_unwanted) all.unknown.push_back(words);
    if (is != Taken::yes) continue;
    const auto text = fmt::format("{} ({})", words, name_of(kind, probe->details->choice->cipher));
    all.taken.push_back(text);
    if (protects_nothing(kind))
      all.useless.push_back(text);
    else if (is_unwanted)
      all.forbidden.push_back(text);
  }
  return all;
}

Finding judge_endpoint(const Examined& e) {
  if (!e.asked(TlsQuestion::cipher_static_rsa)) return skip_unseen(kId, e);
  auto finding = finding_for(kId, e.subject);
  for (const auto& row : kRows)
    if (const auto* probe = e.asked(row.question)) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(finding.evidence.size());
  const auto all = classes_of(e);
  const auto& policy = e.expect->tls_policy;
  finding.expected = policy ? "policy " + policy->name : "encryption and a certificate";
  finding.observed = finding.summary = taken_text(all.taken, all.refused, all.unknown);
  if (!all.useless.empty()) {
    set_cause(finding, "tls.cipher-useless");
    finding.summary = "takes " + joined(all.useless);
  } else if (!all.forbidden.empty()) {
    set_cause(finding, "tls.cipher-forbidden");
    finding.summary = fmt::format("takes {}, which policy {} forbids", joined(all.forbidden), policy->name);
  } else if (!all.unknown.empty()) {
    return unknown(std::move(finding), "not known: " + joined(all.unknown), "the server neither took nor refused them",
                   "look at the connections in the evidence, then run again");
  } else if (!policy && !all.taken.empty()) {
    finding.verdict = Verdict::info;
  }
  if (finding.verdict == Verdict::fail) finding.failed = static_cast<std::uint32_t>(all.useless.size() + all.forbidden.size());
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::cipher_static_rsa); }

}  // namespace

const Check tls_cipher{
    .id = kId,
    .claim = "The server takes no cipher that protects nothing, and none that the policy forbids",
    .source = "the policy (--policy); RFC 9325 §4.1, RFC 7465 for RC4",
    .needs = "probe",
    .explanation =
        "One connection offers the ciphers of one class alone, in TLS 1.2, and reads the ServerHello: ciphers without encryption, without "
        "certificate, export ciphers, RC4, 3DES, RSA key exchange (without forward secrecy), CBC (with forward secrecy, without authenticated encryption). OpenSSL has dropped some of them, so the "
        "list of the ClientHello is our own, and no handshake is completed with it. The first three are `tls.cipher-useless`, "
        "whatever the policy says; the others are `tls.cipher-forbidden` where the policy names them (modern and intermediate all of "
        "them, as Mozilla's list has none of them; legacy RC4). An alert and the end of the connection are refusals, silence is not known.",
    .judge = judge};

}  // namespace hairpin::checks
