// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/f5/corpus.hpp"
#include "tests/unit/f5/read.hpp"

namespace hairpin::f5 {
namespace {

using testing::ElementsAre;

Config batfish(const std::string& name) { return config_of(text_of(corpus() / name), name); }
std::string address(const Member& member) {
  return member.address.value ? to_string(*member.address.value) : "unknown";
}

TEST(F5Model, ReadsAVirtualServerWithTheLineOfEachValue) {
  const auto config = config_of(
      "ltm virtual /Common/vs {\n    destination /Common/10.137.2.11:444\n    ip-protocol tcp\n    mask 255.255.255.255\n"
      "    pool /Common/p\n    profiles {\n        /Common/clientssl {\n            context clientside\n        }\n"
      "        /Common/tcp { }\n    }\n    rules {\n        /Common/r\n    }\n    source 10.0.0.0/8\n"
      "    source-address-translation {\n        pool /Common/sp\n        type snat\n    }\n    source-port change\n"
      "    translate-address disabled\n    vlans {\n        /Common/internal\n    }\n    vlans-enabled\n}\n");
  const auto* server = config.virtuals.find("/Common/vs");
  ASSERT_TRUE(server);
  ASSERT_TRUE(server->destination.value);
  EXPECT_EQ(to_string(server->destination.value->network), "10.137.2.11/32");
  EXPECT_EQ(server->destination.value->port, 444);
  EXPECT_EQ(server->destination.value->virtual_address, "/Common/10.137.2.11");
  EXPECT_EQ(config.place(server->destination.origin), "bigip.conf:2");
  EXPECT_EQ(server->pool.value, "/Common/p");
  EXPECT_EQ(config.place(server->pool.origin), "bigip.conf:5");
  ASSERT_EQ(server->profiles.size(), 2u);
  EXPECT_EQ(server->profiles[0].side.value, Side::clientside);
  EXPECT_EQ(config.place(server->profiles[0].side.origin), "bigip.conf:8");
  EXPECT_FALSE(server->profiles[1].side.is_stated());
  EXPECT_EQ(server->snat.value.type, SnatType::pool);
  EXPECT_EQ(server->snat.value.pool, "/Common/sp");
  EXPECT_EQ(config.place(server->snat.origin), "bigip.conf:18");
  EXPECT_EQ(server->source_port.value, SourcePort::change);
  EXPECT_FALSE(server->translates());
  EXPECT_EQ(to_string(server->source.value), "10.0.0.0/8");
  EXPECT_TRUE(server->vlans.listens_on("/Common/internal"));
  EXPECT_FALSE(server->vlans.listens_on("/Common/external"));
  EXPECT_EQ(config.cite(*server), "ltm virtual /Common/vs (bigip.conf:1)");
  EXPECT_TRUE(config.not_understood.keys.empty());
}

TEST(F5Model, TakesTheDefaultsOfTmsh) {
  const auto config = config_of("ltm virtual /Common/vs {\n    destination /Common/2001:db8::1.443\n}\nltm pool /Common/p { }\n");
  const auto* server = config.virtuals.find("/Common/vs");
  ASSERT_TRUE(server && server->destination.value);
  EXPECT_EQ(to_string(server->destination.value->network), "2001:db8::1/128");
  EXPECT_EQ(to_string(server->source.value), "::/0");
  EXPECT_FALSE(server->snat.is_stated());
  EXPECT_EQ(server->snat.value.type, SnatType::none);
  EXPECT_TRUE(server->translates() && server->is_enabled.value && server->vlans.listens_on("/Common/any"));
  EXPECT_EQ(server->ip_protocol.value, "any");
  EXPECT_EQ(config.place(server->snat.origin), "default");
  const auto* pool = config.pools.find("/Common/p");
  ASSERT_TRUE(pool);
  EXPECT_TRUE(pool->allows_snat.value);
  EXPECT_EQ(pool->load_balancing_mode.value, "round-robin");
}

TEST(F5Model, ReadsTmshListOutputWithShortNamesAndServices) {
  const auto config = config_of(
      "ltm virtual vs {\n    destination 10.0.0.1:https\n    pool p\n    snat automap\n}\n"
      "ltm pool p {\n    members {\n        10.0.0.2:webcache {\n            address 10.0.0.2\n            session monitor-enabled\n"
      "            state up\n        }\n        n2:http {\n            session user-disabled\n            state user-down\n        }\n    }\n"
      "    monitor min 1 of { http tcp }\n}\nltm node n2 {\n    address 10.0.0.3\n}\n");
  const auto* server = config.virtuals.find("/Common/vs");
  ASSERT_TRUE(server && server->destination.value);
  EXPECT_EQ(server->destination.value->port, 443);
  EXPECT_EQ(server->pool.value, "/Common/p");
  EXPECT_EQ(server->snat.value.type, SnatType::automap);
  const auto* pool = config.pools.find("/Common/p");
  ASSERT_TRUE(pool);
  ASSERT_EQ(pool->members.size(), 2u);
  EXPECT_EQ(pool->members[0].port, 8080);
  EXPECT_TRUE(pool->members[0].is_enabled.value);
  EXPECT_FALSE(pool->members[0].is_forced_down.value);
  EXPECT_EQ(address(pool->members[1]), "10.0.0.3");
  EXPECT_EQ(pool->members[1].node, "/Common/n2");
  EXPECT_FALSE(pool->members[1].is_enabled.value);
  EXPECT_TRUE(pool->members[1].is_forced_down.value);
  ASSERT_EQ(pool->monitors.size(), 2u);
  EXPECT_EQ(pool->monitors[1].value, "/Common/tcp");
}

TEST(F5Model, TakesRouteDomainsFromThePartition) {
  const auto config = config_of(
      "auth partition P {\n    default-route-domain 5\n}\nsys folder /P {\n    traffic-group /Common/traffic-group-2\n}\n"
      "ltm virtual /P/vs {\n    destination /P/10.0.0.1:80\n}\nltm virtual /P/vs0 {\n    destination /P/10.0.0.1%0:80\n}\n"
      "net route-domain /Common/5 {\n    id 5\n    strict disabled\n}\n");
  EXPECT_EQ(to_string(config.virtuals.find("/P/vs")->destination.value->network), "10.0.0.1%5/32");
  EXPECT_EQ(to_string(config.virtuals.find("/P/vs0")->destination.value->network), "10.0.0.1/32");
  EXPECT_EQ(config.traffic_group_of("P"), "/Common/traffic-group-2");
  EXPECT_EQ(config.traffic_group_of("Common"), "/Common/traffic-group-1");
  EXPECT_EQ(config.route_domains.find("/Common/5")->id.value, 5u);
  EXPECT_FALSE(config.route_domains.find("/Common/5")->is_strict.value);
}

TEST(F5Model, ReadsNetworks) {
  const auto config = config_of(
      "net self /Common/float {\n    address 10.1.1.3/24\n    allow-service {\n        tcp:443\n        udp:53\n    }\n"
      "    traffic-group /Common/traffic-group-1\n    vlan /Common/internal\n}\n"
      "net self /Common/own {\n    address 10.1.1.1/24\n    traffic-group /Common/traffic-group-local-only\n    vlan /Common/internal\n}\n"
      "net vlan /Common/internal {\n    interfaces {\n        1.1 {\n            tagged\n        }\n    }\n    source-checking enabled\n    tag 10\n}\n"
      "net route /Common/default {\n    gw 10.1.1.254\n    network default\n}\n");
  const auto* floating = config.selfs.find("/Common/float");
  ASSERT_TRUE(floating);
  EXPECT_TRUE(floating->is_floating);
  EXPECT_EQ(to_string(*floating->network()), "10.1.1.0/24");
  EXPECT_EQ(floating->allow_service.value, "tcp:443 udp:53");
  EXPECT_FALSE(config.selfs.find("/Common/own")->is_floating);
  const auto* vlan = config.vlans.find("/Common/internal");
  ASSERT_TRUE(vlan);
  EXPECT_TRUE(vlan->checks_source.value);
  EXPECT_EQ(vlan->interfaces.size(), 1u);
  const auto* route = config.routes.find("/Common/default");
  ASSERT_TRUE(route && route->network.value && route->gateway.value);
  EXPECT_EQ(to_string(*route->network.value), "0.0.0.0/0");
}

TEST(F5Model, ResolvesSettingsThroughParentsAndShippedDefaults) {
  const auto config = config_of(
      "ltm profile client-ssl /Common/a {\n    defaults-from /Common/clientssl\n    peer-cert-mode require\n}\n"
      "ltm profile client-ssl /Common/b {\n    defaults-from /Common/a\n    options {\n        no-sslv3\n        no-tlsv1\n    }\n}\n"
      "ltm profile tcp /Common/circle {\n    defaults-from /Common/circle\n}\n");
  const auto mode = config.setting("/Common/b", "peer-cert-mode");
  ASSERT_TRUE(mode);
  EXPECT_EQ(mode->value, "require");
  EXPECT_EQ(mode->profile, "/Common/a");
  EXPECT_EQ(config.place(mode->origin), "bigip.conf:3");
  EXPECT_EQ(config.setting("/Common/b", "options")->value, "no-sslv3 no-tlsv1");
  const auto depth = config.setting("/Common/b", "authenticate-depth");
  ASSERT_TRUE(depth);
  EXPECT_EQ(depth->value, "9");
  EXPECT_FALSE(depth->origin);
  EXPECT_FALSE(config.setting("/Common/b", "alert-timeout-of-nobody"));
  EXPECT_FALSE(config.setting("/Common/circle", "idle-timeout"));
  EXPECT_EQ(config.setting("/Common/f5-tcp-lan", "idle-timeout")->value, "300");
  EXPECT_FALSE(config.setting("/Common/f5-tcp-lan", "syn-max-retrans")) << "its own word for it is not known";
  EXPECT_EQ(config.profile_type("/Common/b"), "client-ssl");
  EXPECT_EQ(config.profile_type("/Common/oneconnect"), "one-connect");
}

TEST(F5Model, FindsWhereAPolicyForwards) {
  const auto config = config_of(
      "ltm policy /Common/pol {\n    rules {\n        one {\n            actions {\n                0 {\n                    forward\n"
      "                    select\n                    pool /Common/p\n                }\n                1 {\n"
      "                    http-reply\n                    redirect\n                    location https://x\n                }\n"
      "            }\n            ordinal 1\n        }\n    }\n}\n");
  const auto* policy = config.policies.find("/Common/pol");
  ASSERT_TRUE(policy);
  ASSERT_EQ(policy->acts.size(), 2u);
  EXPECT_EQ(policy->acts[0].action, "forward");
  EXPECT_EQ(policy->acts[0].target, "pool");
  EXPECT_EQ(policy->acts[0].name, "/Common/p");
  EXPECT_EQ(policy->acts[0].origin.line, 8u);
  EXPECT_EQ(policy->acts[1].action, "http-reply");
  EXPECT_EQ(policy->acts[1].target, "");
}

TEST(F5Model, CountsWhatItDoesNotUnderstand) {
  const auto config = config_of(
      "ltm virtual /Common/vs {\n    destination /Common/10.0.0.1:80\n    warp-factor 9\n    mirror perhaps\n}\n"
      "ltm virtual /Common/vt {\n    destination /Common/10.0.0.2:80\n    warp-factor 8\n}\n"
      "ltm data-group internal /Common/d { }\nsys ntp { }\n");
  ASSERT_EQ(config.not_understood.keys.size(), 1u);
  EXPECT_EQ(config.not_understood.key_count(), 2u);
  const auto& [name, key] = *config.not_understood.keys.begin();
  EXPECT_EQ(name, "ltm virtual: warp-factor");
  EXPECT_EQ(config.place(key.first), "bigip.conf:3");
  EXPECT_EQ(config.not_understood.object_count(), 2u);
  EXPECT_TRUE(config.not_understood.kinds.contains("ltm data-group internal"));
  EXPECT_TRUE(config.not_understood.kinds.contains("sys ntp"));
  ASSERT_EQ(config.notices.size(), 1u);
  EXPECT_EQ(config.notices[0].what, "ltm virtual /Common/vs: the value of mirror is not understood");
}

TEST(F5Model, SaysWhichPartOfADestinationItDoesNotKnow) {
  const auto config = config_of("ltm virtual a {\n    destination 10.0.0.1:hydap\n}\nltm virtual b {\n    destination nowhere:80\n}\n");
  ASSERT_EQ(config.notices.size(), 2u);
  EXPECT_EQ(config.notices[0].what,
            "ltm virtual /Common/a: the port of the destination is not understood; `tmsh modify cli "
            "global-settings service number` makes it a number");
  EXPECT_EQ(config.notices[1].what, "ltm virtual /Common/b: the address of the destination is not understood");
  EXPECT_EQ(config_of("ltm pool p { }\nMIIEvQIBADANBg\n").not_understood.kinds.count("MIIEvQIBADANBg"), 0u);
  EXPECT_FALSE(config.virtuals.find("/Common/a")->destination.value);
  const auto named = config_of("ltm virtual a {\n    destination my-vip:80\n}\nltm virtual-address my-vip {\n    address 10.0.0.7\n    mask 255.255.255.0\n}\n");
  EXPECT_EQ(to_string(named.virtuals.find("/Common/a")->destination.value->network), "10.0.0.0/24");
}

TEST(F5Model, ShowsNoSecretInANotice) {
  const auto config = config_of("ltm pool /Common/p {\n    slow-ramp-time $M$ab$cdefgh\n    passphrase-timeout x\n}\n");
  ASSERT_EQ(config.notices.size(), 1u);
  EXPECT_EQ(config.notices[0].what.find("cdefgh"), std::string::npos);
}

TEST(F5Model, TakesTheLaterOfTwoDefinitionsAndSaysSo) {
  const auto config = config_of("ltm pool /Common/p {\n    allow-snat no\n}\nltm pool /Common/p {\n    allow-snat yes\n}\n");
  EXPECT_EQ(config.pools.size(), 1u);
  EXPECT_TRUE(config.pools.find("/Common/p")->allows_snat.value);
  ASSERT_EQ(config.notices.size(), 1u);
  EXPECT_EQ(config.notices[0].origin.line, 4u);
}

Config fact(const std::string& name) {
  const auto path = std::filesystem::path(HAIRPIN_TEST_DATA) / "f5/facts" / name;
  auto config = read_config_text(name, text_of(path));
  EXPECT_TRUE(config) << describe(config.error());
  return std::move(*config);
}

TEST(F5ModelFacts, TakesTheMembersAddressBeforeTheNodes) {
  const auto config = fact("member-address.conf");
  std::map<std::string, std::vector<std::string>> members;
  for (const auto& server : config.virtuals)
    for (const auto& member : config.pools.find(server.pool.value)->members)
      members[std::string(server.short_name())].push_back(address(member) + ":" + std::to_string(member.port));
  EXPECT_THAT(members["virtual1"], ElementsAre("172.16.0.1:80", "172.16.0.2:8080"));
  EXPECT_THAT(members["virtual2"], ElementsAre("10.0.0.2:80"));
  EXPECT_THAT(members["virtual3"], ElementsAre("10.0.0.3:80"));
}

TEST(F5ModelFacts, ListensOnEveryVlanWhenTheListIsEmpty) {
  const auto config = fact("vlan-cases.conf");
  for (const auto& [name, is_everywhere] : std::map<std::string, bool>{{"snat1", true}, {"snat2", true}, {"snat3", false}}) {
    const auto* snat = config.snats.find("/Common/" + name);
    ASSERT_TRUE(snat);
    EXPECT_TRUE(snat->vlans.listens_on("/Common/vlan1")) << name;
    EXPECT_EQ(snat->vlans.listens_on("/Common/vlan2"), is_everywhere) << name;
  }
  const auto* second = config.virtuals.find("/Common/virtual2");
  EXPECT_TRUE(second->vlans.listens_on("/Common/vlan1"));
  EXPECT_FALSE(second->vlans.listens_on("/Common/vlan2"));
  EXPECT_EQ(to_string(second->destination.value->network), "192.0.2.12/32");
}

TEST(F5ModelFacts, KnowsWhatIsTranslated) {
  const auto config = fact("translation-options.conf");
  const auto of = [&](const char* name) { return config.virtuals.find(std::string("/Common/") + name); };
  EXPECT_TRUE(of("address_only")->translates());
  EXPECT_FALSE(of("address_only")->translates_port.value);
  EXPECT_FALSE(of("neither")->translates());
  EXPECT_FALSE(of("port_only")->translates());
  EXPECT_TRUE(of("port_only")->translates_port.value);
  EXPECT_EQ(of("forwarding")->mode.value, VirtualMode::ip_forward) << "the first in the file";
  EXPECT_EQ(of("forwarding")->all_modes.size(), 2u);
  EXPECT_FALSE(of("forwarding")->translates());
  EXPECT_EQ(of("rejecting")->mode.value, VirtualMode::reject);
  EXPECT_FALSE(of("rejecting")->translates());
}

// What Batfish's own tests say of its fixtures.
TEST(F5ModelBatfish, TranslatesToTheMember) {
  HAIRPIN_NEEDS_CORPUS();
  const auto config = batfish("batfish-dnat/configs/f5_bigip_structured_dnat");
  const auto* server = config.virtuals.find("/Common/virtual_used");
  ASSERT_TRUE(server && server->destination.value);
  EXPECT_EQ(to_string(server->destination.value->network), "192.0.2.1/32");
  EXPECT_EQ(server->destination.value->port, 80);
  EXPECT_EQ(server->snat.value.type, SnatType::none);
  const auto* pool = config.pools.find(server->pool.value);
  ASSERT_TRUE(pool && pool->members.size() == 1);
  EXPECT_EQ(address(pool->members[0]), "192.0.2.10");
  EXPECT_EQ(pool->members[0].port, 80);
}

TEST(F5ModelBatfish, HasAGlobalSnat) {
  HAIRPIN_NEEDS_CORPUS();
  const auto config = batfish("batfish/f5_bigip_structured_snat");
  const auto* snat = config.snats.find("/Common/snat1");
  ASSERT_TRUE(snat && snat->origins.size() == 1);
  EXPECT_EQ(to_string(snat->origins[0].value), "0.0.0.0/0");
  const auto* pool = config.snat_pools.find(snat->snat.value.pool);
  ASSERT_TRUE(pool && pool->members.size() == 1);
  EXPECT_EQ(to_string(*pool->members[0].address), "10.200.1.2");
  EXPECT_EQ(to_string(config.virtuals.find("/Common/virtual1")->source.value), "8.8.8.8/32");
}

TEST(F5ModelBatfish, TellsDisabledFromEnabled) {
  HAIRPIN_NEEDS_CORPUS();
  const auto config = batfish("batfish/f5_bigip_structured_ltm_virtual_disabled");
  std::map<std::string, bool> enabled;
  for (const auto& server : config.virtuals) enabled[std::string(server.short_name())] = server.is_enabled.value;
  EXPECT_GE(enabled.size(), 2u);
  for (const auto& [name, is_enabled] : enabled) EXPECT_EQ(is_enabled, name.find("disabled") == name.npos) << name;
  const auto arp = batfish("batfish/f5_bigip_structured_ltm_virtual_address_arp_disabled");
  for (const auto& virtual_address : arp.virtual_addresses)
    EXPECT_EQ(virtual_address.answers_arp.value,
              virtual_address.node->text.find("arp disabled") == std::string_view::npos)
        << virtual_address.name;
}

TEST(F5ModelBatfish, KnowsForwardingAndRejectingServers) {
  HAIRPIN_NEEDS_CORPUS();
  const auto config = batfish("batfish/f5_bigip_structured_virtual_reject");
  std::size_t modes = 0;
  for (const auto& server : config.virtuals) {
    if (server.mode.value == VirtualMode::standard) continue;
    EXPECT_FALSE(server.translates()) << server.name;
    ++modes;
  }
  EXPECT_GE(modes, 2u);
}

TEST(F5ModelBatfish, ReadsDescriptionsOfServersAndPools) {
  HAIRPIN_NEEDS_CORPUS();
  const auto config = batfish("batfish/f5_bigip_structured_vip_description");
  EXPECT_EQ(config.virtuals.find("/Common/virtual1")->description.value, "virtual1 is cool");
  const auto* second = config.virtuals.find("/Common/virtual2");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->description.value, "");
  EXPECT_EQ(config.pools.find(second->pool.value)->description.value, "pool2 is lame");
}

TEST(F5ModelBatfish, TellsUndefinedReferencesFromDefinedAndShippedOnes) {
  HAIRPIN_NEEDS_CORPUS();
  const auto config = batfish("batfish/f5_bigip_structured_ltm_references");
  std::vector<std::string> undefined;
  std::size_t said_undefined = 0;
  for (const auto& use : config.references) {
    if (use.name.find("undef") != use.name.npos) {
      EXPECT_FALSE(config.is_defined(use)) << use.kind << " " << use.name;
      ++said_undefined;
    } else if (!config.is_defined(use)) {
      undefined.push_back(std::string(use.kind) + " " + std::string(use.name));
    }
  }
  EXPECT_GE(said_undefined, 100u);
  EXPECT_THAT(undefined, ElementsAre("net vlan /Common/vlan_used", "ltm snat-translation /Common/192.0.2.6",
                                     "ltm virtual-address /Common/192.0.2.9"));
}

TEST(F5ModelBatfish, ReadsARouteAndItsGateway) {
  HAIRPIN_NEEDS_CORPUS();
  const auto config = batfish("batfish/f5_bigip_structured_net_route");
  ASSERT_EQ(config.routes.size(), 1u);
  EXPECT_EQ(to_string(*config.routes.begin()->network.value), "10.0.0.0/8");
  EXPECT_EQ(to_string(*config.routes.begin()->gateway.value), "192.0.2.1");
}

TEST(F5ModelShipped, SettingsAreThoseOfF5sOwnFile) {
  HAIRPIN_NEEDS_CORPUS();
  // The file names its objects without a folder; they are in /Common.
  const auto shipped = config_of(text_of(corpus() / "defaults/profile_base.conf"));
  const auto ours = config_of("sys ntp { }\n");
  std::size_t compared = 0;
  for (const auto* table : {&shipped.profiles, &shipped.persistences})
    for (const auto& profile : *table) {
      EXPECT_EQ(ours.profile_type(profile.name), profile.type == "sip" && table == &shipped.persistences ? "sip-info" : profile.type)
          << profile.name;
      for (const auto* key : {"idle-timeout", "reset-on-timeout", "keep-alive-interval", "peer-cert-mode", "timeout", "method",
                              "source-mask", "options", "authenticate", "ca-file", "syn-max-retrans", "max-retrans",
                              "verified-accept", "deferred-accept", "ciphers", "max-reuse", "sni-default"}) {
        const auto said = ours.setting(profile.name, key);
        if (!said) continue;
        const auto theirs = shipped.setting(profile.name, key);
        ASSERT_TRUE(theirs) << profile.name << " " << key;
        EXPECT_EQ(said->value, theirs->value) << profile.name << " " << key;
        ++compared;
      }
    }
  EXPECT_GE(compared, 90u);
}

}  // namespace
}  // namespace hairpin::f5
