// SPDX-License-Identifier: Apache-2.0
// Attempts that somebody else ends: at once, and with everything that was learnt.
#include <gtest/gtest.h>

#include <functional>

#include "net/closing.hpp"
#include "tests/lab/ends/site.hpp"

namespace hairpin::ends {
namespace {

constexpr milliseconds kBefore{60};
constexpr milliseconds kWithin{50};

Task<> say_nothing(net::StreamPtr stream) { co_await net::read_to_the_end(*stream); }

/// Does not close when the peer does.
Task<> hold(net::StreamPtr stream) {
  co_await net::sleep_for(milliseconds(2000));
  co_await stream->shut_down();
}

Task<> signal_later(probe::Interruption& interruption) {
  co_await net::sleep_for(kBefore);
  interruption.signal();
}

ProbeObservation interrupted(Site& site, const probe::Order& order, const net::TlsContext& tls) {
  probe::Interruption interruption;
  net::spawn(site.executor(), signal_later(interruption));
  const auto began = system_clock().steady();
  auto seen = site.run(probe::run(order, tls, "oc01", interruption, {}));
  EXPECT_LT(system_clock().steady() - began, kBefore + kWithin);
  EXPECT_TRUE(interruption.is_signalled());
  return seen;
}

TEST(Interrupted, WhileConnecting) {
  Site site;
  const auto seen = interrupted(site, order_to(site.listen_deaf()), client_tls());
  EXPECT_EQ(seen.end, End::decided) << seen.error;
  EXPECT_EQ(seen.ended_in, Phase::connect);
  EXPECT_TRUE(seen.local);
  EXPECT_FALSE(seen.errno_value);
}

TEST(Interrupted, WhileShakingHandsKeepsTheClientRandom) {
  Site site;
  const auto endpoint = site.serve(say_nothing);
  for (const auto depth : {Depth::http, Depth::hello}) {
    const auto seen = interrupted(site, order_to(endpoint, depth), client_tls());
    EXPECT_EQ(seen.end, End::decided) << seen.error;
    EXPECT_EQ(seen.ended_in, Phase::tls);
    EXPECT_TRUE(seen.tls && seen.tls->client_random);
  }
}

TEST(Interrupted, WhileWaitingForTheAnswer) {
  Site site;
  const auto seen = interrupted(site, order_to(site.serve(say_nothing)), net::TlsContext());
  EXPECT_EQ(seen.end, End::decided) << seen.error;
  EXPECT_EQ(seen.ended_in, Phase::response);
  EXPECT_EQ(seen.phases.size(), 3u);
}

TEST(Interrupted, WhileClosingIsStillAnswered) {
  Site site;
  const auto seen = interrupted(site, order_to(site.serve(hold), Depth::tcp), net::TlsContext());
  EXPECT_EQ(seen.end, End::answered) << seen.error;
}

TEST(Interrupted, BeforeItBeganDialsNothing) {
  Site site;
  probe::Interruption interruption;
  interruption.signal();
  const auto order = order_to(site.respond(server_tls()));
  const auto seen = site.run(probe::run(order, client_tls(), "oc01", interruption, {}));
  EXPECT_EQ(seen.end, End::decided);
  EXPECT_FALSE(seen.local);
  site.run_for(milliseconds(30));
  site.responder->flush();
  EXPECT_TRUE(site.observations.empty());
}

TEST(Interrupted, ByWhoIsToldTheTuple) {
  Site site;
  probe::Interruption interruption;
  const auto order = order_to(site.respond(server_tls()));
  const auto at_once = [&](const Tuple&) { interruption.signal(); };
  const auto seen = site.run(probe::run(order, client_tls(), "oc01", interruption, at_once));
  EXPECT_EQ(seen.end, End::decided);
  EXPECT_EQ(seen.ended_in, Phase::connect);
  EXPECT_TRUE(seen.local);
}

TEST(Interrupted, AfterwardsChangesNothing) {
  Site site;
  probe::Interruption interruption;
  const auto order = order_to(site.respond(server_tls()));
  const auto seen = site.run(probe::run(order, client_tls(), "oc01", interruption, {}));
  interruption.signal();
  site.run_for(milliseconds(10));
  EXPECT_EQ(seen.end, End::answered);
}

Task<> run_and_forget(probe::Order order, probe::Interruption& interruption) {
  const std::function<void(const Tuple&)> nobody;
  auto context = client_tls();
  co_await probe::run(std::move(order), std::move(context), "oc01", interruption, nobody);
}

TEST(Interrupted, TheLoopMayEndFirst) {
  probe::Interruption interruption;
  {
    Site site;
    const auto order = order_to(site.listen_deaf());
    net::spawn(site.executor(), run_and_forget(order, interruption));
    site.run_for(milliseconds(20));
  }
  interruption.signal();
  EXPECT_TRUE(interruption.is_signalled());
}

}  // namespace
}  // namespace hairpin::ends
