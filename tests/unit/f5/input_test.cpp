// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/input.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/f5/corpus.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

std::string error_of(std::string text) {
  const auto config = read_config_text("x", std::move(text));
  return config ? "no error" : describe(config.error());
}
Config read(const std::string& name, std::string text) {
  auto config = read_config_text(name, std::move(text));
  EXPECT_TRUE(config) << describe(config.error());
  return std::move(*config);
}
Config data(const std::string& name) { return read(name, text_of(std::filesystem::path(HAIRPIN_TEST_DATA) / "f5" / name)); }
std::vector<std::string> names(const std::vector<Reference>& references) {
  std::vector<std::string> all;
  for (const auto& reference : references) all.emplace_back(reference.value);
  return all;
}
std::vector<std::string> profiles(const Virtual& server) {
  std::vector<std::string> all;
  for (const auto& use : server.profiles)
    all.push_back(std::string(use.profile.value) + " " + boost::describe::enum_to_string(use.side.value, ""));
  return all;
}
std::string destination(const Virtual& server) {
  if (!server.destination.value) return "none";
  return to_string(server.destination.value->network) + ":" + std::to_string(server.destination.value->port);
}

TEST(F5Input, IsRecognisedByContent) {
  EXPECT_EQ(recognise("#TMSH-VERSION: 15.1.8\n"), InputKind::tmsh);
  EXPECT_EQ(recognise("# a comment\nltm virtual x {\n"), InputKind::tmsh);
  EXPECT_EQ(recognise("virtual x {\n   pool y\n}\n"), InputKind::bigpipe);
  EXPECT_EQ(recognise("shell write partition Common\n"), InputKind::bigpipe);
  EXPECT_EQ(recognise(" {\"class\":\"ADC\"}"), InputKind::as3);
  EXPECT_EQ(recognise("{\"kind\":\"tm:ltm:virtual:virtualcollectionstate\"}"), InputKind::rest);
  EXPECT_EQ(recognise("\x1f\x8b\x08"), InputKind::archive);
  EXPECT_EQ(recognise("\x8c\x0d\x04\x09"), InputKind::encrypted_archive);
  EXPECT_EQ(recognise("hello\n"), InputKind::unknown);
}

TEST(F5Input, SaysWhatAnInputIsThatCannotBeRead) {
  EXPECT_THAT(error_of(""), StartsWith("could not read x: it is empty"));
  EXPECT_THAT(error_of("hello"), StartsWith("could not read x: no BIG-IP configuration in it"));
  EXPECT_THAT(error_of("\xff\xfel\0t\0m\0"), StartsWith("could not read x: it is UTF-16; save it as UTF-8"));
  EXPECT_THAT(error_of("\x8c\x0d\x04\x09"), StartsWith("could not read x: it is encrypted; decrypt it first"));
  EXPECT_THAT(error_of("{\"a\":\n1,}"), StartsWith("could not read x:2: "));
  EXPECT_THAT(error_of("{\"a\": 1}"), StartsWith("could not read x: no AS3 declaration in it"));
  EXPECT_THAT(error_of("{\"kind\": \"tm:x\", \"items\": []}"), StartsWith("could not read x: no object of iControl REST in it"));
  EXPECT_THAT(error_of(std::string(100, '[')), StartsWith("could not read x:1: "));
  const auto missing = read_config({"/nonexistent/bigip.conf"});
  ASSERT_FALSE(missing);
  EXPECT_THAT(describe(missing.error()), StartsWith("could not open /nonexistent/bigip.conf: "));
}

TEST(F5Input, RefusesWhatHasNoEndBeforeItIsInMemory) {
  const auto zeros = read_config({"/dev/zero"});
  ASSERT_FALSE(zeros);
  EXPECT_THAT(describe(zeros.error()), StartsWith("could not read /dev/zero: no BIG-IP configuration in it"));
  // A gigabyte, most of which is a hole.
  const auto path = std::filesystem::temp_directory_path() / ("hairpin-f5-" + std::to_string(getpid()) + ".conf");
  std::ofstream(path) << "ltm pool a {\n{\n{\n";
  std::filesystem::resize_file(path, 1u << 30);
  const auto large = read_config({path.string()});
  std::filesystem::remove(path);
  ASSERT_FALSE(large);
  EXPECT_THAT(describe(large.error()), testing::EndsWith("it is larger than 256 MiB"));
}

