// SPDX-License-Identifier: Apache-2.0
#include "probe/exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "base/version.hpp"

namespace hairpin::probe {
namespace {

using testing::HasSubstr;

Order order() {
  Order result;
  result.trip = TripId::random();
  result.target.endpoint = *parse_endpoint("10.137.2.11:444");
  result.path = "/LiveServer/MCUFactory/";
  return result;
}

TEST(ProbeExchange, AsksWithTheTripInTheHeaderAndInTheBody) {
  auto asked = order();
  asked.run = "01JD";
  const auto request = request_of(asked);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/LiveServer/MCUFactory/");
  EXPECT_EQ(net::http1::find_field(request.fields, "hairpin-trip"), to_string(asked.trip));
  EXPECT_EQ(net::http1::find_field(request.fields, "User-Agent"),
            std::string("hairpin/") + kVersion + " (run 01JD)");
  EXPECT_THAT(request.body, HasSubstr(to_string(asked.trip)));
}

TEST(ProbeExchange, ClaimsToBeSomebodyElseOnlyWhereThatIsTested) {
  auto asked = order();
  EXPECT_EQ(request_of(asked).fields.size(), 3U);
  asked.identity_header = "X-Client-Subject";
  EXPECT_EQ(net::http1::find_field(request_of(asked).fields, "X-Client-Subject"), kForgedIdentity);
}

TEST(ProbeExchange, NamesTheServerOrItsAddressAsHost) {
  auto asked = order();
  EXPECT_EQ(request_of(asked).host, "10.137.2.11:444");
  asked.server_name = "pool01.example.com";
  EXPECT_EQ(request_of(asked).host, "pool01.example.com:444");
  asked.server_name.clear();
  asked.target.endpoint = *parse_endpoint("[2001:db8::11]:444");
  EXPECT_EQ(request_of(asked).host, "[2001:db8::11]:444");
}

std::string answer_about(const TripId& trip) {
  const ResponderAnswer answer{
      "oc02", trip, *parse_endpoint("10.137.2.22:444"), *parse_endpoint("10.137.2.4:1"), {}};
  return boost::json::serialize(to_json(answer)) + "\n";
}

TEST(ProbeExchange, UnderstandsAResponder) {
  const auto trip = TripId::random();
  const auto answer = read_answer(answer_about(trip), trip);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->name, "oc02");
  EXPECT_EQ(to_string(answer->peer), "10.137.2.4:1");
  EXPECT_FALSE(answer->tls);
}

TEST(ProbeExchange, DoesNotBelieveAnAnswerAboutAnotherTrip) {
  EXPECT_FALSE(read_answer(answer_about(TripId::random()), TripId::random()));
}

TEST(ProbeExchange, DoesNotTakeOtherBodiesForAResponders) {
  const auto trip = TripId::random();
  for (const std::string body : {"", "{}", "<html>503</html>", "null", "[1,2,3]", "{\"trip\":\"zz\"}"})
    EXPECT_FALSE(read_answer(body, trip)) << body;
  auto truncated = answer_about(trip);
  truncated.resize(truncated.size() / 2);
  EXPECT_FALSE(read_answer(truncated, trip));
}

}  // namespace
}  // namespace hairpin::probe
