// SPDX-License-Identifier: Apache-2.0
#include "probe/load/request.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hairpin::probe::load {
namespace {

TEST(LoadRequest, AsksForThePathWhereNoResponderIsAsked) {
  Request request({"pool01.example.com", "/LiveServer/", 0, false, "hairpin/0 load"});
  EXPECT_EQ(request.next(false), "GET /LiveServer/ HTTP/1.1\r\nHost: pool01.example.com\r\nUser-Agent: hairpin/0 load\r\n\r\n");
  EXPECT_EQ(request.next(true),
            "GET /LiveServer/ HTTP/1.1\r\nHost: pool01.example.com\r\nUser-Agent: hairpin/0 load\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(request.nonce(), "");
}

TEST(LoadRequest, AsksAResponderForAnObjectWithANewNonceEachTime) {
  Request request({"h", "/LiveServer/", 1024, true, "a"});
  std::set<std::string> nonces;
  for (int i = 0; i < 300; ++i) {
    const std::string bytes(request.next(i % 2 == 0));
    const std::string nonce(request.nonce());
    ASSERT_EQ(nonce.size(), 16U);
    EXPECT_EQ(nonce.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(bytes.starts_with("GET /LiveServer/object/1024?nonce=" + nonce + " HTTP/1.1\r\n")) << bytes;
    nonces.insert(nonce);
  }
  EXPECT_EQ(nonces.size(), 300U);
}

TEST(LoadRequest, DoesNotRepeatTheNoncesOfAnother) {
  const Request::Wanted wanted{"h", "/", 1, true, "a"};
  Request one(wanted), other(wanted);
  one.next(false);
  other.next(false);
  EXPECT_NE(one.nonce(), other.nonce());
}

}  // namespace
}  // namespace hairpin::probe::load