TEST(F5Input, NotesAMembersPortThatItDoesNotKnow) {
  const auto config = read("x", "ltm pool p {\n    members {\n        10.0.0.1:hydap {\n            address 10.0.0.1\n        }\n    }\n}\n");
  ASSERT_EQ(config.notices.size(), 1u);
  EXPECT_EQ(config.notices[0].what, "ltm pool /Common/p: the port of a member is not understood");
  EXPECT_EQ(config.notices[0].origin.line, 3u);
}

TEST(F5Input, CountsWithoutBoundAndNamesUpToOne) {
  std::string text = "ltm pool p {\n";
  for (std::size_t i = 0; i < NotUnderstood::kMostNames + 5; ++i) text += "    k" + std::to_string(i) + " x\n";
  const auto config = read("x", text + "}\n");
  EXPECT_EQ(config.not_understood.keys.size(), NotUnderstood::kMostNames + 1);
  EXPECT_EQ(config.not_understood.keys.at("(others)").count, 5u);
  EXPECT_EQ(config.not_understood.key_count(), NotUnderstood::kMostNames + 5);
}

TEST(F5Input, ReadsAllProperties) {
  const auto config = read("x", "ltm virtual vs {\n    address-status yes\n    app-service none\n    auth none\n    clone-pools none\n"
                                "    destination 10.0.0.1:https\n    enabled\n    fallback-persistence none\n    ip-protocol tcp\n"
                                "    last-hop-pool none\n    mask 255.255.255.255\n    mirror disabled\n    nat64 disabled\n"
                                "    persist none\n    policies none\n    pool none\n    profiles {\n        tcp {\n"
                                "            context all\n        }\n    }\n    rules none\n    source 0.0.0.0/0\n"
                                "    source-address-translation {\n        pool none\n        type none\n    }\n    source-port preserve\n"
                                "    translate-address enabled\n    vlans none\n    vlans-disabled\n}\n");
  const auto* server = config.virtuals.find("/Common/vs");
  ASSERT_TRUE(server);
  EXPECT_TRUE(config.not_understood.keys.empty());
  EXPECT_TRUE(config.notices.empty());
  EXPECT_TRUE(server->pool.value.empty() && server->rules.empty() && server->persistence.empty() && server->clone_pools.empty());
  EXPECT_TRUE(server->pool.is_stated());
  EXPECT_TRUE(server->vlans.listens_on("/Common/any"));
  EXPECT_EQ(server->snat.value.type, SnatType::none);
  EXPECT_TRUE(server->snat.is_stated());
  EXPECT_EQ(config.references.size(), 2u) << "virtual address and profile";
}

TEST(F5Input, KeepsBytesThatAreNoUtf8AndShowsThemSafely) {
  const auto config = read("x", "ltm pool /Common/p\xff {\n    description \"a\xfe\x1b[2J\"\n}\n");
  ASSERT_EQ(config.pools.size(), 1u);
  EXPECT_EQ(shown(config.pools.begin()->description.value), "a\xef\xbf\xbd\\x1b[2J");
}

TEST(F5Secrets, AreNeverShown) {
  EXPECT_EQ(shown("$M$Q7$xYs5n"), "(secret)");
  EXPECT_EQ(shown("-----BEGIN RSA PRIVATE KEY-----\nx"), "(secret)");
  EXPECT_EQ(shown("$6$salt$hash"), "(secret)");
  EXPECT_EQ(shown("passphrase", "plain"), "(secret)");
  EXPECT_EQ(shown("bind-password", "plain"), "(secret)");
  EXPECT_EQ(shown("privateKey", "plain"), "(secret)");
  EXPECT_EQ(shown("pool", "/Common/p"), "/Common/p");
  EXPECT_TRUE(is_secret_key("secret") && !is_secret_key("pool"));
}

