// SPDX-License-Identifier: Apache-2.0
#include "probe/load/response.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hairpin::probe::load {
namespace {

using State = Response::State;

/// The answer as it is after all bytes, given in pieces of `step`.
struct Read {
  Response response;
  State state = State::needs_more;
  std::string left;
};

Read read(const std::string& bytes, std::size_t step = 1 << 20) {
  Read result;
  result.response.begin();
  for (std::size_t at = 0; at < bytes.size() && result.state == State::needs_more; at += step) {
    auto piece = std::string_view(bytes).substr(at, step);
    result.state = result.response.put(piece);
    result.left = std::string(piece) + (at + step < bytes.size() ? bytes.substr(at + step) : "");
  }
  return result;
}

constexpr const char* kObject =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nHairpin-Member: oc01\r\nhairpin-nonce:0123456789abcdef \r\n\r\nhello";
constexpr const char* kChunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";

TEST(LoadResponse, IsTheSameInPiecesOfAnySize) {
  for (const std::string bytes : {kObject, kChunks})
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
      const auto whole = read(bytes + "next", step);
      ASSERT_EQ(whole.state, State::whole) << bytes << step;
      EXPECT_EQ(whole.response.status(), 200U);
      EXPECT_EQ(whole.response.body_bytes(), bytes == kObject ? 5U : 15U);
      EXPECT_EQ(whole.response.bytes(), bytes.size());
      EXPECT_EQ(whole.left, "next");
      EXPECT_FALSE(whole.response.is_last());
    }
}

TEST(LoadResponse, SaysWhoAnsweredWhat) {
  const auto object = read(kObject);
  EXPECT_EQ(object.response.member(), "oc01");
  EXPECT_EQ(object.response.nonce(), "0123456789abcdef");
  EXPECT_EQ(read(kChunks).response.member(), "");
}

TEST(LoadResponse, CutsANameThatIsTooLong) {
  const auto whole = read("HTTP/1.1 204 No\r\nHairpin-Member: " + std::string(100, 'x') + "\r\n\r\n");
  EXPECT_EQ(whole.response.member(), std::string(64, 'x'));
}

TEST(LoadResponse, TellsWhenTheConnectionEndsWithIt) {
  const auto is_last = [](const std::string& head) { return read(head + "Content-Length: 0\r\n\r\n").response.is_last(); };
  EXPECT_FALSE(is_last("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(is_last("HTTP/1.1 200 OK\r\nConnection: close\r\n"));
  EXPECT_TRUE(is_last("HTTP/1.1 200 OK\r\nCONNECTION: x, Close\r\n"));
  EXPECT_TRUE(is_last("HTTP/1.0 200 OK\r\n"));
  EXPECT_FALSE(is_last("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"));
}

TEST(LoadResponse, HasNoBodyWhereItsStatusSaysSo) {
  for (const std::string status : {"204 No Content", "304 Not Modified"}) {
    const auto whole = read("HTTP/1.1 " + status + "\r\nContent-Length: 7\r\n\r\n");
    EXPECT_EQ(whole.state, State::whole);
    EXPECT_EQ(whole.response.body_bytes(), 0U);
  }
}

TEST(LoadResponse, PassesOverInterimAnswers) {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 9\r\n\r\n";
  const auto whole = read(interim + kObject);
  EXPECT_EQ(whole.state, State::whole);
  EXPECT_EQ(whole.response.status(), 200U);
  EXPECT_EQ(whole.response.body_bytes(), 5U);
  EXPECT_EQ(whole.response.bytes(), interim.size() + std::string(kObject).size());
}

TEST(LoadResponse, LastsUntilTheEndWithoutALength) {
  auto open = read("HTTP/1.1 200 OK\r\n\r\nsome");
  EXPECT_EQ(open.state, State::needs_more);
  EXPECT_EQ(open.response.body_bytes(), 4U);
  EXPECT_EQ(open.response.end(), State::whole);
  EXPECT_TRUE(open.response.is_last());
}

TEST(LoadResponse, IsNotWholeWhenItEndsEarly) {
  for (const std::string bytes : {"HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"})
    EXPECT_EQ(read(bytes).response.end(), State::garbled) << bytes;
}

TEST(LoadResponse, RefusesWhatIsNoHttp) {
  for (const std::string bytes :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"})
    EXPECT_EQ(read(bytes).state, State::garbled) << bytes;
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x')).state, State::garbled);
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(5'000, '0')).state, State::garbled);
}

TEST(LoadResponse, TakesTheSameLengthTwice) {
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx").state, State::whole);
}

TEST(LoadResponse, FollowsChunksWhereThereIsALengthToo) {
  const std::string chunk = "1\r\nx\r\n0\r\n\r\n";
  for (const std::string head : {"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 9\r\n"}) {
    const auto whole = read("HTTP/1.1 200 OK\r\n" + head + "\r\n" + chunk);
    EXPECT_EQ(whole.state, State::whole);
    EXPECT_EQ(whole.response.body_bytes(), 1U);
  }
}

TEST(LoadResponse, BeginsAnew) {
  auto first = read("HTTP/1.0 404 No\r\nHairpin-Member: a\r\n\r\nbody");
  first.response.begin();
  std::string_view bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(first.response.put(bytes), State::whole);
  EXPECT_EQ(first.response.status(), 200U);
  EXPECT_EQ(first.response.member(), "");
  EXPECT_FALSE(first.response.is_last());
}

}  // namespace
}  // namespace hairpin::probe::load
