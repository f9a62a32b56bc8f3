// SPDX-License-Identifier: Apache-2.0
#include "responder/load/objects.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace hairpin::responder {
namespace {

net::LoadRequest request_for(std::uint64_t bytes, bool is_last = false) {
  net::LoadRequest request;
  request.object_bytes = bytes;
  std::copy_n("0123456789abcdef", request.nonce.size(), request.nonce.begin());
  request.is_last = is_last;
  return request;
}

/// The whole answer, taken in records of which at most `most` bytes are sent at once.
std::string whole(Objects& objects, const net::LoadRequest& request, std::size_t most = kRecordBytes) {
  auto answer = objects.answer_to(request);
  std::string bytes;
  while (answer.left() > 0) {
    const auto record = objects.next_record(answer);
    EXPECT_FALSE(record.empty());
    EXPECT_LE(record.size(), kRecordBytes);
    const auto count = std::min(most, record.size());
    bytes.append(record.data(), count);
    answer.sent += count;
  }
  return bytes;
}

TEST(Objects, AnAnswerHasTheSizeThatWasAskedForAndRepeatsTheNonce) {
  Objects objects("oc02");
  const auto bytes = whole(objects, request_for(64));
  const auto end = bytes.find("\r\n\r\n");
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(bytes.substr(0, end),
            "HTTP/1.1 200 OK\r\nHairpin-Member: oc02\r\nHairpin-Nonce: 0123456789abcdef\r\nContent-Type: text/plain\r\n"
            "Cache-Control: no-store\r\nContent-Length: 64");
  EXPECT_EQ(bytes.substr(end + 4), "hairpin 0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQ\n");
}

TEST(Objects, AnAnswerIsSignedWhereThereIsAKey) {
  net::LoadKey key;
  key.bytes[3] = 7;
  Objects objects("oc02", key);
  const auto proof = net::load_proof(key, request_for(64).nonce);
  const auto bytes = whole(objects, request_for(64));
  EXPECT_NE(bytes.find("Hairpin-Nonce: " + std::string(proof.data(), proof.size()) + "\r\n"), std::string::npos) << bytes;
  EXPECT_EQ(bytes.find("0123456789abcdef\r\n"), std::string::npos);
}

TEST(Objects, ABodysByteDependsOnItsPlaceAlone) {
  Objects objects("oc02");
  const auto line = whole(objects, request_for(64)).substr(objects.answer_to(request_for(64)).head_bytes);
  for (const std::uint64_t size : {0u, 1u, 63u, 65u, 16'000u, 16'384u, 16'385u, 70'000u, 200'001u})
    for (const std::size_t most : {kRecordBytes, std::size_t{1000}}) {
      const auto answer = objects.answer_to(request_for(size));
      const auto body = whole(objects, request_for(size), most).substr(answer.head_bytes);
      ASSERT_EQ(body.size(), size);
      for (std::size_t i = 0; i < body.size(); ++i) ASSERT_EQ(body[i], line[i % 64]) << size << " at " << i;
    }
}

TEST(Objects, TheSameBytesComeAgainUntilTheyAreSent) {
  Objects objects("oc02");
  auto answer = objects.answer_to(request_for(40'000));
  for (const std::uint64_t sent : {0u, 10u, 16'384u, 30'000u}) {
    answer.sent = sent;
    const auto record = objects.next_record(answer);
    const std::string first(record.data(), record.size());
    auto other = objects.answer_to(request_for(7));  // another connection's turn
    objects.next_record(other);
    const auto again = objects.next_record(answer);
    EXPECT_EQ(std::string(again.data(), again.size()), first);
  }
}

TEST(Objects, HeadHasNoBodyAndTheLastAnswerSaysSo) {
  Objects objects("oc02");
  auto request = request_for(1000, true);
  request.is_head = true;
  const auto bytes = whole(objects, request);
  EXPECT_TRUE(bytes.ends_with("Content-Length: 1000\r\nConnection: close\r\n\r\n")) << bytes;
}

TEST(Objects, ALongNameOfAHostFitsIntoARecord) {
  Objects objects(std::string(40'000, 'a'));
  EXPECT_LT(objects.answer_to(request_for(1)).head_bytes, 1000u);
  EXPECT_TRUE(whole(objects, request_for(1)).ends_with("\r\n\r\nh"));
}

}  // namespace
}  // namespace hairpin::responder
