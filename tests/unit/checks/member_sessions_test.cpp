// SPDX-License-Identifier: Apache-2.0
// What a run finds of sessions that are shown to several members, and of connections to members that several clients share.
#include "tests/unit/checks/expect.hpp"
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using test::Scene;
using test::TlsScene;
using enum Verdict;

enum class Is { resumed, whole };

class MemberSessions : public testing::Test {
 protected:
  Expectation& expect() { return scene.topology.pools[0].virtual_servers[0].expect; }
  /// A question of client1 that this member answered, in the client's own TLS session.
  ResponderObservation& answered(const std::string& member, TlsQuestion question, const std::string& source = "client1") {
    auto& probe = scene.answered(source, member, {.snat = "10.137.2.4"});
    probe.question = question;
    probe.tls->version = "TLSv1.3";
    probe.details = TlsScene().details();
    scene.observations.responders.back().tls->peer_certificate_sha256 = "client one";
    return scene.observations.responders.back();
  }
  ResponderObservation& first(const std::string& member, std::uint32_t tickets = 1) {
    auto& seen = answered(member, TlsQuestion::member_session);
    scene.observations.probes.back().details->tickets = tickets;
    return seen;
  }
  ResponderObservation& shown(const std::string& member, Is what) {
    auto& seen = answered(member, TlsQuestion::member_resumed);
    scene.observations.probes.back().details->is_resumed = what == Is::resumed;
    return seen;
  }
  /// Each member's session to both; `between`: what came of it at the other one.
  void ask_all(Is between) {
    for (const auto* member : {"oc01", "oc02"}) {
      const std::string other = std::string(member) == "oc01" ? "oc02" : "oc01";
      first(member);
      shown(other, between);
      shown(member, Is::resumed);
    }
  }
  /// The balancer has a TLS session of its own with members, and says there who the client is.
  void end_at_balancer() {
    for (auto& seen : scene.observations.responders) {
      seen.tls->exporter = "another session";
      seen.tls->peer_certificate_sha256 = "the balancer's";
    }
  }
  void lose(ProbeObservation& probe) {
    probe.end = End::reset;
    probe.ended_in = Phase::tls;
    probe.answer.reset();
    probe.details->is_resumed = false;
    scene.observations.responders.pop_back();
  }
  Finding finding(const std::string& check) const {
    Finding found;
    std::size_t count = 0;
    for (const auto& each : scene.judge().findings)
      if (each.check == check && ++count > 0) found = each;
    EXPECT_EQ(count, 1u) << check;
    return found;
  }
  Finding sessions() const { return finding("tls-resumption-members"); }
  Finding identity() const { return finding("mtls-resumed-identity"); }

  Scene scene;
};

TEST_F(MemberSessions, ThatStayTheirMembersAreReported) {
  ask_all(Is::whole);
  const auto found = sessions();
  EXPECT_EQ(found.verdict, info);
  EXPECT_EQ(found.observed, "oc01: 1 of 2 resumed; oc02: 1 of 2 resumed");
  EXPECT_EQ(found.summary, "members resume no sessions of each other");
  ASSERT_EQ(found.evidence.size(), 4u) << "members by members";
  EXPECT_EQ(found.evidence[1].text, "a session of oc01 at oc02: 0 of 1 resumed");
  EXPECT_TRUE(found.subject.source.empty());
}

TEST_F(MemberSessions, ThatAreToBeSharedAndAreNotAreAWarning) {
  expect().shares_sessions = true;
  ask_all(Is::whole);
  const auto found = sessions();
  EXPECT_EQ(found.cause, "tls.sessions-not-shared");
  EXPECT_EQ(found.verdict, warn);
  EXPECT_EQ(found.attempts, 4u);
  EXPECT_EQ(found.failed, 2u);
}

TEST_F(MemberSessions, ThatOneMemberAloneResumesAreNotShared) {
  expect().shares_sessions = true;
  for (const auto* member : {"oc01", "oc02"}) {
    first(member);
    shown("oc01", Is::resumed);
    shown("oc02", std::string(member) == "oc02" ? Is::resumed : Is::whole);
  }
  EXPECT_EQ(sessions().cause, "tls.sessions-not-shared");
  EXPECT_EQ(sessions().failed, 1u);
}

