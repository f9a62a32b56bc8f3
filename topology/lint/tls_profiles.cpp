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

std::string set(std::string_view type, const ProfileUse& use, std::string_view what) {
  return fmt::format("tmsh modify ltm profile {} {} {}", type, shown(use.profile.value), what);
}

void judge_clients(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    const auto* use = profile_of(c.config, server, "client-ssl");
    if (!use) return;
    const auto mode = setting_or(c.config, use->profile.value, "peer-cert-mode", "ignore");
    if (mode == "ignore") {
      if (!wants_certificates(c, server)) return;
      into.push_back({{}, Severity::error, &server, origin_of(c, *use, "peer-cert-mode"),
                      fmt::format("the topology wants client certificates, and {} asks for none (peer-cert-mode ignore)", shown(use->profile.value)),
                      {set("client-ssl", *use, "peer-cert-mode require ca-file CA-FILE client-cert-ca CA-FILE")}, {}});
    } else if (object_setting(c.config, use->profile.value, "ca-file").empty()) {
      into.push_back({{}, Severity::error, &server, origin_of(c, *use, "peer-cert-mode"),
                      fmt::format("{} says peer-cert-mode {} and has no ca-file: nothing verifies a client's certificate", shown(use->profile.value), shown(mode)),
                      {set("client-ssl", *use, "ca-file CA-FILE client-cert-ca CA-FILE")}, {}});
    }
  });
}

void judge_members(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    const auto* use = profile_of(c.config, server, "server-ssl");
    if (!use) return;
    if (setting_or(c.config, use->profile.value, "peer-cert-mode", "ignore") == "ignore")
      into.push_back({{}, Severity::warning, &server, origin_of(c, *use, "peer-cert-mode"),
                      fmt::format("{} takes any certificate from members (peer-cert-mode ignore): the way to them is encrypted, not authenticated",
                                  shown(use->profile.value)),
                      {set("server-ssl", *use, "peer-cert-mode require ca-file CA-FILE authenticate-name NAME")}, {}});
    if (wants_certificates(c, server) && object_setting(c.config, use->profile.value, "cert").empty())
      into.push_back({{}, Severity::warning, &server, origin_of(c, *use, "cert"),
                      fmt::format("the topology says that members want client certificates, and {} has none to show", shown(use->profile.value)),
                      {set("server-ssl", *use, "cert CERT-FILE key KEY-FILE")}, {}});
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

std::string old_of(const LintCase& c, Name profile) {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
  if (setting_or(c.config, profile, "options", "").find("no-tlsv1.3") != std::string::npos) add("TLS 1.3 is off (no-tlsv1.3, the shipped default)");
  if (const auto word = weak_word(setting_or(c.config, profile, "ciphers", "")); !word.empty()) add("ciphers has " + shown(word));
  if (setting_or(c.config, profile, "secure-renegotiation", "require") == "request") add("secure-renegotiation is only requested");
  return text;
}

void judge_age(const LintCase& c, LintFindings& into) {
  std::unordered_set<Name> judged;
  each_server(c.config, [&](const Virtual& server) {
    const auto* use = profile_of(c.config, server, "client-ssl");
    if (!use || !judged.insert(use->profile.value).second) return;
    const auto old = old_of(c, use->profile.value);
    if (old.empty()) return;
    const auto* profile = c.config.profiles.find(use->profile.value);
    into.push_back({{}, Severity::information, profile ? static_cast<const Object*>(profile) : &server, profile ? profile->origin : use->profile.origin,
                    fmt::format("{}: {}", shown(use->profile.value), old), {set("client-ssl", *use, "options { dont-insert-empty-fragments } ciphers DEFAULT")}, {}});
  });
}

}  // namespace

const LintRule kTls003{"TLS-003", "E", "client certificates that nobody asks for or verifies",
                       "With peer-cert-mode ignore no client is asked. With request or require and no ca-file none is verified.", judge_clients};
const LintRule kTls004{"TLS-004", "W", "members that nobody authenticates, or that want a certificate", "server-ssl takes any certificate unless told otherwise.",
                       judge_members};
const LintRule kTls006{"TLS-006", "I", "old TLS", "What the shipped client-ssl profile has: no TLS 1.3; and ciphers that clients of today refuse.", judge_age};

}  // namespace hairpin::f5