TEST(F5Bigpipe, SaysVersionTenInTheWordsOfTmsh) {
  const auto config = data("bigpipe-v10.conf");
  const auto* server = config.virtuals.find("/Common/web");
  ASSERT_TRUE(server);
  EXPECT_EQ(destination(*server), "10.0.0.10/32:443");
  EXPECT_EQ(server->ip_protocol.value, "tcp");
  EXPECT_EQ(server->snat.value.type, SnatType::automap);
  EXPECT_EQ(config.place(server->snat.origin), "bigpipe-v10.conf:30");
  EXPECT_EQ(server->pool.value, "/Common/web_pool");
  EXPECT_THAT(profiles(*server), ElementsAre("/Common/clientssl clientside", "/Common/tcp all"));
  EXPECT_THAT(names(server->persistence), ElementsAre("/Common/cookie"));
  EXPECT_TRUE(server->vlans.is_only_listed.value);
  EXPECT_FALSE(server->vlans.listens_on("/Common/internal"));
  EXPECT_FALSE(config.virtuals.find("/Common/npath")->translates());
  EXPECT_EQ(config.virtuals.find("/Common/npath")->snat.value.pool, "/Common/sp");
  const auto* pool = config.pools.find("/Common/web_pool");
  ASSERT_TRUE(pool);
  EXPECT_EQ(pool->load_balancing_mode.value, "least-connections-member");
  EXPECT_EQ(pool->service_down_action.value, "reset");
  EXPECT_FALSE(pool->allows_snat.value);
  EXPECT_THAT(names(pool->monitors), ElementsAre("/Common/http", "/Common/tcp"));
  ASSERT_EQ(pool->members.size(), 2u);
  EXPECT_EQ(to_string(*pool->members[0].address.value), "10.0.1.1");
  EXPECT_EQ(pool->members[0].port, 80);
  EXPECT_FALSE(pool->members[1].is_enabled.value);
  EXPECT_EQ(config.pools.find("/Common/old_pool")->members.size(), 2u) << "one `member` a line, as version 9 wrote it";
  const auto* self = config.selfs.find("/Common/10.0.1.3");
  ASSERT_TRUE(self);
  EXPECT_TRUE(self->is_floating);
  EXPECT_EQ(to_string(*self->network()), "10.0.1.0/24");
  EXPECT_EQ(self->vlan.value, "/Common/internal");
  const auto* route = config.routes.find("/Common/default");
  ASSERT_TRUE(route && route->network.value && route->gateway.value);
  EXPECT_EQ(to_string(*route->network.value), "0.0.0.0/0");
  const auto* snat = config.snats.find("/Common/all");
  ASSERT_TRUE(snat && snat->origins.size() == 1);
  EXPECT_EQ(snat->snat.value.pool, "/Common/sp");
  EXPECT_EQ(config.snat_pools.find("/Common/sp")->members.size(), 1u);
  EXPECT_EQ(to_string(*config.nats.begin()->translation.value), "10.9.9.9");
  EXPECT_EQ(config.rules.find("/Common/r")->acts.size(), 1u);
  EXPECT_EQ(config.setting("/Common/ssl2", "peer-cert-mode")->value, "require");
  EXPECT_TRUE(config.pools.find("/Other/p")) << "behind `shell write partition Other`";
  EXPECT_TRUE(config.not_understood.kinds.contains("user admin"));
}

TEST(F5Rest, SaysCollectionsInTheWordsOfTmsh) {
  const auto config = data("rest-collections.json");
  const auto* server = config.virtuals.find("/Common/vs");
  ASSERT_TRUE(server);
  EXPECT_EQ(destination(*server), "10.0.0.1/32:443");
  EXPECT_EQ(config.place(server->destination.origin), "rest-collections.json:9");
  EXPECT_EQ(server->snat.value.type, SnatType::pool);
  EXPECT_EQ(server->snat.value.pool, "/Common/sp");
  EXPECT_THAT(profiles(*server), ElementsAre("/Common/clientssl clientside", "/Common/tcp all"));
  EXPECT_THAT(names(server->rules), ElementsAre("/Common/r"));
  EXPECT_TRUE(server->vlans.is_only_listed.value);
  EXPECT_THAT(names(server->persistence), ElementsAre("/Common/source_addr"));
  const auto* pool = config.pools.find("/Common/p");
  ASSERT_TRUE(pool && pool->members.size() == 1);
  EXPECT_EQ(to_string(*pool->members[0].address.value), "10.0.1.1");
  EXPECT_EQ(pool->members[0].port, 80);
  EXPECT_FALSE(pool->members[0].is_enabled.value);
  EXPECT_THAT(names(pool->monitors), ElementsAre("/Common/http", "/Common/tcp"));
  EXPECT_EQ(to_string(*config.snat_pools.find("/Common/sp")->members[0].address), "10.0.1.50");
  const auto* self = config.selfs.find("/Common/self");
  ASSERT_TRUE(self);
  EXPECT_TRUE(self->is_floating);
  EXPECT_EQ(self->allow_service.value, "tcp:443 udp:53");
  EXPECT_EQ(config.vlans.find("/Common/internal")->interfaces.size(), 1u);
  EXPECT_EQ(config.routes.find("/Common/r1")->interface.value, "/Common/internal");
  EXPECT_EQ(config.rules.find("/Common/r")->acts.size(), 1u);
  EXPECT_TRUE(config.not_understood.keys.empty());
}

