// SPDX-License-Identifier: Apache-2.0
#include "checks/diagnosis/diagnose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "checks/causes.hpp"
#include "checks/diagnosis/remedy.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

/// Findings that one fault explains share this key; the cause in it names the diagnosis.
struct Fault {
  std::string cause;
  std::string place;  ///< virtual server, or the member at fault
  auto operator<=>(const Fault&) const = default;
};

bool is_snat_fault(std::string_view cause) {
  return cause == "return-path.bypasses-load-balancer" || cause == "return-path.self-hairpin" || cause == "snat.absent";
}

/// A missing SNAT is one fault of one virtual server, whichever promises it breaks and in both families.
Fault fault_of(const Finding& finding) {
  const auto server = finding.subject.pool + "/" + finding.subject.virtual_server;
  if (is_snat_fault(finding.cause)) return {"snat", server};
  const auto* row = find_cause(finding.cause);
  const bool is_members = row->owner == Owner::service || row->owner == Owner::host || row->owner == Owner::network;
  return {finding.cause, is_members && !finding.subject.member.empty() ? finding.subject.member : server};
}

/// The cause that names a SNAT fault: what breaks connections before what merely breaks a promise.
std::string leading_cause(const std::vector<const Finding*>& findings) {
  for (const auto* cause : {"return-path.bypasses-load-balancer", "return-path.self-hairpin"})
    for (const auto* finding : findings)
      if (finding->cause == cause) return cause;
  return findings.front()->cause;
}

std::string join(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string summary_of(const std::string& cause, const std::vector<const Finding*>& findings) {
  std::set<std::string> sources, members;
  for (const auto* finding : findings) {
    if (!finding->subject.source.empty()) sources.insert(finding->subject.source);
    if (!finding->subject.member.empty()) members.insert(finding->subject.member);
  }
  if (cause == "return-path.bypasses-load-balancer")
    return "members answer their neighbours directly: no SNAT, and the source is in the members' own subnet";
  const auto* row = find_cause(cause);
  std::string text(row->title);
  if (!members.empty()) text += fmt::format(" – member {}", join(members));
  if (!sources.empty()) text += fmt::format(" – seen from {}", join(sources));
  return text;
}

/// A balancer that ends TLS shows these of its own, or trusts too little: who issues certificates has done his part.
constexpr std::array<std::string_view, 8> kShownOrTrusted{"tls.chain-incomplete", "tls.chain-surplus", "tls.name-mismatch", "tls.expired",
                                                          "tls.expires-soon", "tls.not-yet-valid", "mtls.unknown-issuer", "mtls.not-for-clients"};

/// Whose the fault is: the service's where TLS ends at members, the balancer's where it ends there.
std::string_view owner_of(const Topology& topology, const Cause& cause, const Subject& subject) {
  const auto* pool = topology.pool(subject.pool);
  const auto* server = pool ? pool->virtual_server(subject.virtual_server) : nullptr;
  const bool is_about_tls = cause.check.starts_with("tls-") || cause.check.starts_with("mtls-");
  const bool is_at_balancer = is_about_tls && subject.member.empty() && server && ends_at_balancer(server->expect);
  const bool is_balancers = cause.owner == Owner::service || std::find(kShownOrTrusted.begin(), kShownOrTrusted.end(), cause.id) != kShownOrTrusted.end();
  return to_string(is_at_balancer && is_balancers ? Owner::load_balancer : cause.owner);
}

Diagnosis diagnosis_of(const Topology& topology, const std::vector<const Finding*>& findings) {
  Diagnosis diagnosis;
  diagnosis.cause = leading_cause(findings);
  const auto* row = find_cause(diagnosis.cause);
  diagnosis.owner = owner_of(topology, *row, findings.front()->subject);
  for (const auto* finding : findings) diagnosis.findings.push_back(finding->id);
  diagnosis.summary = summary_of(diagnosis.cause, findings);
  diagnosis.remedy = remedy_for(topology, diagnosis.cause, *findings.front());
  diagnosis.references = references_for(diagnosis.cause);
  return diagnosis;
}

}  // namespace

std::vector<Diagnosis> diagnose(const Topology& topology, const std::vector<Finding>& findings) {
  std::map<Fault, std::vector<const Finding*>> faults;
  std::vector<Fault> order;
  for (const auto& finding : findings) {
    const bool is_fault = finding.verdict == Verdict::fail || finding.verdict == Verdict::warn;
    if (!is_fault || finding.cause.empty()) continue;
    const auto fault = fault_of(finding);
    if (!faults.contains(fault)) order.push_back(fault);
    faults[fault].push_back(&finding);
  }
  std::vector<Diagnosis> diagnoses;
  for (const auto& fault : order) diagnoses.push_back(diagnosis_of(topology, faults[fault]));
  // What fails before what only warns, then what breaks most.
  std::stable_sort(diagnoses.begin(), diagnoses.end(), [](const auto& left, const auto& right) {
    const auto verdict = [](const Diagnosis& one) { return find_cause(one.cause)->verdict; };
    return std::tuple(verdict(left), right.findings.size()) < std::tuple(verdict(right), left.findings.size());
  });
  return diagnoses;
}

}  // namespace hairpin::checks
