// SPDX-License-Identifier: Apache-2.0
// What the responder says of connections that are no trips, and of those that end badly.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "net/closing.hpp"
#include "net/http1.hpp"
#include "net/pki.hpp"
#include "tests/lab/ends/site.hpp"

namespace hairpin::ends {
namespace {

Task<std::string> ask(net::StreamPtr stream, std::string text) {
  std::string answer;
  std::array<char, 4096> bytes{};
  co_await stream->write_all(text);
  while (true) {
    const auto count = co_await stream->read_some(bytes);
    if (!count || *count == 0) co_return answer;
    answer.append(bytes.data(), *count);
  }
}

Task<std::string> ask_plainly(Endpoint to, std::string text) {
  auto stream = co_await dial(to);
  auto answer = co_await ask(std::move(stream), std::move(text));
  co_return answer;
}

Task<std::string> ask_over_tls(Endpoint to, net::TlsContext context, std::string text) {
  auto stream = co_await dial(to);
  auto shaken = co_await net::handshake_as_client(std::move(stream), std::move(context));
  if (!shaken.stream) co_return std::string();
  auto answer = co_await ask(std::move(shaken.stream), std::move(text));
  co_return answer;
}

const ResponderObservation& only(Site& site) {
  site.wait_for_observations(1);
  EXPECT_EQ(site.observations.size(), 1u);
  static const ResponderObservation none;
  return site.observations.empty() ? none : site.observations.back();
}

TEST(Responder, AnswersPlaintextMonitors) {
  Site site;
  const auto endpoint = site.respond(server_tls(net::ClientCertificates::required));
  const auto answer = site.run(ask_plainly(endpoint, "GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  const auto& seen = only(site);
  EXPECT_EQ(seen.end, End::answered);
  EXPECT_FALSE(seen.trip);
  EXPECT_TRUE(seen.is_plaintext);
}

TEST(Responder, AnswersMonitorsOverTls) {
  Site site;
  const auto endpoint = site.respond(server_tls(net::ClientCertificates::requested));
  const auto answer =
      site.run(ask_over_tls(endpoint, client_tls(false), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  const auto& seen = only(site);
  EXPECT_EQ(seen.end, End::answered);
  EXPECT_FALSE(seen.trip);
  EXPECT_TRUE(seen.tls);
}

Task<bool> connect_and_close(Endpoint to, bool with_reset) {
  const auto stream = co_await dial(to);
  const linger at_once{1, 0};
  if (with_reset) ::setsockopt(stream->descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  co_return true;
}

TEST(Responder, NoticesMonitorsThatOnlyConnect) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  site.run(connect_and_close(endpoint, false));
  const auto& seen = only(site);
  EXPECT_EQ(seen.end, End::closed);
  EXPECT_EQ(seen.ended_in, Phase::connect);
  EXPECT_FALSE(seen.trip);
}

TEST(Responder, NoticesMonitorsThatReset) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  site.run(connect_and_close(endpoint, true));
  const auto& seen = only(site);
  EXPECT_EQ(seen.end, End::reset) << seen.error;
  EXPECT_EQ(seen.ended_in, Phase::connect);
}

TEST(Responder, TellsEverythingThatItHoldsAgainstAClientsCertificate) {
  const auto authority = net::make_authority("ours", std::chrono::hours(48)).value();
  net::CertificateRequest request;
  request.common_name = "oc01";
  request.dns_names = {"oc01.example.com"};
  request.for_client = false;
  request.age = std::chrono::hours(72);
  net::TlsServerSettings server;
  server.identity = pki().server;
  server.client_certificates = net::ClientCertificates::requested;
  server.trusted_pem = authority.certificate_pem;
  net::TlsClientSettings client;
  client.identity = net::issue(authority, request).value();
  client.is_on_trial = true;
  Site site;
  const auto probe = site.probe(order_to(site.respond(net::TlsContext::server(server).value())), net::TlsContext::client(client).value());
  EXPECT_EQ(probe.end, End::alert);
  const auto& seen = only(site);
  ASSERT_TRUE(seen.alert && probe.alert);
  EXPECT_TRUE(seen.alert->was_sent);
  EXPECT_EQ(seen.alert->code, probe.alert->code) << "about the first thing, as without the list";
  EXPECT_NE(seen.error.find("depth 0: unsuitable certificate purpose"), std::string::npos) << seen.error;
  EXPECT_NE(seen.error.find("depth 0: certificate has expired"), std::string::npos) << seen.error;
}

TEST(Responder, RefusesWhatIsNoRequest) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  const auto answer = site.run(ask_plainly(endpoint, "NONSENSE\r\n\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_EQ(only(site).end, End::garbled);
  EXPECT_EQ(only(site).ended_in, Phase::request);
}

TEST(Responder, EndsWhatSpeaksNeitherTlsNorHttp) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  EXPECT_EQ(site.run(ask_plainly(endpoint, std::string("\0\1\2", 3))), "");
  EXPECT_EQ(only(site).end, End::garbled);
}

TEST(Responder, KeepsItsHeaderLimit) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  const auto answer = site.run(ask_plainly(endpoint, "GET / HTTP/1.1\r\nA: " + std::string(9000, 'a')));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_EQ(only(site).end, End::garbled);
}

TEST(Responder, DoesNotWaitForEverForWhatDoesNotCome) {
  for (const std::string begun : {"", "GET / HT", "\x16\x03\x01"}) {
    Site site;
    const auto endpoint =
        site.respond(server_tls(), {.name = "oc02", .port = 0, .header_limit = milliseconds(80)});
    EXPECT_EQ(site.run(ask_plainly(endpoint, begun)), "");
    const auto& seen = only(site);
    EXPECT_EQ(seen.end, End::silent) << seen.error;
    EXPECT_EQ(seen.ended_in, begun.empty() ? Phase::connect : begun[0] == 'G' ? Phase::request : Phase::tls);
  }
}

TEST(Responder, RefusesMoreConnectionsThanItMayHave) {
  Site site;
  const auto endpoint = site.respond(server_tls(), {.name = "oc02", .port = 0, .most_connections = 3});
  std::vector<net::StreamPtr> held;
  for (int i = 0; i < 3; ++i) held.push_back(site.run(dial(endpoint)));
  site.run_for(milliseconds(20));
  EXPECT_TRUE(site.observations.empty());
  const auto beyond = site.run(dial(endpoint));
  const auto local = net::local_endpoint(beyond->descriptor());
  const auto& seen = only(site);
  EXPECT_EQ(seen.end, End::local);
  EXPECT_NE(seen.error.find("3 connections"), std::string::npos) << seen.error;
  EXPECT_EQ(seen.peer, *local);

  held.pop_back();
  site.wait_for_observations(2);
  const auto answer = site.run(ask_plainly(endpoint, "GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << "room again";
}

TEST(Responder, FlushReportsWhatIsOpenOnce) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  auto quiet = site.run(dial(endpoint));
  site.run_for(milliseconds(20));
  site.responder->flush();
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].end, End::decided);
  EXPECT_EQ(site.observations[0].ended_in, Phase::connect);
  EXPECT_EQ(site.observations[0].peer, *net::local_endpoint(quiet->descriptor()));
  site.responder->flush();
  quiet.reset();
  site.run_for(milliseconds(50));
  site.responder->flush();
  EXPECT_EQ(site.observations.size(), 1u);
}

TEST(Responder, TakesItsConnectionsWithIt) {
  Site site;
  site.respond(server_tls());  // the loop opens descriptors of its own when it is first needed
  site.responder.reset();
  site.run_for(milliseconds(200));
  const auto before = open_descriptors();
  const auto endpoint = site.respond(server_tls());
  std::vector<net::StreamPtr> held;
  for (int i = 0; i < 10; ++i) held.push_back(site.run(dial(endpoint)));
  site.run_for(milliseconds(20));
  site.responder.reset();
  // On a busy machine it takes some turns of the loop.
  for (int i = 0; i < 200 && open_descriptors() != before + held.size(); ++i) site.run_for(milliseconds(10));
  EXPECT_EQ(open_descriptors(), before + held.size());
  EXPECT_TRUE(site.observations.empty());
}

TEST(Responder, MayBeDestroyedByWhoIsTold) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  std::unique_ptr<responder::Responder> other;
  auto started = responder::Responder::start(site.executor(), {.name = "oc03", .port = 0}, server_tls(),
                                             [&](const ResponderObservation&) { other.reset(); });
  other = std::move(*started);
  const Endpoint there{endpoint.address, other->port()};
  EXPECT_NE(site.run(ask_plainly(there, "GET / HTTP/1.0\r\n\r\n")), "");
  site.run_for(milliseconds(50));
  EXPECT_FALSE(other);
}

TEST(Responder, SaysWhyItCannotListen) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  const auto second = responder::Responder::start(site.executor(), {.name = "oc02", .port = endpoint.port},
                                                  server_tls(), [](const ResponderObservation&) {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, boost::system::errc::address_in_use);
  EXPECT_NE(second.error().mend, "");
}

}  // namespace
}  // namespace hairpin::ends
