// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "topology/f5/input.hpp"
#include "topology/predict/predict.hpp"

/// The seed site in the words of a BIG-IP: clients in 10.137.1.0/24, members and the VIP in 10.137.2.0/24.
namespace hairpin::f5 {

inline Config config_of(const std::string& text) {
  auto config = read_config_text("bigip.conf", text);
  EXPECT_TRUE(config) << (config ? "" : describe(config.error()));
  return config ? std::move(*config) : Config();
}

inline const std::string kSelfs = R"(net self /Common/servers_own {
    address 10.137.2.5/24
    traffic-group /Common/traffic-group-local-only
    vlan /Common/servers
}
net self /Common/clients_own {
    address 10.137.1.5/24
    traffic-group /Common/traffic-group-local-only
    vlan /Common/clients
}
net vlan /Common/servers { }
net vlan /Common/clients { }
)";
inline const std::string kFloating = R"(net self /Common/servers_float {
    address 10.137.2.4/24
    traffic-group /Common/traffic-group-1
    vlan /Common/servers
}
)";

inline std::string pool(const std::string& more = "", const std::string& first = "10.137.2.21") {
  return "ltm pool /Common/p {\n" + more + "    members {\n        /Common/oc01:444 {\n            address " + first +
         "\n        }\n        /Common/oc02:444 {\n            address 10.137.2.22\n        }\n    }\n}\n";
}

inline std::string server(const std::string& more) {
  return "ltm virtual /Common/v {\n    destination /Common/10.137.2.11:444\n    ip-protocol tcp\n    mask 255.255.255.255\n    pool /Common/p\n" + more + "}\n";
}

inline const std::string kAutomap = "    source-address-translation {\n        type automap\n    }\n";
inline const std::string kSnatPool = "    source-address-translation {\n        pool /Common/sp\n        type snat\n    }\n";

inline Known clients(const std::string& prefix) { return {{{prefix, *parse_prefix(prefix)}}, {}}; }

/// The path of a source to a member, both by the beginning of their names.
inline const Prediction* path(const Predictions& predictions, const std::string& source, const std::string& member) {
  for (const auto& each : predictions.paths)
    if (each.source == source && each.member->key.find(member) != Text::npos) return &each;
  ADD_FAILURE() << "no path from " << source << " to " << member;
  return nullptr;
}

inline std::string reasons(const Config& config, const Prediction& prediction) {
  std::string text;
  for (const auto& reason : prediction.reasons) text += reason.text + " [" + config.place(place_of(reason)) + "]\n";
  return text;
}

}  // namespace hairpin::f5
