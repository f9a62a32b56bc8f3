// SPDX-License-Identifier: Apache-2.0
#include "reports/load_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hairpin::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

LoadReportData a_load() {
  LoadReportData data;
  auto& load = data.load.emplace();
  load.host = "client1";
  load.target.endpoint = *parse_endpoint("10.137.2.11:444");
  for (std::uint32_t second = 0; second < 3; ++second) {
    LoadSecond one;
    one.second = second;
    one.phase = second < 2 ? LoadPhase::sustain : LoadPhase::ramp_down;
    one.open = 10 * (second + 1);
    load.seconds.push_back(one);
  }
  data.sources = {load};
  return data;
}

TEST(LoadText, SaysWhereSourcesConnectFrom) {
  auto data = a_load();
  EXPECT_THAT(load_text(data), Not(HasSubstr("connect from")));
  auto& shape = data.load->shape;
  shape.sources = {*parse_address("10.137.1.10"), *parse_address("10.137.1.11")};
  EXPECT_THAT(load_text(data), HasSubstr("the sources connect from 10.137.1.10, 10.137.1.11\n"));
  EXPECT_THAT(load_text(data), Not(HasSubstr("ports in use")));
  shape.first_port = 20'000;
  shape.last_port = 20'099;
  EXPECT_THAT(load_text(data), HasSubstr("connect from ports 20000 to 20099 of 10.137.1.10, 10.137.1.11\n"));
  EXPECT_THAT(load_text(data), HasSubstr("30  (15.0 % of 200, at the ends of seconds)"));
  shape.sources.clear();
  EXPECT_THAT(load_text(data), HasSubstr("30  (30.0 % of 100, at the ends of seconds)"));
  data.sources.push_back(data.sources.front());
  EXPECT_THAT(load_text(data), HasSubstr("30  (15.0 % of 200, at the ends of seconds)"));
}

TEST(LoadText, SaysWhatNobodyHadAskedFor) {
  auto data = a_load();
  EXPECT_THAT(load_text(data), Not(HasSubstr("asked for")));
  data.load->sustained.unasked = 3;
  data.load->sustained.alive = 50;
  EXPECT_THAT(load_text(data), HasSubstr("  on 3 of 50 connections that lived then something came that nobody had asked for\n"));
}

TEST(LoadText, SaysWhichPercentileOfLatenessItHas) {
  auto data = a_load();
  data.load->health.lateness_us = 120;
  data.load->health.lateness_percent = 99.0;
  EXPECT_THAT(load_text(data), HasSubstr("late by 120 µs at most (p99)"));
}

TEST(LoadText, SaysWhatASearchFoundAndWhatEndedIt) {
  auto data = a_load();
  data.trials = {{50, "kept", 4.0}, {100, "kept", 5.0}};
  data.search = {100, {}, {}, {}};
  EXPECT_THAT(load_text(data), HasSubstr("  at least 100 /s: all that was asked for (--search)\n"));
  EXPECT_THAT(load_text(data), HasSubstr("  knee: none, "));
  data.trials.push_back({200, "90.0 of 200.0 transactions a second were completed", 900.0});
  data.search.knee = 200;
  EXPECT_THAT(load_text(data), HasSubstr("  highest rate that kept the rules: 100 /s\n"));
  EXPECT_THAT(load_text(data), HasSubstr("  knee: from 200 /s on"));
  EXPECT_THAT(load_text(data), Not(HasSubstr("knee: n")));
  data.search.limit = "its threads used 95 % of their CPUs";
  EXPECT_THAT(load_text(data), HasSubstr("  at least 100 /s: above it nobody can tell (its threads used 95 % of their CPUs)\n"));
  data.search = {100, {}, "no load of a tenth of the rate was made", {}};
  EXPECT_THAT(load_text(data), HasSubstr("  knee: not told, no load of a tenth"));
  EXPECT_THAT(load_text(data), Not(HasSubstr("knee: none")));
}

TEST(LoadMembersCsv, HasALineForEachSecondAndMember) {
  auto data = a_load();
  data.served.resize(2);
  data.served[0].member = "oc01";
  data.served[0].seconds = {{0, 5, 4, 4096, 1}, {2, 1, 2, 2048, 0}};
  data.served[1].member = "oc02";
  data.served[1].seconds = {{3, 0, 0, 0, 0}};
  EXPECT_EQ(load_members_csv(data),
            "member,second,phase,connections,answered,body_bytes,open\n"
            "oc01,0,sustain,5,4,4096,1\n"
            "oc01,2,ramp_down,1,2,2048,0\n"
            "oc02,3,over,0,0,0,0\n");
}

TEST(LoadJson, IsReadAgain) {
  auto data = a_load();
  data.load->shape.sources = {*parse_address("10.137.1.10")};
  data.load->shape.first_port = data.load->shape.last_port = 20'000;
  data.served.resize(1);
  data.served[0].member = "oc01";
  data.served[0].seconds = {{0, 5, 4, 4096, 1}};
  const auto again = read_load_json(load_json(data));
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_EQ(places_text(again->load->shape), "ports 20000 to 20000 of 10.137.1.10");
  EXPECT_EQ(again->served[0].seconds[0].answered, 4U);
}

}  // namespace
}  // namespace hairpin::reports
