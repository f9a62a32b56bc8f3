// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_set>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

bool wants_certificates(const LintCase& c, const Virtual& server) {
  const auto* intended = c.intent.of(server);
  return intended && (intended->expect.mutual_tls == MutualTls::required || intended->expect.mutual_tls == MutualTls::requested);
}

Origin origin_of(const LintCase& c, const ProfileUse& use, Text key) {
  const auto setting = c.config.setting(use.profile.value, key);
  return setting && setting->origin ? setting->origin : use.profile.origin;
}

void judge_client(const LintCase& c, const Virtual& server, const ProfileUse& use, LintFindings& into) {
  if (!is_known(c.config, use.profile.value)) return;  // a parent that is in no file may say it
  const auto mode = setting_or(c.config, use.profile.value, "peer-cert-mode", "ignore");
  const bool has_ca = !object_setting(c.config, use.profile.value, "ca-file").empty();
  if (mode == "ignore" && wants_certificates(c, server))
    into.push_back({{}, Severity::error, &server, origin_of(c, use, "peer-cert-mode"),
                    fmt::format("the topology wants client certificates, and {} asks for none (peer-cert-mode ignore)", shown(use.profile.value)),
                    change_profile(c.config, server, use, "peer-cert-mode require ca-file CA-FILE client-cert-ca CA-FILE"), {}});
  else if (mode != "ignore" && !has_ca)
    into.push_back({{}, Severity::error, &server, origin_of(c, use, "peer-cert-mode"),
                    fmt::format("{} says peer-cert-mode {} and has no ca-file: nothing verifies a client's certificate", shown(use.profile.value), shown(mode)),
                    change_profile(c.config, server, use, "ca-file CA-FILE client-cert-ca CA-FILE"), {}});
}

void judge_clients(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    for (const auto* use : profiles_of(c.config, server, "client-ssl")) judge_client(c, server, *use, into);
  });
}

/// Members see a client's certificate only where its TLS reaches them; where the BIG-IP ends it, it is the BIG-IP that asks.
bool members_want_certificates(const LintCase& c, const Virtual& server) {
  return wants_certificates(c, server) && c.intent.of(server)->expect.tls_mode == TlsMode::passthrough;
}

void judge_member_side(const LintCase& c, const Virtual& server, const ProfileUse& use, LintFindings& into) {
  if (!is_known(c.config, use.profile.value)) return;
  if (setting_or(c.config, use.profile.value, "peer-cert-mode", "ignore") == "ignore")
    into.push_back({{}, Severity::warning, &server, origin_of(c, use, "peer-cert-mode"),
                    fmt::format("{} takes any certificate from members (peer-cert-mode ignore): the way to them is encrypted, not authenticated",
                                shown(use.profile.value)),
                    change_profile(c.config, server, use, "peer-cert-mode require ca-file CA-FILE authenticate-name NAME-IN-CERTIFICATE"), {}});
  if (members_want_certificates(c, server) && object_setting(c.config, use.profile.value, "cert").empty())
    into.push_back({{}, Severity::warning, &server, origin_of(c, use, "cert"),
                    fmt::format("the topology says that members want client certificates, and {} has none to show", shown(use.profile.value)),
                    change_profile(c.config, server, use, "cert CERT-FILE key KEY-FILE"), {}});
}

void judge_members(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    for (const auto* use : profiles_of(c.config, server, "server-ssl")) judge_member_side(c, server, *use, into);
  });
}

constexpr std::array<std::string_view, 8> kWeak{"LOW", "EXP", "RC4", "MD5", "NULL", "SSLV3", "DES", "ADH"};

