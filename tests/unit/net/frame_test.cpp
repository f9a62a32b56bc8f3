// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/json.hpp"
#include "net/control/channel.hpp"

namespace hairpin::control {
namespace {

using testing::HasSubstr;

/// A frame around any text, with any claimed length.
std::string frame_of(std::size_t length, const std::string& text) {
  std::string frame;
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>((length >> shift) & 0xff);
  return frame + text;
}
std::string frame_of(const std::string& text) { return frame_of(text.size(), text); }

Message request(std::uint64_t id, boost::json::value body = nullptr) {
  Message message;
  message.id = id;
  message.action = Action::probe;
  message.body = std::move(body);
  return message;
}

boost::json::value text(std::size_t size) { return boost::json::string(size, 'x'); }

/// What a frame is refused with.
std::string refusal_of(const std::string& frame) {
  FrameReader reader;
  if (const auto put = reader.put(frame); !put) return describe(put.error());
  const auto message = reader.next();
  return message ? "was not refused" : describe(message.error());
}

TEST(FrameReader, GivesBackWhatWasEncoded) {
  Message notice;
  notice.notice = "frames";
  notice.body = {1, "two", {{"three", 3.5}}};
  Message answer;
  answer.answers = 7;
  answer.error = "could not";
  for (const auto& sent : {request(1, {{"key", "välue"}}), notice, answer}) {
    FrameReader reader;
    ASSERT_TRUE(reader.put(encode(sent).value()));
    const auto read = reader.next().value();
    ASSERT_TRUE(read);
    EXPECT_EQ(to_json(*read), to_json(sent));
    EXPECT_FALSE(reader.next().value());
    EXPECT_FALSE(reader.is_inside_frame());
  }
}

TEST(FrameReader, TakesBytesInAnyPieces) {
  const auto bytes = encode(request(1)).value() + encode(request(2)).value();
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    FrameReader reader;
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      ASSERT_TRUE(reader.put(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at))));
      while (const auto message = reader.next().value()) EXPECT_EQ(message->id, ++seen);
    }
    EXPECT_EQ(seen, 2) << "in pieces of " << piece;
  }
}

TEST(FrameReader, KnowsThatAFrameHasBegun) {
  FrameReader reader;
  const auto bytes = encode(request(1)).value();
  EXPECT_FALSE(reader.is_inside_frame());
  ASSERT_TRUE(reader.put(std::span(bytes).first(bytes.size() - 1)));
  EXPECT_FALSE(reader.next().value());
  EXPECT_TRUE(reader.is_inside_frame());
}

TEST(FrameReader, RefusesALengthOverTheLimitFromItsFourBytesAlone) {
  FrameReader reader;
  const auto put = reader.put(frame_of(kMaximumFrameBytes + 1, ""));
  ASSERT_FALSE(put);
  EXPECT_THAT(describe(put.error()), HasSubstr("1048577 bytes: 1048576 are possible"));
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.put(encode(request(1)).value())) << "the error must be final";
}

TEST(FrameReader, TakesALengthAtTheLimit) {
  const auto empty = encode(request(1, "")).value().size() - 4;
  const auto fitting = encode(request(1, text(kMaximumFrameBytes - empty)));
  ASSERT_TRUE(fitting);
  FrameReader reader;
  ASSERT_TRUE(reader.put(*fitting));
  EXPECT_TRUE(reader.next().value());
  EXPECT_FALSE(encode(request(1, text(kMaximumFrameBytes - empty + 1))));
}

TEST(FrameReader, RefusesALongLengthBehindAGoodFrame) {
  FrameReader reader;
  ASSERT_TRUE(reader.put(encode(request(1)).value() + frame_of(0xffffffff, "")));
  EXPECT_TRUE(reader.next().value());
  EXPECT_FALSE(reader.next());
}

TEST(FrameReader, RefusesWhatOthersSpeak) {
  EXPECT_THAT(refusal_of("GET / HTTP/1.1\r\n\r\n"), HasSubstr("the other end is no hairpin"));
  EXPECT_THAT(refusal_of("SSH-2.0-OpenSSH_9.2\r\n"), HasSubstr("the other end is no hairpin"));
  EXPECT_THAT(refusal_of(std::string("\x16\x03\x01\x02\x00\x01\x00", 7)), HasSubstr("no hairpin"));
}

