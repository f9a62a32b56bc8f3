// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <set>
#include <sstream>

#include "topology/lab/faults/rows.hpp"
#include "topology/lab/modes/rows.hpp"

namespace hairpin::lab {
namespace {

constexpr std::array kModes = {&kFastL4, &kStandard, &kTerminate, &kReencrypt, &kNPath};
// First what moves hosts and legs, since the others name ports of the switch and routes.
constexpr std::array kFaults = {
    &kClientsInPoolSubnet, &kRouterBehindLb, &kTwoGateways,      &kWrongGateway,    &kRpFilter,
    &kMemberRefused,       &kMemberSilent,   &kVipRefused,       &kVipSilent,       &kFiltered,
    &kReplyLost,           &kLoss,           &kSnatWrongAddress, &kSnatUnused,      &kSnatMembersOnly,
    &kHidesMember,         &kForeignMember,  &kMonitorFails,     &kPersistence,     &kBalance,
    &kIdleExpiry,          &kIdleSilent,     &kNameElsewhere,    &kTlsMode,         &kNoAgent,         &kRealService,
    &kCertificates,
    &kNoTimestamps,        &kSourcePort,     &kSnatPorts,      &kBalancerLimit,  &kForeignTraffic,   &kHealthChecks,    &kGatewayOwnMac};

constexpr unsigned kMostMembers = 8;
constexpr std::size_t kLongestName = 24;

template <class Row>
std::string names(std::span<const Row* const> rows) {
  std::string text;
  for (const auto* row : rows) text += (text.empty() ? "" : ", ") + std::string(row->name);
  return text;
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), {}};
}

bool is_word_of(std::string_view words, const std::string& word) {
  const auto all = words_of(words);
  return std::ranges::find(all, word) != all.end();
}

Result<> check_name(const std::string& name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (!name.empty() && name.size() <= kLongestName && name.front() != '-' && std::ranges::all_of(name, fits))
    return {};
  return refusal(fmt::format("name a lab \"{}\"", name),
                 fmt::format("use a-z, 0-9 and '-', at most {} characters", kLongestName));
}

Result<const Mode*> choose_mode(const LabOptions& options) {
  const auto* mode = find_mode(options.mode);
  if (!mode)
    return refusal(fmt::format("build mode \"{}\"", options.mode), "there are " + names<Mode>(kModes));
  const auto snat = to_string(options.snat);
  if (!mode->translates && options.snat != SnatType::none)
    return refusal(fmt::format("build mode {} with --snat {}", mode->name, snat),
                   "members answer the client itself there: only --snat none makes sense");
  const auto expected = options.expected_snat.value_or(SnatType::none);
  if (!mode->translates && expected != SnatType::none)
    return refusal(fmt::format("declare --expect-snat {} of mode {}", to_string(expected), mode->name),
                   "nobody translates there: a topology with direct return promises no SNAT");
  return mode;
}

/// What may stand there, and what is wrong with `value` otherwise; empty: nothing.
std::string objection_to(const Fault& fault, const std::string& value, const Site& site) {
  const auto is_number = [&] {
    const bool is_digits = !value.empty() && value.size() <= 5 && std::ranges::all_of(value, [](unsigned char c) { return std::isdigit(c); });
    return is_digits && std::stoul(value) >= fault.least && std::stoul(value) <= fault.most;
  };
  switch (fault.value) {
    case FaultValue::none:
      return value.empty() ? "" : fmt::format("{} takes no value", fault.name);
    case FaultValue::word:
      if (is_word_of(fault.words, value)) return "";
      return fmt::format("write {}={}", fault.name, fmt::join(words_of(fault.words), fmt::format(" or {}=", fault.name)));
    case FaultValue::number:
      return is_number() ? "" : fmt::format("write {}=N with N from {} to {}", fault.name, fault.least, fault.most);
    case FaultValue::member: {
      const auto members = site.members();
      if (std::ranges::find(members, value) != members.end() || is_word_of(fault.words, value)) return "";
      return fmt::format("there is no member \"{}\": members are {} to {}", value, members.front(), members.back());
    }
    case FaultValue::host:
      if (value == fault.default_value || site.has_host(value)) return "";
      return fmt::format("there is no host \"{}\": there are client1, oc01 … and bigip", value);
  }
  return "";
}

Result<std::string> choose_value(const Fault& fault, const std::string& given, const Site& site) {
  const auto value = given.empty() ? std::string(fault.default_value) : given;
  auto objection = objection_to(fault, value, site);
  if (objection.empty()) return value;
  return refusal(fmt::format("apply --fault {}{}", fault.name, given.empty() ? "" : "=" + given), std::move(objection));
}

Result<> apply_faults(Site& site) {
  std::set<std::pair<std::string, std::string>> taken;
  for (auto& choice : site.options.faults) {
    const auto* fault = find_fault(choice.name);
    if (!fault)
      return refusal(fmt::format("apply --fault \"{}\"", choice.name), "there are " + names<Fault>(kFaults));
    const auto objection = fault->objection(site.options);
    if (!objection.empty())
      return refusal(fmt::format("apply --fault {} to {} with --snat {}", choice.name, site.options.mode,
                                 to_string(site.options.snat)),
                     objection);
    auto value = choose_value(*fault, choice.value, site);
    if (!value) return value.error();
    const auto group = std::string(fault->group.empty() ? fault->name : fault->group);
    // What has one word for the whole site takes the last one alone; others may name another member, or network.
    if (!taken.emplace(group, fault->value == FaultValue::word ? "" : *value).second)
      return refusal(fmt::format("apply --fault {}", to_string(choice)),
                     "it was given twice, or another fault already decides the same thing");
    fault->apply(site, *value);
    choice.value = *value;
  }
  const auto& balancer = site.balancer;
  if (balancer.selectable.empty() && balancer.down.empty())
    return refusal("hide every member", "leave one that can be selected");
  return {};
}

}  // namespace

std::span<const Mode* const> modes() { return kModes; }
std::span<const Fault* const> faults() { return kFaults; }

const Mode* find_mode(std::string_view name) {
  const auto found = std::ranges::find(kModes, name, &Mode::name);
  return found == kModes.end() ? nullptr : *found;
}

const Fault* find_fault(std::string_view name) {
  const auto found = std::ranges::find(kFaults, name, &Fault::name);
  return found == kFaults.end() ? nullptr : *found;
}

std::string always_applies(const LabOptions&) noexcept { return {}; }

std::string not_with_npath(const LabOptions& options) {
  return options.mode == "npath" ? "nPath forwards packets and keeps no connections" : "";
}

std::string to_string(const FaultChoice& fault) {
  return fault.value.empty() ? fault.name : fault.name + "=" + fault.value;
}

FaultChoice parse_fault(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return {text, ""};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Result<Site> design_site(const LabOptions& options) {
  if (auto named = check_name(options.name); !named) return named.error();
  if (options.members < 1 || options.members > kMostMembers)
    return refusal(fmt::format("build a pool of {} members", options.members),
                   fmt::format("--members takes 1 to {}", kMostMembers));
  const auto mode = choose_mode(options);
  if (!mode) return mode.error();
  auto site = seed_site(options);
  (*mode)->lay_out(site);
  if (auto applied = apply_faults(site); !applied) return applied.error();
  (*mode)->configure(site);
  return site;
}

}  // namespace hairpin::lab
