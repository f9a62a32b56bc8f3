// SPDX-License-Identifier: Apache-2.0
#include "hairpin/tls/tls_test.hpp"

#include <gmock/gmock.h>

namespace hairpin {
namespace {

TEST(ServerToTest, IsAHostAndAPort) {
  const std::tuple<const char*, const char*, int> kRows[] = {{"pool01.example.com:444", "pool01.example.com", 444},
                                                             {"10.137.2.11:1", "10.137.2.11", 1},
                                                             {"[2001:db8::11]:65535", "2001:db8::11", 65'535}};
  for (const auto& [text, host, port] : kRows) {
    const auto server = parse_server(text);
    ASSERT_TRUE(server) << text;
    EXPECT_EQ(server->host, host);
    EXPECT_EQ(server->port, port);
  }
}

TEST(ServerToTest, IsRefusedWithHowToWriteIt) {
  for (const auto* text : {"", ":444", "host", "host:", "host:0", "host:65536", "host:444x", "2001:db8::11:444", "[host]:444", "[]:444"}) {
    const auto server = parse_server(text);
    ASSERT_FALSE(server) << text;
    EXPECT_THAT(describe(server.error()), testing::HasSubstr("HOST:PORT")) << text;
  }
}

TEST(PathToAskFor, IsOneThatARequestLineCanHave) {
  for (const auto* path : {"/", "/a?b=c", "/%20"}) EXPECT_TRUE(check_path(path)) << path;
  for (const auto* path : {"", "nopath", "/a b", "/\r\nHost: other", "/\x7f", "/\xc3\xa4"}) EXPECT_FALSE(check_path(path)) << path;
}

TEST(CommandToAskAgain, HasEveryOption) {
  TlsTest test;
  test.server = "[2001:db8::11]:444";
  EXPECT_EQ(command_of(test), "hairpin tls '[2001:db8::11]:444'");
  test.server = "127.0.0.1:9443";
  test.name = "server.test";
  test.ca_file = "it's mine.crt";
  test.mutual = MutualTls::required;
  test.members = 3;
  test.patience = std::chrono::seconds(5);
  EXPECT_EQ(command_of(test), "hairpin tls 127.0.0.1:9443 --name server.test --ca 'it'\\''s mine.crt' --expect-mutual required --members 3 --slow 5");
}

}  // namespace
}  // namespace hairpin
