// SPDX-License-Identifier: Apache-2.0
// What outlives a connection at a responder, where that is wanted: the connection itself, and the TLS session.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "net/http1.hpp"
#include "net/tls/session_memory.hpp"
#include "tests/lab/ends/site.hpp"

namespace hairpin::ends {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The bytes of one answer, or as many as came until the end.
Task<std::string> ask(net::Stream& stream, std::string text) {
  net::http1::ResponseReader reader;
  std::string answer;
  std::array<char, 4096> bytes{};
  if (!text.empty()) co_await stream.write_all(text);
  while (true) {
    const auto count = co_await stream.read_some(bytes);
    if (!count || *count == 0) co_return answer;
    answer.append(bytes.data(), *count);
    const auto whole = reader.put(std::span(bytes.data(), *count));
    if (!whole || *whole) co_return answer;
  }
}

std::string request(const std::string& trip, const std::string& more = {}) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + (trip.empty() ? "" : "Hairpin-Trip: " + trip + "\r\n") + more + "\r\n";
}

const std::string kOne = "000102030405060708090a0b0c0d0e0f", kTwo = "100102030405060708090a0b0c0d0e0f";

responder::Settings keeping() {
  responder::Settings settings;
  settings.name = "oc02";
  settings.port = 0;
  settings.keeps_connections = true;
  return settings;
}

TEST(KeptConnections, ServeOneRequestAfterTheOther) {
  Site site;
  const auto endpoint = site.respond(server_tls(), keeping());
  auto stream = site.run(dial(endpoint));
  const auto first = site.run(ask(*stream, request(kOne)));
  EXPECT_THAT(first, HasSubstr(kOne));
  EXPECT_THAT(first, Not(HasSubstr("Connection: close")));
  const auto second = site.run(ask(*stream, request(kTwo, "Connection: close\r\n")));
  EXPECT_THAT(second, HasSubstr(kTwo));
  EXPECT_THAT(second, HasSubstr("Connection: close"));
  EXPECT_EQ(site.run(ask(*stream, request(kOne))), "") << "it was the last one";
  stream.reset();
  site.wait_for_observations(2);
  ASSERT_EQ(site.observations.size(), 2u);
  const auto &one = site.observations[0], &two = site.observations[1];
  EXPECT_EQ(to_string(*one.trip), kOne);
  EXPECT_EQ(to_string(*two.trip), kTwo);
  EXPECT_EQ(one.end, End::answered);
  EXPECT_EQ(two.end, End::answered);
  EXPECT_EQ(one.peer, two.peer);
  EXPECT_EQ(one.accepted, two.accepted);
}

TEST(KeptConnections, AreNotThoseOfMonitorsNorOfWhoDidNotAsk) {
  for (const bool keeps : {true, false}) {
    Site site;
    auto settings = keeping();
    settings.keeps_connections = keeps;
    const auto endpoint = site.respond(server_tls(), settings);
    auto stream = site.run(dial(endpoint));
    EXPECT_THAT(site.run(ask(*stream, request(keeps ? "" : kOne))), HasSubstr("Connection: close"));
    EXPECT_EQ(site.run(ask(*stream, request(kTwo))), "");
    stream.reset();
    site.wait_for_observations(1);
    EXPECT_EQ(site.observations.size(), 1u);
  }
}

TEST(KeptConnections, ThatRestAreReportedNeitherByFlushNorAtTheirEnd) {
  Site site;
  const auto endpoint = site.respond(server_tls(), keeping());
  const auto stream = site.run(dial(endpoint));
  site.run(ask(*stream, request(kOne)));
  site.responder->flush();
  site.responder->keep_connections(false);
  EXPECT_EQ(site.run(ask(*stream, "")), "") << "ended, because nobody keeps it any more";
  site.responder->flush();
  EXPECT_EQ(site.observations.size(), 1u);
}

/// A responder that seals sessions with this key.
Endpoint respond_with(Site& site, const std::string& ticket_key) {
  net::TlsServerSettings settings;
  settings.identity = pki().server;
  settings.trusted_pem = pki().authority_pem;
  settings.client_certificates = net::ClientCertificates::requested;
  settings.resumes_sessions = true;
  settings.ticket_key = ticket_key;
  return site.respond(net::TlsContext::server(settings).value());
}

struct Told {
  bool is_resumed = false;
  std::string client;  ///< fingerprint of its certificate, for the responder
};

/// A probe with this session at a responder with this key.
Told ask_with(const std::shared_ptr<net::SessionMemory>& sessions, const std::string& ticket_key, TlsVersion version) {
  Site site;
  net::TlsClientSettings settings;
  settings.identity = pki().client;
  settings.examination.emplace();
  settings.examination->newest = version;
  settings.examination->sessions = sessions;
  settings.examination->keeps_sessions = sessions->last() == nullptr;
  const auto context = net::TlsContext::client(settings).value();
  const auto seen = site.probe(order_to(respond_with(site, ticket_key)), context);
  site.wait_for_observations(1);
  EXPECT_EQ(seen.end, End::answered) << seen.error;
  if (!seen.details || site.observations.empty() || !site.observations[0].tls) return {};
  return {seen.details->is_resumed, site.observations[0].tls->peer_certificate_sha256};
}

TEST(Sessions, AreResumedByWhoHasTheSameTicketKeyAndTheClientIsStillKnown) {
  const std::string key(net::kTicketKeyBytes, 'k'), other(net::kTicketKeyBytes, 'o');
  for (const auto version : {TlsVersion::tls12, TlsVersion::tls13}) {
    const auto sessions = std::make_shared<net::SessionMemory>();
    const auto first = ask_with(sessions, key, version);
    EXPECT_FALSE(first.is_resumed);
    EXPECT_NE(first.client, "");
    ASSERT_NE(sessions->last(), nullptr);
    const auto again = ask_with(sessions, key, version);
    EXPECT_TRUE(again.is_resumed);
    EXPECT_EQ(again.client, first.client);
    EXPECT_FALSE(ask_with(sessions, other, version).is_resumed);
    EXPECT_FALSE(ask_with(sessions, "", version).is_resumed);
    sessions->forget();
    EXPECT_FALSE(ask_with(sessions, key, version).is_resumed);
  }
}

TEST(Protocols, ThatAClientOffersAreTold) {
  for (const bool offers : {true, false}) {
    Site site;
    net::TlsClientSettings settings;
    settings.examination.emplace();
    if (offers) settings.examination->protocols = {"h2", "http/1.1"};
    const auto context = net::TlsContext::client(settings).value();
    const auto seen = site.probe(order_to(site.respond(server_tls())), context);
    site.wait_for_observations(1);
    ASSERT_EQ(site.observations.size(), 1u);
    ASSERT_TRUE(site.observations[0].tls && seen.details);
    EXPECT_EQ(site.observations[0].tls->offered_protocols, settings.examination->protocols);
    EXPECT_EQ(seen.details->protocol, offers ? "http/1.1" : "");
  }
}

}  // namespace
}  // namespace hairpin::ends
