// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "fixtures.hpp"

/// Pieces of a configuration, for near misses that differ in a line: clients in 10.1.0.0/24, members in 10.2.0.0/24.
namespace hairpin::f5 {

inline const std::string kNetworks = R"(net vlan /Common/clients { }
net vlan /Common/servers { }
net self /Common/clients_own {
    address 10.1.0.5/24
    traffic-group /Common/traffic-group-local-only
    vlan /Common/clients
}
net self /Common/servers_float {
    address 10.2.0.4/24
    traffic-group /Common/traffic-group-1
    vlan /Common/servers
}
)";

inline const std::string kMembers = R"(ltm pool /Common/p {
    members {
        /Common/m1:444 {
            address 10.2.0.21
        }
        /Common/m2:444 {
            address 10.2.0.22
        }
    }
    monitor /Common/tcp
}
)";

inline const std::string kAutomapped = "    source-address-translation {\n        type automap\n    }\n";

inline std::string server_at(const std::string& destination, const std::string& more, const std::string& name = "v") {
  return "ltm virtual " + tmsh_word("/Common/" + name) + " {\n    destination /Common/" + destination + "\n    ip-protocol tcp\n    pool /Common/p\n" + more + "}\n";
}

inline std::string profiles(const std::string& names) {
  std::string text = "    profiles {\n";
  std::istringstream words(names);
  for (std::string name; words >> name;) text += "        /Common/" + name + " { }\n";
  return text + "    }\n";
}

inline Known sources(const std::string& prefix) { return {{{prefix, *parse_prefix(prefix)}}, {}}; }

/// What one rule finds.
inline LintFindings found(std::string_view rule, const Config& config, const Known& known = {}, const Intent& intent = {}) {
  auto all = lint(config, known, intent);
  std::erase_if(all, [&](const LintFinding& finding) { return finding.rule != rule; });
  return all;
}

inline std::size_t count(std::string_view rule, const std::string& text, const Known& known = {}) { return found(rule, config_of(text), known).size(); }

}  // namespace hairpin::f5