TEST_F(MemberSessions, ThatWereNotGivenWereNotShown) {
  expect().shares_sessions = true;
  first("oc01");
  shown("oc02", Is::resumed);
  first("oc02", 0);
  shown("oc01", Is::whole);
  EXPECT_EQ(sessions().attempts, 1u);
  EXPECT_EQ(sessions().verdict, inconclusive);
}

TEST_F(MemberSessions, ThatAreSharedKeepThePromise) {
  expect().shares_sessions = true;
  ask_all(Is::resumed);
  EXPECT_EQ(sessions().verdict, pass);
  expect().shares_sessions = false;
  EXPECT_EQ(sessions().verdict, info);
}

TEST_F(MemberSessions, ThatCameToNoOtherMemberProveNothing) {
  expect().shares_sessions = true;
  first("oc01");
  shown("oc01", Is::resumed);
  EXPECT_EQ(sessions().verdict, inconclusive);
  shown("oc02", Is::resumed);
  EXPECT_EQ(sessions().verdict, inconclusive) << "oc01 got none of oc02's";
  first("oc02");
  shown("oc01", Is::resumed);
  EXPECT_EQ(sessions().verdict, pass);
}

TEST_F(MemberSessions, ThatNobodyGivesAreMissingOnlyWhereTheyArePromised) {
  first("oc01", 0);
  shown("oc02", Is::whole);
  EXPECT_EQ(sessions().verdict, info);
  expect().shares_sessions = true;
  EXPECT_EQ(sessions().cause, "tls.sessions-not-shared");
}

TEST_F(MemberSessions, ThatGotThroughNoHandshakeAreNotCountedAsWhole) {
  expect().shares_sessions = true;
  ask_all(Is::resumed);
  shown("oc02", Is::whole);
  lose(scene.observations.probes.back());
  EXPECT_EQ(sessions().verdict, pass);
  EXPECT_EQ(sessions().attempts, 4u);
}

TEST_F(MemberSessions, ThatWereAllLostLeaveItOpen) {
  first("oc01");
  shown("oc02", Is::whole);
  lose(scene.observations.probes.back());
  EXPECT_EQ(sessions().verdict, inconclusive);
}

TEST_F(MemberSessions, OfABalancerAreItsOwnWhicheverMemberAnswers) {
  ask_all(Is::resumed);
  end_at_balancer();
  EXPECT_EQ(sessions().verdict, info);
  EXPECT_EQ(sessions().observed, "4 of 4 resumed");
  expect().shares_sessions = true;
  EXPECT_EQ(sessions().verdict, pass);
}

TEST_F(MemberSessions, OfABalancerThatAreResumedSometimesAreAWarningWithoutAPromise) {
  ask_all(Is::whole);
  end_at_balancer();
  EXPECT_EQ(sessions().cause, "tls.sessions-not-shared");
  EXPECT_EQ(sessions().failed, 2u);
}

TEST_F(MemberSessions, OfABalancerThatAreNeverResumedAreReported) {
  first("oc01");
  shown("oc02", Is::whole);
  end_at_balancer();
  EXPECT_EQ(sessions().verdict, info);
  expect().shares_sessions = true;
  EXPECT_EQ(sessions().verdict, inconclusive) << "one connection is no rate";
  shown("oc02", Is::whole);
  end_at_balancer();
  EXPECT_EQ(sessions().verdict, warn);
}

TEST_F(MemberSessions, ThatNobodySawAtBothEndsAreNotJudged) {
  ask_all(Is::resumed);
  scene.observations.responders.clear();
  for (auto& probe : scene.observations.probes) probe.answer.reset();
  EXPECT_EQ(sessions().verdict, skip);
}

TEST_F(MemberSessions, AreOnesOwnWhereTheSameClientIsSeen) {
  ask_all(Is::resumed);
  EXPECT_EQ(identity().verdict, pass);
  EXPECT_EQ(identity().attempts, 4u);
  shown("oc01", Is::resumed).tls->peer_certificate_sha256 = "somebody else";
  EXPECT_EQ(identity().cause, "mtls.identity-lost-by-session");
  EXPECT_EQ(identity().failed, 1u);
  EXPECT_EQ(identity().observed, "somebody else");
}

