// SPDX-License-Identifier: Apache-2.0
#include "net/load_request.hpp"

#include <gtest/gtest.h>

namespace hairpin::net {
namespace {

constexpr const char* kNonce = "0123456789abcdef";

std::optional<LoadRequest> read(const std::string& start, const std::string& fields = "Host: a\r\n") {
  return read_load_request(start + "\r\n" + fields + "\r\n");
}

TEST(LoadRequest, IsToldByItsPath) {
  const auto request = read("GET /LiveServer/MCUFactory/object/16384?nonce=0123456789abcdef HTTP/1.1");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->object_bytes, 16384u);
  EXPECT_EQ(std::string(request->nonce.data(), request->nonce.size()), kNonce);
  EXPECT_FALSE(request->is_head);
  EXPECT_FALSE(request->is_last);
}

TEST(LoadRequest, IsWhatLoadTargetWrites) {
  Nonce nonce{};
  std::copy_n(kNonce, nonce.size(), nonce.begin());
  EXPECT_EQ(load_target("/a/", 7, nonce), "/a/object/7?nonce=0123456789abcdef");
  for (const std::string prefix : {"", "/", "/a", "/object/9"}) {
    const auto request = read("HEAD " + load_target(prefix, kMostObjectBytes, nonce) + " HTTP/1.1");
    ASSERT_TRUE(request) << prefix;
    EXPECT_EQ(request->object_bytes, kMostObjectBytes);
    EXPECT_EQ(request->nonce, nonce);
    EXPECT_TRUE(request->is_head);
  }
}

TEST(LoadRequest, IsNothingElse) {
  for (const std::string start : {
           "GET / HTTP/1.1", "GET /object/64 HTTP/1.1", "GET /object/64?nonce= HTTP/1.1",
           "GET /object/64?nonce=0123456789abcde HTTP/1.1", "GET /object/64?nonce=0123456789ABCDEF HTTP/1.1",
           "GET /object/64?nonce=0123456789abcdef0 HTTP/1.1", "GET /object/?nonce=0123456789abcdef HTTP/1.1",
           "GET /object/-1?nonce=0123456789abcdef HTTP/1.1", "GET /object/+1?nonce=0123456789abcdef HTTP/1.1",
           "GET /object/1e3?nonce=0123456789abcdef HTTP/1.1", "GET /object/64/?nonce=0123456789abcdef HTTP/1.1",
           "GET /object/67108865?nonce=0123456789abcdef HTTP/1.1",
           "GET /object/99999999999999999999?nonce=0123456789abcdef HTTP/1.1",
           "GET object/64?nonce=0123456789abcdef HTTP/1.1", "POST /object/64?nonce=0123456789abcdef HTTP/1.1",
           "GET /object/64?nonce=0123456789abcdef HTTP/1.0", "GET /object/64?nonce=0123456789abcdef HTTP/2.0",
           "GET /a b/object/64?nonce=0123456789abcdef HTTP/1.1", "GET /object/64?nonce=0123456789abcdef", ""})
    EXPECT_FALSE(read(start)) << start;
}

TEST(LoadRequest, AFieldMayMakeItSomethingElse) {
  const std::string start = "GET /object/64?nonce=0123456789abcdef HTTP/1.1";
  EXPECT_TRUE(read(start, "Content-Length: 0\r\nX-Forwarded-For: 10.0.0.1\r\n"));
  for (const std::string fields : {"Content-Length: 1\r\n", "content-length: 5\r\n", "Transfer-Encoding: chunked\r\n",
                                   "Expect: 100-continue\r\n", "no colon\r\n",
                                   "Hairpin-Trip: 00112233445566778899aabbccddeeff\r\n", "hairpin-trip: x\r\n"})
    EXPECT_FALSE(read(start, "Host: a\r\n" + fields)) << fields;
}

TEST(LoadRequest, ConnectionCloseMakesItTheLast) {
  const std::string start = "GET /object/64?nonce=0123456789abcdef HTTP/1.1";
  for (const std::string fields : {"Connection: close\r\n", "connection:CLOSE\r\n", "CONNECTION: \t close \r\n"})
    EXPECT_TRUE(read(start, fields).value().is_last) << fields;
  for (const std::string fields : {"Connection: keep-alive\r\n", "Connections: close\r\n", "XConnection: close\r\n"})
    EXPECT_FALSE(read(start, fields).value().is_last) << fields;
}

TEST(LoadRequest, AHeadEndsWithAnEmptyLine) {
  EXPECT_EQ(head_size(""), 0u);
  EXPECT_EQ(head_size("GET / HTTP/1.1\r\nHost: a\r\n"), 0u);
  EXPECT_EQ(head_size("GET / HTTP/1.1\r\n\r\nGET "), 18u);
  EXPECT_FALSE(read_load_request("GET /object/64?nonce=0123456789abcdef HTTP/1.1\r\nHost: a\r\n")) << "it is not whole";
}

}  // namespace
}  // namespace hairpin::net
