// SPDX-License-Identifier: Apache-2.0
// The command line that asks the same of the same server.
#include <algorithm>
#include <array>
#include <cctype>

#include "hairpin/tls/tls_test.hpp"

namespace hairpin {
namespace {

/// As a POSIX shell takes it for one word.
std::string quoted(const std::string& word) {
  const bool is_plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("/._+-:@[]%,=").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (is_plain && word.find('[') == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string_view word(MutualTls mode) {
  if (mode == MutualTls::none) return "none";
  return mode == MutualTls::requested ? "requested" : "required";
}

}  // namespace

std::string command_of(const TlsTest& test) {
  static const TlsTest usual;
  std::string text = "hairpin tls " + quoted(test.server);
  const auto add = [&](const char* option, const std::string& value) { text += std::string(" ") + option + " " + quoted(value); };
  const std::array<std::pair<const char*, const std::string*>, 10> kWords{{{"--name", &test.name},
                                                                          {"--other-name", &test.other_name},
                                                                          {"--ca", &test.ca_file},
                                                                          {"--crl", &test.list_file},
                                                                          {"--cert", &test.certificate_file},
                                                                          {"--key", &test.key_file},
                                                                          {"--client-ca", &test.client_ca_file},
                                                                          {"--client-ca-key", &test.client_ca_key_file},
                                                                          {"--revoked-cert", &test.revoked_file},
                                                                          {"--revoked-key", &test.revoked_key_file}}};
  for (const auto& [option, value] : kWords)
    if (!value->empty()) add(option, *value);
  if (!test.policy.empty()) add("--policy", test.policy);
  if (test.mutual) add("--expect-mutual", std::string(word(*test.mutual)));
  if (test.members != usual.members) add("--members", std::to_string(test.members));
  if (test.path != usual.path) add("--path", test.path);
  if (test.limit != usual.limit) add("--timeout", std::to_string(test.limit.count()));
  if (test.patience) add("--slow", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*test.patience).count()));
  return text;
}

}  // namespace hairpin