TEST_F(MemberSessions, ThatAreWholeHandshakesSayNothingOfIdentity) {
  first("oc01");
  shown("oc02", Is::whole).tls->peer_certificate_sha256.clear();
  EXPECT_EQ(identity().verdict, skip);
}

TEST_F(MemberSessions, OfClientsThatNobodyKnewSayNothingOfIdentity) {
  first("oc01").tls->peer_certificate_sha256.clear();
  shown("oc01", Is::resumed).tls->peer_certificate_sha256.clear();
  EXPECT_EQ(identity().verdict, skip);
}

TEST_F(MemberSessions, OfABalancerKeepTheNameThatItTellsMembers) {
  first("oc01").identities = std::vector<std::string>{"CN=client1"};
  shown("oc02", Is::resumed).identities = std::vector<std::string>{"CN=client1"};
  end_at_balancer();
  EXPECT_EQ(identity().verdict, pass);
  scene.observations.responders.back().identities.emplace();
  EXPECT_EQ(identity().cause, "mtls.identity-lost-by-session");
  EXPECT_EQ(identity().observed, "nobody");
  scene.observations.responders.back().identities.reset();
  EXPECT_EQ(identity().verdict, skip) << "members are not told";
}

/// Requests that came over connections that members keep open.
class KeptConnections : public MemberSessions {
 protected:
  /// `port` of the balancer: the same one is the same connection.
  void request(const std::string& source, const std::string& member, std::uint16_t port) {
    auto& seen = answered(member, TlsQuestion::kept_open, source);
    seen.tls->exporter = "another session";
    seen.peer.port = port;
    seen.accepted = WallTime(std::chrono::seconds(port));
  }
  Finding connections() const { return finding("mtls-own-connections"); }
};

TEST_F(KeptConnections, ThatClientsShareBreakAPromise) {
  request("client1", "oc01", 1001);
  request("oc02", "oc01", 1001);
  request("oc01", "oc01", 1002);
  EXPECT_EQ(connections().verdict, info);
  expect().has_own_connections = true;
  const auto found = connections();
  EXPECT_EQ(found.cause, "mtls.connections-shared");
  EXPECT_EQ(found.attempts, 3u);
  EXPECT_EQ(found.failed, 2u);
  ASSERT_FALSE(found.evidence.empty());
  EXPECT_NE(found.evidence.front().text.find("2 requests, of client1 and oc02"), std::string::npos) << found.evidence.front().text;
}

TEST_F(KeptConnections, OfOneClientEachKeepIt) {
  expect().has_own_connections = true;
  request("client1", "oc01", 1001);
  request("client1", "oc01", 1001);
  request("oc02", "oc02", 1002);
  EXPECT_EQ(connections().verdict, inconclusive) << "no member was asked by two";
  request("oc02", "oc01", 1003);
  EXPECT_EQ(connections().verdict, pass);
}

TEST_F(KeptConnections, WithOnePortAtTwoTimesAreTwo) {
  expect().has_own_connections = true;
  request("client1", "oc01", 1001);
  request("oc02", "oc01", 1001);
  scene.observations.responders.back().accepted += std::chrono::seconds(1);
  EXPECT_EQ(connections().verdict, pass);
  request("client1", "oc02", 1004);
  request("oc01", "oc01", 1004);
  EXPECT_EQ(connections().verdict, pass) << "of two members";
}

TEST_F(KeptConnections, ThatNobodyEndsAreTheClientsOwn) {
  request("client1", "oc01", 1001);
  for (auto& seen : scene.observations.responders) seen.tls->exporter = to_string(*seen.trip);
  EXPECT_EQ(connections().verdict, skip);
}

TEST_F(KeptConnections, AreNobodysWhereNobodyAsked) {
  for (const auto& each : scene.judge().findings) {
    EXPECT_NE(each.check, "mtls-own-connections");
    EXPECT_NE(each.check, "tls-resumption-members");
  }
}

TEST_F(KeptConnections, ThatWerePromisedAndNotLookedAtAreNotPassedOver) {
  scene.answered("client1", "oc01");
  expect().has_own_connections = true;
  expect().shares_sessions = true;
  EXPECT_EQ(connections().verdict, inconclusive);
  EXPECT_EQ(sessions().verdict, inconclusive);
  for (const auto& each : scene.judge().findings) EXPECT_NE(each.check, "mtls-resumed-identity");
}

}  // namespace
}  // namespace hairpin
