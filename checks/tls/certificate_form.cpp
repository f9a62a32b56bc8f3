// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-certificate-form";

/// Positive, and 20 octets at most with the sign (RFC 5280 §4.1.2.2). `serial` is hex.
bool is_sound_serial(const std::string& serial) {
  if (serial.empty() || serial.front() == '-' || serial.find_first_not_of('0') == std::string::npos) return false;
  const auto digits = serial.size() - std::min(serial.find_first_not_of('0'), serial.size());
  constexpr std::size_t kMostDigits = 40;
  const bool has_top_bit = digits == kMostDigits && serial[serial.size() - digits] >= '8';
  return digits <= kMostDigits && !has_top_bit;
}

bool is_odd_name(const std::string& name) { return name.find_first_of("_ ") != std::string::npos; }

std::vector<std::string> faults_of(const CertificateFacts& leaf) {
  std::vector<std::string> faults;
  if (!is_sound_serial(leaf.serial)) faults.push_back("its serial number is not from 1 to 20 octets: " + leaf.serial);
  if (leaf.version != 3) faults.push_back(fmt::format("it is of version {}", leaf.version));
  if (leaf.is_authority) faults.emplace_back("it may issue others (CA:TRUE)");
  if (leaf.dns_names.empty() && leaf.addresses.empty()) faults.emplace_back("no subject alternative name is a DNS name or an address");
  for (const auto& name : leaf.dns_names)
    if (is_odd_name(name)) faults.push_back("no host has the name \"" + name + "\"");
  return faults;
}

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& leaf = probe.details->chain.front();
  const auto faults = faults_of(leaf);
  auto finding = finding_about(kId, e, probe);
  finding.expected = "a certificate of a server as RFC 5280 has it";
  finding.observed = faults.empty() ? "well formed" : joined(faults, "; ");
  finding.summary = short_name(leaf) + " is well formed";
  if (!faults.empty()) blame(finding, "tls.certificate-malformed", short_name(leaf) + ": " + finding.observed);
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_chains(c, kId, judge_endpoint); }

}  // namespace

const Check tls_certificate_form{
    .id = kId,
    .claim = "The server's certificate has the form that every client takes",
    .source = "RFC 5280 §4.1.2, §4.2.1.6, §4.2.1.9; CA/Browser Forum Baseline Requirements 7.1",
    .needs = "probe",
    .explanation =
        "OpenSSL takes certificates that stricter clients refuse. `tls.certificate-malformed`, a warning: a serial number that is "
        "zero, negative or longer than 20 octets; not version 3; basicConstraints CA:TRUE in the server's own certificate; no DNS name "
        "or address among the subject alternative names; a DNS name with an underscore or a space.",
    .judge = judge};

}  // namespace hairpin::checks
