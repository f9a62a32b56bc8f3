// SPDX-License-Identifier: Apache-2.0
#include "net/http1.hpp"

#include <gtest/gtest.h>

namespace hairpin::net::http1 {
namespace {

std::span<const char> bytes(std::string_view text) { return {text.data(), text.size()}; }

Result<std::optional<Request>> read_request(std::string_view text) {
  return RequestReader().put(bytes(text));
}

TEST(Http1, ReadsBackTheRequestThatItWrites) {
  const Request request{"POST", "/a?b=c", "pool01:444", {{"Hairpin-Trip", "00ff"}}, "body"};
  const auto text = write(request);
  ASSERT_TRUE(text);
  const auto read = read_request(*text);
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->method, "POST");
  EXPECT_EQ((*read)->target, "/a?b=c");
  EXPECT_EQ((*read)->host, "pool01:444");
  EXPECT_EQ((*read)->body, "body");
  EXPECT_EQ(find_field((*read)->fields, "hairpin-trip"), "00ff");
  EXPECT_EQ(find_field((*read)->fields, "connection"), "close");
}

TEST(Http1, SaysThatTheConnectionEndsUnlessItIsKeptOpen) {
  Response response;
  EXPECT_NE(write(response)->find("Connection: close\r\n"), std::string::npos);
  response.keeps_open = true;
  EXPECT_EQ(write(response)->find("Connection"), std::string::npos);
}

TEST(Http1, ReadsARequestByteByByte) {
  const auto text = *write(Request{"POST", "/", "h", {}, "four"});
  RequestReader reader;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto read = reader.put(bytes(std::string_view(text).substr(i, 1)));
    ASSERT_TRUE(read) << i;
    ASSERT_FALSE(*read) << i;
  }
  const auto read = reader.put(bytes(std::string_view(text).substr(text.size() - 1)));
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->body, "four");
}

TEST(Http1, ReadsWhatHealthMonitorsSend) {
  for (const auto* text :
       {"GET / HTTP/1.0\r\n\r\n", "GET /\x20HTTP/1.1\r\nHost: \r\nConnection: Close\r\n\r\n",
        "OPTIONS / HTTP/1.0\r\n\r\n", "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    const auto read = read_request(text);
    EXPECT_TRUE(read && *read) << text;
  }
}

TEST(Http1, RefusesWhatIsNoRequest) {
  for (const auto* text :
       {"\x16\x03\x01\x02", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nA\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "GET / HTTP/1.1\r\n : x\r\n\r\n"})
    EXPECT_FALSE(read_request(text)) << text;
}

TEST(Http1, KeepsItsLimits) {
  const std::string long_field = "GET / HTTP/1.1\r\nA: " + std::string(kHeaderLimitBytes, 'a');
  EXPECT_FALSE(read_request(long_field));
  EXPECT_FALSE(read_request("POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n"));
  EXPECT_FALSE(read_request("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"));
  EXPECT_TRUE(read_request("POST / HTTP/1.1\r\nContent-Length: 65536\r\n\r\n"));
}

TEST(Http1, BoundsABodyWithoutALength) {
  ResponseReader reader;
  auto read = reader.put(bytes("HTTP/1.1 200 OK\r\n\r\n"));
  const std::string more(4096, 'x');
  for (int i = 0; i < 17 && read; ++i) read = reader.put(bytes(more));
  EXPECT_FALSE(read);
}

TEST(Http1, StaysBrokenAfterAnError) {
  RequestReader reader;
  EXPECT_FALSE(reader.put(bytes("\x16\x03")));
  EXPECT_FALSE(reader.put(bytes("GET / HTTP/1.1\r\n\r\n")));
}

TEST(Http1, ReadsChunksAndBodiesUpToTheEnd) {
  ResponseReader chunked;
  const auto whole =
      chunked.put(bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ((*whole)->body, "abc");

  ResponseReader endless;
  const auto open = endless.put(bytes("HTTP/1.0 503 No server\r\n\r\nsorry"));
  ASSERT_TRUE(open);
  EXPECT_FALSE(*open);
  const auto ended = endless.finish();
  ASSERT_TRUE(ended && *ended);
  EXPECT_EQ((*ended)->status, 503u);
  EXPECT_EQ((*ended)->reason, "No server");
  EXPECT_EQ((*ended)->body, "sorry");
}

TEST(Http1, SaysThatSomethingIsMissingWhenThePeerEndsEarly) {
  for (const auto* text : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"}) {
    ResponseReader reader;
    const auto read = reader.put(bytes(text));
    ASSERT_TRUE(read) << text;
    EXPECT_FALSE(*read) << text;
    const auto ended = reader.finish();
    ASSERT_TRUE(ended) << text;
    EXPECT_FALSE(*ended) << text;
  }
}

TEST(Http1, DoesNotChooseBetweenTwoFieldsOfOneName) {
  const Fields fields{{"Hairpin-Trip", "1"}, {"HAIRPIN-TRIP", "2"}, {"Host", "h"}};
  EXPECT_FALSE(find_field(fields, "Hairpin-Trip"));
  EXPECT_EQ(find_field(fields, "host"), "h");
  EXPECT_FALSE(find_field(fields, "Via"));
}

TEST(Http1, WritesNoHeaderThatCameThroughAValue) {
  EXPECT_FALSE(write(Request{"GET", "/a\r\nX: y", "h", {}, ""}));
  EXPECT_FALSE(write(Request{"GET", "/a b", "h", {}, ""}));
  EXPECT_FALSE(write(Request{"GET", "", "h", {}, ""}));
  EXPECT_FALSE(write(Request{"GET", "/", "h\nX: y", {}, ""}));
  EXPECT_FALSE(write(Request{"GET", "/", "h", {{"A", "b\r\nC: d"}}, ""}));
  EXPECT_FALSE(write(Request{"GET", "/", "h", {{"A:", "b"}}, ""}));
  EXPECT_FALSE(write(Response{200, "OK\r\nX: y", {}, ""}));
}

}  // namespace
}  // namespace hairpin::net::http1