TEST(F5Rest, AnAnswerWithoutItsSubcollectionsIsNotAnEmptyPool) {
  const auto config = read("x.json", R"([{ "kind": "tm:ltm:pool:poolstate", "name": "p", "fullPath": "/Common/p",
      "membersReference": { "link": "https://localhost/x", "isSubcollection": true } },
    { "kind": "tm:ltm:virtual:virtualstate", "name": "v", "fullPath": "/Common/v", "destination": "/Common/10.0.0.1:443", "pool": "/Common/p",
      "policiesReference": { "link": "https://localhost/x", "isSubcollection": true },
      "profilesReference": { "isSubcollection": true, "items": [ { "name": "tcp", "fullPath": "/Common/tcp", "context": "all" } ] } }])");
  EXPECT_THAT(config.pools.find("/Common/p")->not_expanded, ElementsAre("members"));
  EXPECT_THAT(config.virtuals.find("/Common/v")->not_expanded, ElementsAre("policies"));
  ASSERT_EQ(config.notices.size(), 2u);
  EXPECT_EQ(config.notices[0].what, "the members of this object are not in the answer, nor perhaps those of others: ask with expandSubcollections=true");
  EXPECT_TRUE(config.not_understood.keys.empty());
}

TEST(F5Model, ATranslationOfAfmAndAnLsnPoolAreTheirOwnKinds) {
  const auto config = read("x", "ltm lsn-pool l { }\nltm virtual v {\n    destination 10.0.0.1:80\n    security-nat-policy {\n        policy /Common/n\n    }\n"
                                "    source-address-translation {\n        pool /Common/l\n        type lsn\n    }\n}\n"
                                "ltm virtual w {\n    destination 10.0.0.2:80\n    security-nat-policy {\n        use-route-domain-policy yes\n    }\n}\n");
  const auto* server = config.virtuals.find("/Common/v");
  EXPECT_EQ(server->nat_policy.value, "/Common/n");
  EXPECT_FALSE(server->uses_other_nat_policy.value);
  EXPECT_TRUE(config.virtuals.find("/Common/w")->uses_other_nat_policy.value);
  for (const auto& use : config.references) EXPECT_NE(use.kind, "ltm snatpool") << use.name;
  EXPECT_TRUE(config.not_understood.keys.empty());
}

TEST(F5As3, ReadsEveryExampleWithoutSilentLoss) {
  HAIRPIN_NEEDS_CORPUS();
  std::size_t examples = 0;
  for (const auto& file : files_below(corpus() / "as3")) {
    if (!file.filename().string().starts_with("example-")) continue;
    const auto config = read(file.filename().string(), text_of(file));
    EXPECT_GE(config.virtuals.size() + config.profiles.size(), 1u) << file;
    for (const auto& server : config.virtuals)
      EXPECT_TRUE(server.destination.value || server.traffic_matching_criteria.is_stated()) << file << " " << server.name;
    for (const auto& notice : config.notices) ADD_FAILURE() << file << ": " << notice.what;
    ++examples;
  }
  EXPECT_EQ(examples, 10u);
}

