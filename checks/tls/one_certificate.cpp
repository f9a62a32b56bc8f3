// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"
#include "checks/tls/members_met.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-one-certificate";

/// Connections that were shown one chain.
struct Shown {
  const ProbeObservation* first = nullptr;
  std::size_t count = 0;
};

std::string fingerprint_of(const ProbeObservation& probe) {
  std::string all;
  for (const auto& certificate : probe.details->chain) all += certificate.sha256 + " ";
  return all;
}

const std::string& leaf_of(const Shown& shown) { return shown.first->details->chain.front().sha256; }

bool is_sound(const Shown& shown) {
  const auto& verification = shown.first->details->verification;
  return !verification || (verification->errors.empty() && (verification->name.empty() || verification->has_name));
}

std::string text_of(const Shown& shown, bool has_one_leaf) {
  const auto& chain = shown.first->details->chain;
  const auto& leaf = chain.front();
  auto text = fmt::format("{} times {}, serial {}, valid until {}, SHA-256 {}…", shown.count, short_name(leaf), leaf.serial, date(leaf.not_after),
                          leaf.sha256.substr(0, 16));
  if (has_one_leaf) text += fmt::format(" in a chain of {}", chain.size());
  return text;
}

std::vector<Shown> chains_of(const Examined& e, std::size_t& unseen) {
  std::map<std::string, Shown> chains;
  for (const auto* probe : e.connections) {
    if (probe->question != TlsQuestion::usual && probe->question != TlsQuestion::same_again) continue;
    const bool shows = probe->details && !probe->details->chain.empty();
    if (!shows) ++unseen;
    if (!shows) continue;
    auto& shown = chains[fingerprint_of(*probe)];
    if (!shown.first) shown.first = probe;
    ++shown.count;
  }
  std::vector<Shown> all;
  for (const auto& [fingerprint, shown] : chains) all.push_back(shown);
  std::sort(all.begin(), all.end(), [](const Shown& one, const Shown& other) { return one.count > other.count; });
  return all;
}

std::string_view cause_of(const std::vector<Shown>& chains, bool has_one_leaf) {
  const bool has_sound = std::any_of(chains.begin(), chains.end(), is_sound);
  const bool has_broken = !std::all_of(chains.begin(), chains.end(), is_sound);
  if (has_sound && has_broken) return "tls.certificate-fails-sometimes";
  return has_one_leaf ? "tls.chain-varies" : "tls.certificate-varies";
}

Finding judge_endpoint(const Examined& e) {
  std::size_t unseen = 0, seen = 0;
  const auto chains = chains_of(e, unseen);
  if (chains.empty() || e.all(TlsQuestion::same_again).empty()) return skip_unseen(kId, e);
  const bool has_one_leaf = std::all_of(chains.begin(), chains.end(), [&](const Shown& shown) { return leaf_of(shown) == leaf_of(chains.front()); });
  auto finding = finding_for(kId, e.subject);
  std::vector<std::string> texts;
  for (const auto& shown : chains) {
    finding.evidence.push_back(probe_evidence(*shown.first));
    texts.push_back(text_of(shown, has_one_leaf && chains.size() > 1));
    seen += shown.count;
  }
  finding.attempts = static_cast<std::uint32_t>(seen);
  finding.expected = "one certificate and one chain";
  finding.observed = joined(texts, "; ");
  if (chains.size() > 1) {
    set_cause(finding, cause_of(chains, has_one_leaf));
    finding.failed = static_cast<std::uint32_t>(seen - chains.front().count);
    finding.summary += ": " + finding.observed;
    return finding;
  }
  if (unseen > 0)
    return unknown(std::move(finding), "whether every member shows the same certificate is not known",
                   fmt::format("{} of {} connections showed none", unseen, seen + unseen), "see tls-handshake, and ask again");
  const auto members = members_met(seen);
  finding.summary = fmt::format("{} connections, one certificate: another on one of {} members would have been seen with 99.9 %", seen, members);
  if (members < 2) finding.summary = fmt::format("{} connections, one certificate", seen);
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::same_again); }

}  // namespace

const Check tls_one_certificate{
    .id = kId,
    .claim = "Every member, unit and processor behind the address shows the same certificate and chain",
    .source = "coupon collector's problem: attempts that see each of m members with 99.9 %",
    .needs = "probe; the number of members (--members)",
    .explanation =
        "The usual connection is made as often as it takes to meet each of the members (--members, 2 unless said otherwise: 11 connections; 3: 20) with "
        "99.9 %, where the balancer chooses at random or in turn; with persistence they all meet one. Where some of the certificates verify for the "
        "name and others do not, it is `tls.certificate-fails-sometimes`: some clients fail, sometimes. Where all do, or nobody verified, another leaf is "
        "`tls.certificate-varies`, and the same leaf in another chain `tls.chain-varies`, both warnings. Connections that show no certificate "
        "make it inconclusive.",
    .judge = judge};

}  // namespace hairpin::checks
