// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-validity";

/// How long before the end a warning helps: a month, as issuers remind.
constexpr std::chrono::days kHorizon{30};

const CertificateFacts& first_to_end(const std::vector<CertificateFacts>& chain) {
  return *std::min_element(chain.begin(), chain.end(), [](const auto& left, const auto& right) { return left.not_after < right.not_after; });
}

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& details = *probe.details;
  const auto& soonest = first_to_end(details.chain);
  auto finding = finding_about(kId, e, probe);
  finding.expected = "every certificate is valid now, and for another " + std::to_string(kHorizon.count()) + " days";
  finding.observed = fmt::format("{} until {}", short_name(soonest), date(soonest.not_after));
  quote_chain(finding, details);
  quote(finding, errors_that(details, is_about_time));
  const auto now = probe.started;
  const auto is_early = [now](const CertificateFacts& certificate) { return now < certificate.not_before; };
  const auto young = std::find_if(details.chain.begin(), details.chain.end(), is_early);
  const auto at_the_anchor = errors_that(details, [&](const ChainError& error) {
    return is_about_time(error) && error.depth >= details.chain.size();
  });
  if (soonest.not_after <= now) {
    blame(finding, "tls.expired");
    finding.summary = fmt::format("{} expired on {}", short_name(soonest), date(soonest.not_after));
  } else if (young != details.chain.end()) {
    blame(finding, "tls.not-yet-valid");
    finding.summary = fmt::format("{} is not valid before {}", short_name(*young), date(young->not_before));
  } else if (!at_the_anchor.empty()) {
    blame(finding, at_the_anchor.front().code == x509::kExpired ? "tls.expired" : "tls.not-yet-valid");
    finding.summary = fmt::format("{}: {} (the trusted certificate)", at_the_anchor.front().subject, at_the_anchor.front().text);
  } else if (soonest.not_after - now < kHorizon) {
    blame(finding, "tls.expires-soon");
    finding.summary = fmt::format("{} expires in {} days, on {}", short_name(soonest), whole_days(soonest.not_after - now), date(soonest.not_after));
  } else {
    finding.summary = fmt::format("valid for another {} days", whole_days(soonest.not_after - now));
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_chains(c, kId, judge_endpoint); }

}  // namespace

const Check tls_validity{
    .id = kId,
    .claim = "Every certificate of the chain is valid now, and will be next month",
    .source = "RFC 5280 §4.1.2.5",
    .needs = "probe; a clock that is right",
    .explanation =
        "Dates are compared with the clock of the host that asked. Every certificate that was sent counts, and the trusted one "
        "at which the path ends. Less than 30 days left is `tls.expires-soon`, a warning.",
    .judge = judge};

}  // namespace hairpin::checks
