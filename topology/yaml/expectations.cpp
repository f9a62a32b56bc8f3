// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/draft.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin::yaml {
namespace {

constexpr Choice<ReturnPath> kReturnPaths[] = {{"through_load_balancer", ReturnPath::through_load_balancer},
                                               {"direct", ReturnPath::direct}};
constexpr Choice<SnatType> kSnatTypes[] = {
    {"none", SnatType::none}, {"automap", SnatType::automap}, {"pool", SnatType::pool}};
constexpr Choice<TlsMode> kTlsModes[] = {{"passthrough", TlsMode::passthrough},
                                         {"terminate", TlsMode::terminate},
                                         {"reencrypt", TlsMode::reencrypt}};
constexpr Choice<MutualTls> kMutual[] = {
    {"none", MutualTls::none}, {"requested", MutualTls::requested}, {"required", MutualTls::required}};
constexpr Choice<std::string_view> kPolicies[] = {{"modern", "modern"}, {"intermediate", "intermediate"}, {"legacy", "legacy"}};
constexpr Choice<bool> kPersistence[] = {{"source", true}};

template <class T, std::size_t N>
auto one_of(const Choice<T> (&choices)[N]) {
  return [&choices](const Value& node, const std::string& path, Reading& reading) {
    return read_choice(node, path, choices, reading);
  };
}

void read_from(const Value& item, const std::string& path, SnatRule& rule, Draft& draft, Reading& reading) {
  const auto& word = item.text;
  const bool is_word = item.kind == Kind::scalar && (word == "any" || word == "members");
  if (is_word || (item.kind == Kind::scalar && parse_prefix(word))) {
    rule.from.push_back(word);
  } else if (item.kind == Kind::scalar && parse_address(word)) {
    reading.wrong(item, path, "any, members, a host or a prefix",
                  "write " + word + (word.find(':') == word.npos ? "/32" : "/128"));
  } else if (item.kind == Kind::scalar && word.find('/') != word.npos) {
    read_prefix(item, path, reading);
  } else if (item.kind == Kind::scalar && is_name(word)) {
    rule.from.push_back(word);
    draft.host_uses.push_back({HostRole::snat_from, {word, &item, path}});
  } else {
    reading.wrong(item, path, "any, members, a host or a prefix");
  }
}

void read_snat_addresses(const Section& section, SnatRule& rule, Draft& draft, Reading& reading) {
  const auto path = section.path("addresses");
  const auto* list = section.find("addresses");
  if (!list) {
    if (rule.type == SnatType::pool)
      reading.problem(section.node(), section.path() + " is of type pool, but has no addresses",
                      "add \"addresses\": list of IP addresses");
    return;
  }
  if (rule.type != SnatType::pool) {
    reading.problem(*list, path + " is for type pool, not for " + std::string(to_string(rule.type)),
                    "write type: pool, or remove the addresses");
    return;
  }
  each_item(*list, path, "a list of IP addresses", kMostRules, true, reading, [&](const Value& item) {
    const auto address = read_address(item, path, reading);
    if (!address) return;
    rule.addresses.push_back(*address);
    draft.address_uses.push_back({AddressRole::snat, {*address, &item, path}, {}});
  });
}

std::optional<SnatRule> read_snat_rule(const Value& node, const std::string& path, Draft& draft,
                                       Reading& reading) {
  const Section section(node, path, kSnatKeys, reading);
  const auto type = section.need("type", one_of(kSnatTypes));
  SnatRule rule;
  if (const auto* from = section.find("from"))
    each_item(*from, section.path("from"), "a list of any, members, hosts and prefixes", kMostHosts, true,
              reading,
              [&](const Value& item) { read_from(item, section.path("from"), rule, draft, reading); });
  if (!type) return {};
  rule.type = *type;
  read_snat_addresses(section, rule, draft, reading);
  return rule;
}

bool matches_any(const SnatRule& rule) {
  if (rule.from.empty()) return true;
  for (const auto& word : rule.from)
    if (word == "any") return true;
  return false;
}

std::vector<SnatRule> read_snat(const Value& node, const std::string& path, Draft& draft, Reading& reading) {
  std::vector<SnatRule> rules;
  if (node.kind == Kind::map) {
    if (auto rule = read_snat_rule(node, path, draft, reading)) rules.push_back(std::move(*rule));
    return rules;
  }
  if (node.kind == Kind::scalar) {
    reading.wrong(node, path, "a SNAT rule or a list of them", "write { type: none }, for example");
    return rules;
  }
  each_item(node, path, "a SNAT rule or a list of them", kMostRules, true, reading, [&](const Value& item) {
    if (!rules.empty() && matches_any(rules.back()))
      reading.problem(
          item, path + ": this rule is never reached: the first match wins, and the one before is for any",
          "put the rule for any last");
    if (auto rule = read_snat_rule(item, path, draft, reading)) rules.push_back(std::move(*rule));
  });
  return rules;
}

}  // namespace

ExpectDraft read_expectation(const Section& section, ExpectDraft defaults, Draft& draft, Reading& reading) {
  auto& expect = defaults.expect;
  if (const auto path = section.get("return_path", one_of(kReturnPaths))) expect.return_path = *path;
  if (const auto* snat = section.find("snat"))
    expect.snat = read_snat(*snat, section.path("snat"), draft, reading);
  if (const auto* node = section.find("tls")) {
    const Section tls(*node, section.path("tls"), kTlsKeys, reading);
    if (const auto mode = tls.get("mode", one_of(kTlsModes))) expect.tls_mode = mode;
    if (const auto mutual = tls.get("mutual", one_of(kMutual))) expect.mutual_tls = mutual;
    if (const auto header = tls.get("identity_header", read_field_name)) expect.identity_header = *header;
    if (const auto shared = tls.get("shared_sessions", read_bool)) expect.shares_sessions = *shared;
    if (const auto own = tls.get("own_connections", read_bool)) expect.has_own_connections = *own;
    if (const auto policy = tls.get("policy", one_of(kPolicies))) expect.tls_policy = *find_tls_policy(*policy);
  }
  if (const auto idle = section.get("idle", read_duration)) expect.idle = idle;
  if (section.get("persistence", one_of(kPersistence))) defaults.has_persistence = true;
  return defaults;
}

}  // namespace hairpin::yaml
