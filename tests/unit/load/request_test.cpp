// SPDX-License-Identifier: Apache-2.0
#include "probe/load/request.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace hairpin::probe::load {
namespace {

TEST(LoadRequest, AsksForThePathWhereNoResponderIsAsked) {
  Request request({"pool01.example.com", "/LiveServer/", {}, false, "hairpin/0 load"});
  EXPECT_EQ(request.next(false), "GET /LiveServer/ HTTP/1.1\r\nHost: pool01.example.com\r\nUser-Agent: hairpin/0 load\r\n\r\n");
  EXPECT_EQ(request.next(true),
            "GET /LiveServer/ HTTP/1.1\r\nHost: pool01.example.com\r\nUser-Agent: hairpin/0 load\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(request.nonce(), "");
}

TEST(LoadRequest, AsksAResponderForAnObjectWithANewNonceEachTime) {
  Request request({"h", "/LiveServer/", {{1024, 1}}, true, "a"});
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
  const Request::Wanted wanted{"h", "/", {{1, 1}}, true, "a"};
  Request one(wanted), other(wanted);
  one.next(false);
  other.next(false);
  EXPECT_NE(one.nonce(), other.nonce());
}

TEST(LoadRequest, MixesObjectsByWeight) {
  Request request({"h", "/", {{64, 3}, {1024, 1}}, true, "a"});
  constexpr int kCount = 10'000;
  int small = 0, small_at_odd = 0;
  for (int i = 0; i < kCount; ++i) {
    const std::string bytes(request.next(i % 5 == 0));
    const auto size = std::to_string(request.object_bytes());
    ASSERT_TRUE(bytes.starts_with("GET /object/" + size + "?nonce=" + std::string(request.nonce()) + " HTTP/1.1\r\n")) << bytes;
    if (size == "64") ++small, small_at_odd += i % 2;
  }
  const double sigma = std::sqrt(kCount * 0.75 * 0.25);
  EXPECT_NEAR(small, 0.75 * kCount, 6 * sigma);
  EXPECT_NEAR(small_at_odd, 0.375 * kCount, 6 * sigma);  // of two members that take turns none has objects of its own
}

}  // namespace
}  // namespace hairpin::probe::load