TEST(FrameReader, RefusesJsonThatIsNone) {
  EXPECT_THAT(refusal_of(frame_of("")), HasSubstr("as JSON"));
  EXPECT_THAT(refusal_of(frame_of("{\"id\":1")), HasSubstr("as JSON"));
  EXPECT_THAT(refusal_of(frame_of("{} {}")), HasSubstr("as JSON"));
}

TEST(FrameReader, RefusesDeepJson) {
  std::string deep = R"({"id":0,"notice":"x","body":)" + std::string(40, '[') + std::string(40, ']') + "}";
  EXPECT_THAT(refusal_of(frame_of(deep)), HasSubstr("as JSON"));
  std::string shallow = R"({"id":0,"notice":"x","body":)" + std::string(20, '[') + std::string(20, ']') + "}";
  EXPECT_EQ(refusal_of(frame_of(shallow)), "was not refused");
}

TEST(FrameReader, RefusesUnknownKeysTypesAndActions) {
  EXPECT_THAT(refusal_of(frame_of(R"({"id":1,"action":"probe","body":null,"run":"rm"})")),
              HasSubstr("the key \"run\" is not known"));
  EXPECT_THAT(refusal_of(frame_of(R"({"id":-1,"action":"probe","body":null})")), HasSubstr("message.id"));
  EXPECT_THAT(refusal_of(frame_of(R"({"id":1,"action":"exec","body":null})")), HasSubstr("message.action"));
  EXPECT_THAT(refusal_of(frame_of(R"({"id":1,"action":"probe"})")), HasSubstr("\"body\" is missing"));
}

TEST(FrameReader, RefusesMessagesThatAreNotExactlyOneThing) {
  const std::string one_of = "it must be one of request, answer and notice";
  EXPECT_THAT(refusal_of(frame_of(R"({"id":1,"body":null})")), HasSubstr(one_of));
  EXPECT_THAT(refusal_of(frame_of(R"({"id":1,"action":"probe","answers":1,"body":null})")),
              HasSubstr(one_of));
  EXPECT_THAT(refusal_of(frame_of(R"({"id":1,"action":"probe","notice":"x","body":null})")),
              HasSubstr(one_of));
  EXPECT_THAT(refusal_of(frame_of(R"({"id":1,"action":"probe","error":"x","body":null})")),
              HasSubstr("only answers carry an error"));
  EXPECT_THAT(refusal_of(frame_of(R"({"id":0,"action":"probe","body":null})")), HasSubstr("needs an id"));
}

template <class T>
void expect_round_trip(const T& value) {
  const auto json = to_json(value);
  const auto read = from_json<T>(json, "body");
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(to_json(*read), json);
}

TEST(Messages, SurviveTheWayThroughJson) {
  Prepare prepare;
  prepare.host = "oc01";
  prepare.listen = {{444, true, false, {}, {}, {}, {}}, {8444, false, true, {}, {}, {}, {}}};
  Watch watch;
  watch.ports = {444, 8444};
  watch.addresses = {*parse_address("10.137.2.21"), *parse_address("2001:db8::21")};
  watch.vips = {*parse_endpoint("10.137.2.11:444")};
  watch.members = {*parse_endpoint("[2001:db8::22]:444")};
  prepare.watch = watch;
  prepare.credentials = {"CERT", "KEY", "CA", "KEY"};
  prepare.routes_to = {*parse_address("10.137.2.11")};
  expect_round_trip(prepare);
  expect_round_trip(Hello{kProtocol, "0.1.0", "01J"});
  expect_round_trip(ClockReading{WallTime(nanoseconds(1)), WallTime(nanoseconds(2))});
}

TEST(Messages, RefuseParametersThatNobodyDeclared) {
  auto json = to_json(Prepare{}).as_object();
  json["capture_filter"] = "tcp port 444";
  const auto read = from_json<Prepare>(json, "prepare");
  ASSERT_FALSE(read);
  EXPECT_THAT(describe(read.error()), HasSubstr("capture_filter"));
}

}  // namespace
}  // namespace hairpin::control