/// A word of the cipher string that lets something weak in: not "!RC4", "-RC4", nor "@…".
std::string weak_word(std::string ciphers) {
  std::transform(ciphers.begin(), ciphers.end(), ciphers.begin(), [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  for (std::size_t start = 0; start < ciphers.size();) {
    const auto end = std::min(ciphers.find_first_of(":, ", start), ciphers.size());
    auto word = ciphers.substr(start, end - start);
    const bool is_removed = word.starts_with('!') || word.starts_with('-') || word.starts_with('@');
    for (const auto weak : kWeak)
      if (!is_removed && word.find(weak) != std::string::npos) return word;
    start = end + 1;
  }
  return {};
}

/// What is old in a profile, and what mends it.
struct Old {
  std::string what;
  std::string change;             ///< settings of the profile
  std::vector<std::string> mend;  ///< of other objects
  void add(const std::string& found) { what += (what.empty() ? "" : ", ") + found; }
};

constexpr std::string_view kNoNewest = "no-tlsv1.3";

/// The same options but that one: whatever else they switch off stays off.
std::string without_newest(std::string_view options) {
  std::string left;
  while (!options.empty()) {
    const auto word = options.substr(0, options.find(' '));
    options.remove_prefix(std::min(word.size() + 1, options.size()));
    if (!word.empty() && word != kNoNewest) left += std::string(word) + " ";
  }
  return left.empty() ? "options none" : fmt::format("options {{ {}}}", left);
}

/// The rules of a cipher group; nothing where it excludes something, or is in no file: what is left nobody says.
std::vector<Name> rules_of_group(const LintCase& c, Name group) {
  const auto* object = c.config.find("ltm cipher group", group);
  if (!object || object->node->child("exclude") || object->node->child("require")) return {};
  std::vector<Name> rules;
  if (const auto* allowed = object->node->child("allow"))
    for (const auto& rule : allowed->block)
      if (rule.kind != NodeKind::comment) rules.push_back(rule.key());
  return rules;
}

void add_group(const LintCase& c, Name group, Old& old) {
  for (const auto name : rules_of_group(c, group)) {
    const auto* rule = c.config.find("ltm cipher rule", name);
    const auto* ciphers = rule ? rule->node->child("cipher") : nullptr;
    const auto word = ciphers ? weak_word(std::string(ciphers->word(1))) : std::string();
    if (word.empty()) continue;
    old.add(fmt::format("the cipher rule {} has {}", shown(name), shown(word)));
    old.mend.push_back(fmt::format("tmsh modify ltm cipher rule {} cipher {}:!{}", in_command(name), shown(ciphers->word(1)), shown(word)));
  }
}

Old old_of(const LintCase& c, Name profile) {
  Old old;
  const auto options = setting_or(c.config, profile, "options", "");
  if (options.find(kNoNewest) != std::string::npos) {
    old.add("TLS 1.3 is off (no-tlsv1.3, the shipped default)");
    old.change = without_newest(options);
  }
  // With a group BIG-IP does not look at the string.
  const auto group = object_setting(c.config, profile, "cipher-group");
  const auto ciphers = setting_or(c.config, profile, "ciphers", "");
  if (!group.empty()) {
    add_group(c, group, old);
  } else if (const auto word = weak_word(ciphers); !word.empty()) {
    old.add("ciphers has " + shown(word));
    old.change += fmt::format("{}ciphers {}:!{}", old.change.empty() ? "" : " ", shown(ciphers), shown(word));
  }
  if (setting_or(c.config, profile, "secure-renegotiation", "require") == "request") {
    old.add("secure-renegotiation is only requested");
    old.change += fmt::format("{}secure-renegotiation require", old.change.empty() ? "" : " ");
  }
  return old;
}

void judge_age(const LintCase& c, LintFindings& into) {
  std::unordered_set<Name> judged;
  each_server(c.config, [&](const Virtual& server) {
    for (const auto* use : profiles_of(c.config, server, "client-ssl")) {
      if (!judged.insert(use->profile.value).second) continue;
      auto old = old_of(c, use->profile.value);
      if (old.what.empty()) continue;
      auto mend = old.change.empty() ? std::vector<std::string>() : change_profile(c.config, server, *use, old.change);
      mend.insert(mend.end(), old.mend.begin(), old.mend.end());
      const auto* profile = c.config.profiles.find(use->profile.value);
      into.push_back({{}, Severity::information, profile ? static_cast<const Object*>(profile) : &server, profile ? profile->origin : use->profile.origin,
                      fmt::format("{}: {}", shown(use->profile.value), old.what), std::move(mend), {}});
    }
  });
}

}  // namespace

const LintRule kTls003{"TLS-003", "E", "client certificates that nobody asks for or verifies",
                       "With peer-cert-mode ignore no client is asked. With request or require and no ca-file none is verified.", judge_clients};
const LintRule kTls004{"TLS-004", "W", "members that nobody authenticates, or that want a certificate", "server-ssl takes any certificate unless told otherwise.",
                       judge_members};
const LintRule kTls006{"TLS-006", "I", "old TLS", "What the shipped client-ssl profile has: no TLS 1.3; and ciphers that clients of today refuse.", judge_age};

}  // namespace hairpin::f5
