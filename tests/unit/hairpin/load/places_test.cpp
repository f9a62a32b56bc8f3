// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hairpin/load/options.hpp"
#include "hairpin/messages/source_ports.hpp"

namespace hairpin {
namespace {

using testing::HasSubstr;

IpAddress address(const char* text) { return *parse_address(text); }

std::string refusal_of(std::string_view ports) {
  const auto parsed = parse_source_ports(ports);
  return parsed ? "" : describe(parsed.error());
}

TEST(SourcePorts, AreARangeThatSamplesAndServicesDoNotNeed) {
  const auto ports = parse_source_ports("20000-29999");
  ASSERT_TRUE(ports) << describe(ports.error());
  EXPECT_EQ(ports->first, 20'000);
  EXPECT_EQ(ports->last, 29'999);
  for (const auto* const good : {"1024-63999", "64512-65535", "20000-20000"}) EXPECT_EQ(refusal_of(good), "") << good;
  for (const auto* const bad : {"", "-", "20000", "20000-", "-20000", "20001-20000", "1-2-3", "20000-70000", "a-b"})
    EXPECT_THAT(refusal_of(bad), HasSubstr("FIRST-LAST")) << bad;
  EXPECT_THAT(refusal_of("1023-2000"), HasSubstr("below 1024 belong to services"));
  for (const auto* const samples : {"63000-64000", "64511-65000", "1024-65535", "64100-64200"})
    EXPECT_THAT(refusal_of(samples), HasSubstr("64000 to 64511 are those of the trips")) << samples;
}

TEST(SourceAddresses, AreAllOrNamed) {
  const auto parsed = [](std::vector<std::string> words) { return parse_source_addresses(words); };
  EXPECT_TRUE(parsed({})->named.empty());
  EXPECT_FALSE(parsed({})->are_all);
  EXPECT_TRUE(parsed({"all"})->are_all);
  EXPECT_EQ(addresses_text(parsed({"10.1.1.1", "2001:db8::1", "10.1.1.1"})->named), "10.1.1.1, 2001:db8::1");
  EXPECT_FALSE(parsed({"all", "10.1.1.1"}));
  EXPECT_FALSE(parsed({"client1"}));
}

/// client1 has two addresses of IPv4, client2 one; both one of IPv6.
Topology two_clients() {
  Topology topology;
  topology.hosts.resize(2);
  topology.hosts[0].name = "client1";
  topology.hosts[0].addresses = {address("10.1.1.1"), address("10.1.1.2"), address("2001:db8::1")};
  topology.hosts[1].name = "client2";
  topology.hosts[1].addresses = {address("10.1.1.3"), address("2001:db8::3")};
  return topology;
}

std::string found(const SourceAddresses& wanted, const std::vector<std::string>& sources = {"client1", "client2"}) {
  const auto all = addresses_by_source(two_clients(), sources, Family::ipv4, wanted);
  if (!all) return describe(all.error());
  std::string text;
  for (const auto& [source, addresses] : *all) text += source + ": " + addresses_text(addresses) + "; ";
  return text;
}

TEST(SourceAddresses, AreEachSourcesOwnByTheTopology) {
  EXPECT_EQ(found({}), "");
  EXPECT_EQ(found({true, {}}), "client1: 10.1.1.1, 10.1.1.2; client2: 10.1.1.3; ");
  EXPECT_EQ(found({false, {address("10.1.1.3"), address("10.1.1.2")}}), "client1: 10.1.1.2; client2: 10.1.1.3; ");
  EXPECT_THAT(found({false, {address("10.1.1.9")}}), HasSubstr("10.1.1.9 (--source-addresses): by the topology no source"));
  EXPECT_THAT(found({false, {address("10.1.1.3")}}, {"client1"}), HasSubstr("name some of 10.1.1.1, 10.1.1.2"));
  EXPECT_THAT(found({false, {address("10.1.1.1")}}), HasSubstr("client2: none of --source-addresses is its own"));
  EXPECT_THAT(found({false, {address("2001:db8::1")}}), HasSubstr("no source"));
}

TEST(SourcePorts, SufficeForTheConnectionsOfEveryThread) {
  LoadShape part;
  part.connections = 100;
  const auto fits = [&part](std::uint16_t ports, std::uint32_t threads, std::size_t addresses) {
    part.first_port = 20'000;
    part.last_port = static_cast<std::uint16_t>(20'000 + ports - 1);
    part.threads = threads;
    part.sources.assign(addresses, address("10.1.1.1"));
    return check_source_ports(part, "client1").has_value();
  };
  EXPECT_TRUE(fits(100, 1, 0));
  EXPECT_FALSE(fits(99, 1, 0));
  EXPECT_TRUE(fits(50, 1, 2));
  EXPECT_FALSE(fits(49, 1, 2));
  EXPECT_TRUE(fits(100, 3, 1));   // 34, 33, 33 of both
  EXPECT_FALSE(fits(50, 3, 2));   // 2 * 16 for 33
  EXPECT_TRUE(fits(51, 3, 2));
  part.connections = 83;
  EXPECT_FALSE(fits(22, 4, 4));   // 88 in all, but the third thread has 20 for 21
  EXPECT_TRUE(fits(23, 4, 4));
  part.first_port = part.last_port = 0;
  EXPECT_TRUE(check_source_ports(part, "client1"));
}

TEST(SourcePorts, AreThoseOfTheShapeAndOfTheDeviations) {
  LoadOptions options;
  options.source_ports = SourcePorts{20'000, 20'999};
  options.source_addresses.named = {address("10.1.1.1")};
  const auto shape = shape_of(options);
  EXPECT_EQ(places_text(shape), "ports 20000 to 20999");
  EXPECT_EQ(part_of(shape, 1, 2).last_port, 20'999);
  const auto rows = deviations(options, shape);
  EXPECT_THAT(rows, testing::Contains(HasSubstr("(§4.3.1.1); 20000 to 20999 (--source-ports)")));
  EXPECT_THAT(rows, testing::Contains(HasSubstr("(§4.3.1.2); 1 (--source-addresses)")));
  EXPECT_THAT(deviations({}, shape_of({})), testing::Contains(HasSubstr("those that each source's kernel chooses")));
}

TEST(SourcePorts, AreTold) {
  LoadShape shape;
  EXPECT_EQ(places_text(shape), "");
  shape.sources = {address("10.1.1.1"), address("10.1.1.2")};
  EXPECT_EQ(places_text(shape), "10.1.1.1, 10.1.1.2");
  shape.first_port = shape.last_port = 20'000;
  EXPECT_EQ(places_text(shape), "ports 20000 to 20000 of 10.1.1.1, 10.1.1.2");
  shape.sources.resize(5);
  EXPECT_EQ(places_text(shape), "ports 20000 to 20000 of 5 addresses");
}

}  // namespace
}  // namespace hairpin
