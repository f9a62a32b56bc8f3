// SPDX-License-Identifier: Apache-2.0
#include "responder/exchange.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace hairpin::responder {
namespace {

using net::http1::Request;

ResponderObservation seen() {
  ResponderObservation result;
  result.host = "oc02";
  result.local = *parse_endpoint("10.137.2.22:444");
  result.peer = *parse_endpoint("10.137.2.4:50000");
  return result;
}

TEST(ResponderExchange, TellsTlsAndHttpByTheFirstByte) {
  EXPECT_EQ(spoken(22), Speaks::tls);
  for (const char letter : {'A', 'G', 'P', 'Z', 'a', 'z'})
    EXPECT_EQ(spoken(static_cast<std::uint8_t>(letter)), Speaks::plaintext);
  for (const int byte : {0x00, 0x0a, 0x15, 0x17, 0x40, 0x5b, 0x60, 0x7b, 0x80, 0xff})
    EXPECT_EQ(spoken(static_cast<std::uint8_t>(byte)), Speaks::neither) << byte;
}

TEST(ResponderExchange, ReportsEveryValueOfOneField) {
  Request request;
  request.fields = {{"X-Client", "CN=a"}, {"Other", "x"}, {"x-client", std::string("b\x01") + std::string(600, 'c')}};
  const auto values = values_of(request, "X-CLIENT");
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0], "CN=a");
  EXPECT_EQ(values[1].find('\x01'), std::string::npos) << "fit for a screen";
  EXPECT_LT(values[1].size(), 600U);
  EXPECT_TRUE(values_of(request, "").empty());
  request.fields.assign(20, {"X-Client", "CN=a"});
  EXPECT_EQ(values_of(request, "X-Client").size(), 8U);
}

TEST(ResponderExchange, FindsTheTripOnlyWhereThereIsExactlyOne) {
  const auto trip = TripId::random();
  Request request;
  EXPECT_FALSE(trip_of(request));
  request.fields = {{"hairpin-trip", to_string(trip)}};
  EXPECT_EQ(trip_of(request), trip);
  request.fields = {{"Hairpin-Trip", to_string(trip) + "00"}};
  EXPECT_FALSE(trip_of(request));
  request.fields = {{"Hairpin-Trip", to_string(trip)}, {"Hairpin-Trip", to_string(TripId::random())}};
  EXPECT_FALSE(trip_of(request));
}

TEST(ResponderExchange, AnswersATripWithWhatItSaw) {
  auto observation = seen();
  observation.trip = TripId::random();
  observation.tls.emplace().exporter = "ab";
  const auto response = answer_to(Request{}, observation);
  EXPECT_EQ(response.status, 200u);
  const auto document = parse_json(response.body, "the answer");
  ASSERT_TRUE(document);
  const auto answer = from_json<ResponderAnswer>(*document);
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(answer->name, "oc02");
  EXPECT_EQ(answer->trip, *observation.trip);
  EXPECT_EQ(answer->local, observation.local);
  EXPECT_EQ(answer->peer, observation.peer);
  ASSERT_TRUE(answer->tls);
  EXPECT_EQ(answer->tls->exporter, "ab");
}

TEST(ResponderExchange, SatisfiesAMonitorWithoutATrip) {
  const auto response = answer_to(Request{}, seen());
  EXPECT_EQ(response.status, 200u);
  EXPECT_FALSE(parse_json(response.body, "the answer"));
  Request head;
  head.method = "HEAD";
  EXPECT_EQ(answer_to(head, seen()).body, "");
}

}  // namespace
}  // namespace hairpin::responder
