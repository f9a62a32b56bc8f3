// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/f5_config.hpp"

#include <fmt/format.h>

namespace hairpin::f5 {
namespace {

std::string address(std::size_t number, unsigned first) {
  return fmt::format("{}.{}.{}.{}", first, number / 65536 % 256, number / 256 % 256, number % 256);
}

void append_networks(std::string& text) {
  text += "#TMSH-VERSION: 15.1.8.2\n\n";
  for (const auto* name : {"external", "internal"})
    text += fmt::format("net vlan /Common/{} {{\n    interfaces {{\n        1.1 {{\n            tagged\n        }}\n    }}\n    tag 10\n}}\n", name);
  text += "net self /Common/internal_float {\n    address 11.0.0.1/8\n    allow-service all\n    traffic-group "
          "/Common/traffic-group-1\n    vlan /Common/internal\n}\n";
}

void append_pool(std::string& text, std::size_t i) {
  text += fmt::format("ltm monitor https /Common/app{0}_mon {{\n    adaptive disabled\n    cipherlist DEFAULT\n    compatibility enabled\n"
                      "    defaults-from /Common/https\n    destination *:*\n    interval 5\n    ip-dscp 0\n    recv \"200 OK\"\n"
                      "    send \"GET /app{0}/health HTTP/1.1\\\\r\\\\nHost: app{0}.example.com\\\\r\\\\nConnection: close\\\\r\\\\n\"\n"
                      "    time-until-up 0\n    timeout 16\n}}\n",
                      i);
  text += fmt::format("ltm pool /Common/app{0}_pool {{\n    description \"Pool of application {0}\"\n    load-balancing-mode "
                      "least-connections-member\n    members {{\n",
                      i);
  for (std::size_t member = 0; member < 3; ++member)
    text += fmt::format("        /Common/{0}:8443 {{\n            address {0}\n            priority-group 10\n            ratio 1\n        }}\n",
                        address(i * 3 + member + 10, 11));
  text += fmt::format("    }}\n    min-active-members 1\n    monitor /Common/app{}_mon and /Common/tcp\n    service-down-action reset\n}}\n", i);
  for (std::size_t member = 0; member < 3; ++member)
    text += fmt::format("ltm node /Common/{0} {{\n    address {0}\n}}\n", address(i * 3 + member + 10, 11));
}

void append_virtual(std::string& text, std::size_t i) {
  const auto vip = address(i, 10);
  text += fmt::format("ltm profile client-ssl /Common/app{0}_ssl {{\n    app-service none\n    cert-key-chain {{\n        app{0} {{\n"
                      "            cert /Common/app{0}.crt\n            key /Common/app{0}.key\n        }}\n    }}\n    ciphers DEFAULT\n"
                      "    defaults-from /Common/clientssl\n    inherit-certkeychain false\n    options {{\n        dont-insert-empty-fragments\n"
                      "        no-tlsv1\n    }}\n    peer-cert-mode ignore\n}}\n",
                      i);
  text += fmt::format("ltm virtual-address /Common/{0} {{\n    address {0}\n    arp enabled\n    icmp-echo enabled\n    mask 255.255.255.255\n"
                      "    traffic-group /Common/traffic-group-1\n}}\n",
                      vip);
  text += fmt::format("ltm virtual /Common/app{0}_443 {{\n    creation-time 2024-01-01:00:00:00\n    description \"Application {0}, port 443\"\n"
                      "    destination /Common/{1}:443\n    ip-protocol tcp\n    last-modified-time 2024-01-01:00:00:00\n"
                      "    mask 255.255.255.255\n    persist {{\n        /Common/source_addr {{\n            default yes\n        }}\n    }}\n"
                      "    pool /Common/app{0}_pool\n    profiles {{\n        /Common/app{0}_ssl {{\n            context clientside\n        }}\n"
                      "        /Common/http {{ }}\n        /Common/serverssl {{\n            context serverside\n        }}\n"
                      "        /Common/tcp {{ }}\n    }}\n{2}    serverssl-use-sni disabled\n    source 0.0.0.0/0\n"
                      "    source-address-translation {{\n        type automap\n    }}\n    translate-address enabled\n    translate-port enabled\n"
                      "    vlans {{\n        /Common/external\n    }}\n    vlans-enabled\n    vs-index {0}\n}}\n",
                      i, vip, i % 10 == 0 ? fmt::format("    rules {{\n        /Common/app{}_rule\n    }}\n", i) : "");
}

void append_rule(std::string& text, std::size_t i) {
  text += fmt::format("ltm rule /Common/app{0}_rule {{\nwhen HTTP_REQUEST {{\n    # {{ commented\n    if {{ [HTTP::uri] starts_with "
                      "\"/app{0}\" }} {{\n        pool /Common/app{0}_pool\n    }} else {{\n        HTTP::redirect \"https://[HTTP::host]/app{0}\"\n"
                      "    }}\n}}\n}}\n",
                      i);
}

}  // namespace

std::string generated_config(std::size_t virtuals) {
  std::string text;
  text.reserve(virtuals * 2400);
  append_networks(text);
  for (std::size_t i = 0; i < virtuals; ++i) {
    append_pool(text, i);
    if (i % 10 == 0) append_rule(text, i);
    append_virtual(text, i);
  }
  return text;
}

}  // namespace hairpin::f5