TEST(F5As3, TranslatesAsF5sOwnTestsDo) {
  HAIRPIN_NEEDS_CORPUS();
  const auto read_example = [](const std::string& name) { return read(name, text_of(corpus() / "as3" / ("example-" + name))); };
  const auto pool = read_example("snat-pool.json");
  const auto* server = pool.virtuals.find("/Sample_SNAT_Pool/SNAT_app/SNAT_service");
  ASSERT_TRUE(server);
  EXPECT_EQ(destination(*server), "192.0.2.100/32:8181");
  EXPECT_EQ(server->snat.value.type, SnatType::pool);
  EXPECT_EQ(pool.snat_pools.find(server->snat.value.pool)->members.size(), 2u);
  EXPECT_THAT(profiles(*server), ElementsAre("/Common/f5-tcp-progressive all"));
  EXPECT_EQ(pool.place(server->snat.origin), "snat-pool.json:17");

  const auto forward = read_example("forwarding-virtual-server.json");
  const auto* forwarding = forward.virtuals.find("/Forward_tenant/SampleApp/myService");
  ASSERT_TRUE(forwarding);
  EXPECT_EQ(forwarding->mode.value, VirtualMode::ip_forward);
  EXPECT_EQ(forwarding->snat.value.type, SnatType::none);
  EXPECT_EQ(to_string(forwarding->source.value), "1.2.3.4/32");
  EXPECT_FALSE(forwarding->translates_port.value);

  const auto tls = read_example("client-and-server-tls-profile-using-shared-certs.json");
  const auto* https = tls.virtuals.find("/exampleTenant/exampleApp/httpsVirtual");
  ASSERT_TRUE(https);
  EXPECT_EQ(https->snat.value.pool, "/exampleTenant/exampleApp/httpsVirtual-self");
  EXPECT_EQ(to_string(*tls.snat_pools.find(https->snat.value.pool)->members[0].address), "10.20.20.20");
  EXPECT_THAT(profiles(*https), testing::IsSupersetOf({"/exampleTenant/exampleApp/tlsServerWithUse clientside",
                                                       "/exampleTenant/exampleApp/tlsClientWithUse serverside"}));
  EXPECT_EQ(tls.virtuals.size(), 1u) << "redirect80 is false";

  const auto several = read_example("multiple-client-server-ssl-profiles.json");
  const auto* switched = several.virtuals.find("/Sample_HTTPS/MyHttps/service");
  ASSERT_TRUE(switched);
  EXPECT_FALSE(switched->translates());
  EXPECT_EQ(switched->auto_lasthop.value, Switch::disabled);
  EXPECT_EQ(switched->snat.value.type, SnatType::none);
  EXPECT_TRUE(switched->vlans.is_only_listed.value);
  EXPECT_TRUE(several.virtuals.find("/Sample_HTTPS/MyHttps/service-Redirect-"));

  const auto domains = read_example("virtualserver-name-with-routedomainIdentifier.json");
  const auto* routed = domains.virtuals.find("/Tenant01/A1/vs1");
  ASSERT_TRUE(routed);
  EXPECT_EQ(destination(*routed), "10.1.100.1%1/32:80");
  EXPECT_EQ(to_string(*domains.pools.begin()->members[0].address.value), "192.0.1.10%1");

  const auto lists = read_example("service-tcp-with-source-destination-lists.json");
  const auto* criteria = lists.traffic_matching_criteria.find("/Tenant/Application/tcpService_VS_TMC_OBJ");
  ASSERT_TRUE(criteria);
  EXPECT_EQ(criteria->destination_address_list.value, "/Tenant/Application/destinationAddressList3");
  EXPECT_EQ(lists.address_lists.find("/Tenant/Application/destinationAddressList1")->ranges.size(), 1u);
  EXPECT_EQ(lists.port_lists.find("/Tenant/Application/portList")->ranges.size(), 2u);

  const auto modes = read_example("tls-server-authenticationMode.json");
  EXPECT_EQ(modes.setting("/AS3_Tenant/AS3_App/tlsServer", "peer-cert-mode")->value, "ignore");
  EXPECT_EQ(modes.setting("/AS3_Tenant/AS3_App/tlsServer-1-", "peer-cert-mode")->value, "require");
  EXPECT_EQ(modes.setting("/AS3_Tenant/AS3_App/tlsServer-2-", "authenticate")->value, "always");
}

TEST(F5As3, TakesItsOwnDefaults) {
  const auto config = data("as3-defaults.json");
  const auto* plain = config.virtuals.find("/T/A/plain");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->snat.value.type, SnatType::automap);
  EXPECT_EQ(destination(*plain), "10.0.0.1/32:444");
  EXPECT_THAT(names(plain->persistence), ElementsAre("/Common/source_addr"));
  EXPECT_EQ(plain->source_port.value, SourcePort::preserve);
  EXPECT_EQ(config.virtuals.find("/T/A/plain-1-")->destination.value->port, 444);
  EXPECT_EQ(destination(*config.virtuals.find("/T/A/wide")), "20.16.0.0/12:0");
  EXPECT_EQ(destination(*config.virtuals.find("/T/A/six")), "2001:db8:85a3::/64:100");
  EXPECT_EQ(config.virtuals.find("/T/A/six")->source_port.value, SourcePort::preserve_strict);
  EXPECT_TRUE(config.virtuals.find("/T/A/six")->is_mirrored.value);
  EXPECT_EQ(config.virtuals.find("/T/A/six")->last_hop_pool.value, "/T/A/web");
  const auto* pool = config.pools.find("/T/A/web");
  ASSERT_TRUE(pool && pool->members.size() == 2);
  EXPECT_EQ(pool->min_active_members.value, 1u);
  EXPECT_FALSE(pool->allows_snat.value);
  EXPECT_EQ(pool->members[1].fqdn.value, "web.example.com");
  EXPECT_FALSE(pool->members[1].address.value);
  EXPECT_EQ(config.rules.find("/T/A/rule")->acts.size(), 1u);
  EXPECT_EQ(config.policies.find("/T/A/policy")->acts[0].name, "/T/A/web");
  EXPECT_TRUE(config.not_understood.kinds.contains("as3 WAF_Policy"));
  EXPECT_TRUE(config.not_understood.keys.contains("ltm virtual: as3:warpFactor"));
}

}  // namespace
}  // namespace hairpin::f5
