// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace hairpin {

BOOST_DEFINE_ENUM_CLASS(Colour, red, green)

struct Leaf {
  std::uint8_t number = 0;
  std::string word;
  auto operator<=>(const Leaf&) const = default;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (number, word))

struct Tree {
  bool is_big = false;
  Colour colour{};
  double height = 0;
  milliseconds age{};
  IpAddress address;
  Leaf leaf;
  std::optional<Leaf> spare;
  std::vector<Leaf> leaves;
  std::map<std::string, std::int64_t> counts;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (is_big, colour, height, age, address, leaf, spare, leaves, counts))

namespace {

constexpr auto kText =
    R"({"is_big":true,"colour":"green","height":1.5E0,"age":250,"address":"10.1.2.3",)"
    R"("leaf":{"number":7,"word":"a"},"leaves":[{"number":1,"word":"b"}],"counts":{"x":-5}})";

Result<Tree> read(std::string text, const std::string& change = {}, const std::string& into = {}) {
  if (!change.empty()) {
    EXPECT_NE(text.find(change), text.npos) << change;
    text.replace(text.find(change), change.size(), into);
  }
  const auto value = parse_json(text, "tree.json");
  if (!value) return value.error();
  return from_json<Tree>(*value);
}

std::string refused(const std::string& change, const std::string& into) {
  const auto result = read(kText, change, into);
  return result ? "accepted" : describe(result.error());
}

TEST(Json, IsWrittenAsItWasRead) {
  const auto tree = read(kText);
  ASSERT_TRUE(tree) << describe(tree.error());
  EXPECT_TRUE(tree->is_big);
  EXPECT_EQ(tree->colour, Colour::green);
  EXPECT_EQ(tree->age, milliseconds(250));
  EXPECT_EQ(tree->leaves.at(0), (Leaf{1, "b"}));
  EXPECT_EQ(tree->counts.at("x"), -5);
  EXPECT_FALSE(tree->spare);
  EXPECT_EQ(boost::json::serialize(to_json(*tree)), kText);
}

TEST(Json, LetsOnlyOptionalsListsAndMapsBeAbsent) {
  EXPECT_EQ(refused(R"(,"leaves":[{"number":1,"word":"b"}])", ""), "accepted");
  EXPECT_EQ(refused(R"(,"counts":{"x":-5})", ""), "accepted");
  EXPECT_EQ(refused(R"("leaf":)", R"("spare":null,"leaf":)"), "accepted");
  EXPECT_EQ(refused(R"("is_big":true,)", ""), "could not read the top level: the key \"is_big\" is missing");
  EXPECT_EQ(refused(R"(,"word":"b")", ""), "could not read leaves[0]: the key \"word\" is missing");
}

TEST(Json, RefusesUnknownKeysWithTheirPath) {
  EXPECT_EQ(refused(R"("is_big")", R"("extra":1,"is_big")"),
            "could not read the top level: the key \"extra\" is not known");
  EXPECT_EQ(refused(R"("word":"b")", R"("word":"b","extra":1)"),
            "could not read leaves[0]: the key \"extra\" is not known");
}

TEST(Json, RefusesWrongTypesWithTheirPath) {
  EXPECT_EQ(refused("true", "1"), "could not read is_big: it must be true or false, not 1");
  EXPECT_EQ(refused("\"green\"", "\"blue\""),
            "could not read colour: it must be one of red green, not \"blue\"");
  EXPECT_EQ(refused("\"10.1.2.3\"", "\"10.1.2.300\""),
            "could not read address: it must be an IP address, not \"10.1.2.300\"");
  EXPECT_EQ(refused("\"a\"", "null"), "could not read leaf.word: it must be text, not null");
  EXPECT_EQ(refused("{\"x\":-5}", "[1]"), "could not read counts: it must be an object, not [1]");
  EXPECT_EQ(refused("[{\"number\":1,\"word\":\"b\"}]", "{}"),
            "could not read leaves: it must be a list, not {}");
  EXPECT_EQ(refused("1.5E0", "\"high\""), "could not read height: it must be a number, not \"high\"");
}

TEST(Json, RefusesNumbersOutOfRange) {
  EXPECT_EQ(refused("\"number\":7", "\"number\":255"), "accepted");
  EXPECT_EQ(refused("\"number\":7", "\"number\":256"),
            "could not read leaf.number: it must be a whole number in range, not 256");
  EXPECT_EQ(refused("\"number\":7", "\"number\":-1"),
            "could not read leaf.number: it must be a whole number in range, not -1");
  EXPECT_NE(refused("\"number\":7", "\"number\":7.0"), "accepted");
  EXPECT_NE(refused("-5", "18446744073709551615"), "accepted");
}

TEST(Json, CutsLongValuesInMessages) {
  EXPECT_LT(refused("\"green\"", "\"" + std::string(10'000, 'x') + "\"").size(), 200u);
  EXPECT_LT(refused("\"is_big\"", "\"" + std::string(10'000, 'x') + "\":1,\"is_big\"").size(), 200u);
}

TEST(Json, AcceptsThirtyTwoLevelsAndNoMore) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(parse_json(nested(32), "f"));
  EXPECT_FALSE(parse_json(nested(33), "f"));
  EXPECT_FALSE(parse_json(nested(1'000'000), "f"));
}

TEST(Json, NamesTheFileAndTheByteThatIsWrong) {
  const auto result = parse_json("{\"a\": tru}", "run.json");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().doing, "read run.json as JSON at byte 6");
}

TEST(Json, RefusesTruncatedAndTrailingText) {
  for (const auto* text :
       {"", "{", "[1", "\"a", "{} {}", "[1,]", "{\"a\":1,}", "nul", "'a'", "\"\xff\"", "1 2"})
    EXPECT_FALSE(parse_json(text, "f")) << text;
}

TEST(Json, ReadsEndpointsWithoutPort) {
  const auto endpoint = JsonText<Endpoint>::read("10.1.2.3:0");
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->port, 0);
  EXPECT_EQ(JsonText<Endpoint>::write(*endpoint), "10.1.2.3:0");
  EXPECT_EQ(JsonText<Endpoint>::read("[::1]:0")->address, parse_address("::1"));
  EXPECT_EQ(JsonText<Endpoint>::read("10.1.2.3:10")->port, 10);
  EXPECT_FALSE(JsonText<Endpoint>::read("10.1.2.3:00"));
  EXPECT_FALSE(JsonText<Endpoint>::read(":0"));
}

template <class T>
void expect_round_trip(const std::string& text) {
  const auto read = JsonText<T>::read(text);
  ASSERT_TRUE(read) << text;
  EXPECT_EQ(JsonText<T>::write(*read), text);
}

TEST(Json, WritesWordsAsTheyWereRead) {
  expect_round_trip<Prefix>("10.1.2.0/24");
  expect_round_trip<MacAddress>("02:00:0a:89:02:15");
  expect_round_trip<WallTime>("2026-11-22T10:01:02.003004005Z");
  expect_round_trip<TripId>("00112233445566778899aabbccddeeff");
  expect_round_trip<ClientRandom>("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  EXPECT_FALSE(JsonText<ClientRandom>::read("00112233445566778899aabbccddeeff"));
}

}  // namespace
}  // namespace hairpin
