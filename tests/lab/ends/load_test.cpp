// SPDX-License-Identifier: Apache-2.0
// A responder that serves load: every connection is in its counts once, and what is no load is served as without it.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>

#include "net/tls/session_memory.hpp"
#include "responder/load/objects.hpp"
#include "tests/lab/ends/site.hpp"

namespace hairpin::ends {
namespace {

constexpr const char* kQuery = "?nonce=0123456789abcdef HTTP/1.1\r\nHost: a\r\n";

std::string request_for(std::uint64_t bytes, const std::string& fields = {}) {
  return "GET /object/" + std::to_string(bytes) + kQuery + fields + "\r\n";
}

responder::Settings serving_load() {
  responder::Settings settings{.name = "oc02", .port = 0};
  settings.load.emplace();
  return settings;
}

net::TlsContext load_tls(net::ClientCertificates client_certificates = net::ClientCertificates::none) {
  net::TlsServerSettings settings;
  settings.identity = pki().server;
  settings.client_certificates = client_certificates;
  if (client_certificates != net::ClientCertificates::none) settings.trusted_pem = pki().authority_pem;
  settings.serves_load = true;
  return net::TlsContext::server(settings).value();
}

Task<net::StreamPtr> dial_over_tls(Endpoint to, net::TlsContext tls) {
  auto stream = co_await dial(to);
  auto shaken = co_await net::handshake_as_client(std::move(stream), std::move(tls));
  co_return std::move(shaken.stream);
}

/// Sends, and reads until `bytes` have come or the peer ended.
Task<std::string> ask(net::Stream& stream, std::string text, std::size_t bytes) {
  std::string answer;
  std::array<char, 4096> some{};
  const auto sent = co_await stream.write_all(text);
  while (sent && answer.size() < bytes) {
    const auto count = co_await stream.read_some(some);
    if (!count || *count == 0) break;
    answer.append(some.data(), *count);
  }
  co_return answer;
}

constexpr std::size_t kAll = 1 << 30;

std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "no answer: " + answer : answer.substr(end + 4);
}

std::size_t whole(std::uint64_t object_bytes) {
  return responder::Objects("oc02").answer_to({object_bytes, {}, false, false}).head_bytes + object_bytes;
}

LoadCounts counts_of(Site& site) {
  site.run_for(milliseconds(20));
  const auto counts = site.responder->load().value();
  EXPECT_EQ(counts.accepted, counts.open + counts.closed + counts.failed + counts.aborted + counts.handed_over);
  return counts;
}

TEST(Load, ManyRequestsShareAConnectionWithAndWithoutTls) {
  for (const bool is_plain : {true, false}) {
    Site site;
    const auto endpoint = site.respond(load_tls(), serving_load());
    auto stream = is_plain ? site.run(dial(endpoint)) : site.run(dial_over_tls(endpoint, client_tls(false)));
    ASSERT_TRUE(stream);
    std::uint64_t bytes = 0;
    for (const std::uint64_t size : {64u, 0u, 16'384u, 300'000u}) {
      const auto answer = site.run(ask(*stream, request_for(size), whole(size)));
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nHairpin-Member: oc02\r\nHairpin-Nonce: 0123456789abcdef\r\n"));
      EXPECT_EQ(body_of(answer).size(), size);
      bytes += size;
    }
    auto counts = counts_of(site);
    EXPECT_EQ(counts.open, 1u);
    EXPECT_EQ(counts.requests, 4u);
    EXPECT_EQ(counts.answered, 4u);
    EXPECT_EQ(counts.body_bytes, bytes);
    EXPECT_EQ(counts.handshakes_full, is_plain ? 0u : 1u);
    EXPECT_EQ(counts.asked, 1u);
    EXPECT_EQ(counts.asked_full, is_plain ? 0u : 1u);
    EXPECT_EQ(counts.plaintext, is_plain ? 1u : 0u);
    ASSERT_EQ(counts.clients.size(), 1u);
    EXPECT_EQ(counts.clients[0].address, endpoint.address);
    EXPECT_EQ(counts.clients[0].body_bytes, bytes);
    stream.reset();
    counts = counts_of(site);
    EXPECT_EQ(counts.open, 0u);
    EXPECT_EQ(counts.closed, 1u);
    EXPECT_TRUE(site.observations.empty()) << "load is counted, not told one by one";
  }
}

TEST(Load, RequestsMayComeInPiecesAndTogether) {
  Site site;
  const auto endpoint = site.respond(load_tls(), serving_load());
  auto stream = site.run(dial_over_tls(endpoint, client_tls(false)));
  const auto all = request_for(10) + request_for(20) + request_for(30);
  site.run(ask(*stream, all.substr(0, 30), 0));
  site.run_for(milliseconds(10));
  const auto answers = site.run(ask(*stream, all.substr(30), whole(10) + whole(20) + whole(30)));
  EXPECT_EQ(answers.size(), whole(10) + whole(20) + whole(30));
  EXPECT_EQ(counts_of(site).answered, 3u);
}

TEST(Load, AnObjectLargerThanEveryBufferArrivesWhole) {
  constexpr std::uint64_t kBytes = 20 << 20;
  for (const bool is_plain : {true, false}) {
    Site site;
    const auto endpoint = site.respond(load_tls(), serving_load());
    auto stream = is_plain ? site.run(dial(endpoint)) : site.run(dial_over_tls(endpoint, client_tls(false)));
    const auto body = body_of(site.run(ask(*stream, request_for(kBytes), whole(kBytes))));
    ASSERT_EQ(body.size(), kBytes);
    bool is_text = true;
    for (std::size_t i = 0; i < body.size(); ++i) is_text = is_text && body[i] == body[i % 64];
    EXPECT_TRUE(is_text);
  }
}

TEST(Load, TheLastAnswerEndsTheConnectionInOrder) {
  Site site;
  const auto endpoint = site.respond(load_tls(), serving_load());
  const auto before = resets_sent();
  for (int i = 0; i < 20; ++i) {
    auto stream = site.run(dial_over_tls(endpoint, client_tls(false)));
    const auto answer = site.run(ask(*stream, request_for(64, "Connection: close\r\n"), kAll));
    EXPECT_EQ(body_of(answer).size(), 64u);
  }
  const auto counts = counts_of(site);
  EXPECT_EQ(counts.closed, 20u);
  EXPECT_EQ(counts.aborted, 0u);
  EXPECT_EQ(resets_sent(), before);
}

TEST(Load, ClientsAreCountedByTheirCertificates) {
  Site site;
  const auto endpoint = site.respond(load_tls(net::ClientCertificates::required), serving_load());
  auto stream = site.run(dial_over_tls(endpoint, client_tls()));
  site.run(ask(*stream, request_for(64), whole(64)));
  auto counts = counts_of(site);
  ASSERT_EQ(counts.clients.size(), 1u);
  EXPECT_EQ(counts.clients[0].identity, "oc01.example.com");
  EXPECT_EQ(counts.clients[0].handshakes_full, 1u);

  auto stranger = site.run(dial_over_tls(endpoint, client_tls(false)));
  if (stranger) site.run(ask(*stranger, request_for(64), whole(64)));
  counts = counts_of(site);
  EXPECT_EQ(counts.failed, 1u);
  ASSERT_EQ(site.observations.size(), 1u) << "a handshake that failed is told as without load";
  EXPECT_EQ(site.observations[0].end, End::alert);
  EXPECT_EQ(site.observations[0].ended_in, Phase::tls);
}

TEST(Load, TripsAndMonitorsAreServedAsWithoutLoad) {
  Site site;
  const auto endpoint = site.respond(load_tls(net::ClientCertificates::required), serving_load());
  const auto order = order_to(endpoint);
  const auto probe = site.probe(order, client_tls());
  site.wait_for_observations(1);
  EXPECT_EQ(probe.end, End::answered) << probe.error;
  ASSERT_TRUE(probe.answer);
  ASSERT_TRUE(probe.answer->tls);
  EXPECT_EQ(probe.answer->tls->exporter, probe.tls->exporter);
  EXPECT_EQ(probe.answer->peer, *probe.local);
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].trip, order.trip);
  EXPECT_EQ(site.observations[0].end, End::answered);
  EXPECT_EQ(site.observations[0].tls->client_random, probe.tls->client_random);

  auto monitor = site.run(dial(endpoint));
  EXPECT_TRUE(site.run(ask(*monitor, "GET / HTTP/1.0\r\n\r\n", kAll)).starts_with("HTTP/1.1 200 OK\r\n"));
  monitor.reset();
  site.wait_for_observations(2);
  ASSERT_EQ(site.observations.size(), 2u);
  EXPECT_TRUE(site.observations[1].is_plaintext);
  const auto counts = counts_of(site);
  EXPECT_EQ(counts.handed_over, 2u);
  EXPECT_EQ(counts.requests, 0u);
}

TEST(Load, ATripMayBeAskedOnAConnectionThatCarriedLoad) {
  Site site;
  const auto endpoint = site.respond(load_tls(), serving_load());
  auto stream = site.run(dial_over_tls(endpoint, client_tls(false)));
  site.run(ask(*stream, request_for(64), whole(64)));
  const auto trip = TripId::random();
  const auto answer = site.run(ask(*stream, "GET / HTTP/1.1\r\nHairpin-Trip: " + to_string(trip) + "\r\n\r\n", kAll));
  EXPECT_NE(answer.find(to_string(trip)), std::string::npos) << answer;
  stream.reset();
  site.wait_for_observations(1);
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].trip, trip);
}

TEST(Load, WhatIsNoRequestIsRefusedAsWithoutLoad) {
  Site site;
  const auto endpoint = site.respond(load_tls(), serving_load());
  for (const std::string& text : {std::string("NONSENSE\r\n\r\n"), "GET / HTTP/1.1\r\nA: " + std::string(9000, 'a')}) {
    auto stream = site.run(dial(endpoint));
    EXPECT_TRUE(site.run(ask(*stream, text, kAll)).starts_with("HTTP/1.1 400 "));
  }
  site.wait_for_observations(2);
  for (const auto& seen : site.observations) EXPECT_EQ(seen.end, End::garbled);
}

TEST(Load, WhatEndsBadlyIsCountedOnce) {
  Site site;
  const auto endpoint = site.respond(load_tls(), serving_load());
  const linger at_once{1, 0};
  auto silent = site.run(dial(endpoint));
  silent.reset();  // a monitor that only connects
  auto early = site.run(dial(endpoint));
  site.run(ask(*early, "GET /obj", 0));
  early.reset();
  auto half = site.run(dial(endpoint));
  site.run(ask(*half, request_for(10), whole(10)));
  site.run(ask(*half, "GET /obj", 0));
  half.reset();
  auto reset = site.run(dial(endpoint));
  site.run(ask(*reset, request_for(10), whole(10)));
  ::setsockopt(reset->descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  reset.reset();
  auto leaving = site.run(dial(endpoint));  // within an answer that fills every buffer
  site.run(ask(*leaving, request_for(net::kMostObjectBytes), 1));
  ::setsockopt(leaving->descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  leaving.reset();
  const auto counts = counts_of(site);
  EXPECT_EQ(counts.open, 0u);
  EXPECT_EQ(counts.failed, 2u);
  EXPECT_EQ(counts.unheard, 1u);
  EXPECT_EQ(counts.asked, 3u);
  EXPECT_EQ(counts.of_loads(), 4u) << "the one that broke off may be the load's";
  EXPECT_EQ(counts.aborted, 3u);
  EXPECT_EQ(counts.requests, 3u);
  EXPECT_EQ(counts.answered, 2u);
  ASSERT_EQ(site.observations.size(), 2u);
  EXPECT_EQ(site.observations[0].end, End::closed);
  EXPECT_EQ(site.observations[0].ended_in, Phase::connect);
  EXPECT_EQ(site.observations[1].ended_in, Phase::request);
}

TEST(Load, NobodyMayRestForEver) {
  Site site;
  auto settings = serving_load();
  settings.header_limit = milliseconds(50);
  settings.load->rest_limit = milliseconds(50);
  const auto endpoint = site.respond(load_tls(), settings);
  auto silent = site.run(dial(endpoint));
  auto resting = site.run(dial(endpoint));
  site.run(ask(*resting, request_for(10), whole(10)));
  EXPECT_EQ(site.run(ask(*silent, "", kAll)), "");
  EXPECT_EQ(site.run(ask(*resting, "", kAll)), "");
  const auto counts = counts_of(site);
  EXPECT_EQ(counts.failed, 1u);
  EXPECT_EQ(counts.aborted, 1u);
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].end, End::silent);
}

/// Until it is told that nobody listens any more, or so many times.
Task<int> go_on_sending(net::Stream& stream, int most) {
  const std::string byte(1, 'x');
  int sent = 0;
  while (sent < most) {
    const auto written = co_await stream.write_all(byte);
    if (!written) break;
    ++sent;
    co_await net::sleep_for(milliseconds(5));
  }
  co_return sent;
}

TEST(Load, WhoGoesOnSendingAfterTheEndPartsNevertheless) {
  constexpr int kMost = 1'000;  // much longer than the limit
  Site site;
  auto settings = serving_load();
  settings.load->part_limit = milliseconds(50);
  const auto endpoint = site.respond(load_tls(), settings);
  auto stream = site.run(dial(endpoint));
  site.run(ask(*stream, request_for(10, "Connection: close\r\n"), kAll));
  EXPECT_LT(site.run(go_on_sending(*stream, kMost)), kMost);
  const auto counts = counts_of(site);
  EXPECT_EQ(counts.open, 0u);
  EXPECT_EQ(counts.closed, 1u);
}

TEST(Load, MoreConnectionsThanAllowedAreRefused) {
  Site site;
  auto settings = serving_load();
  settings.load->most_connections = 3;
  const auto endpoint = site.respond(load_tls(), settings);
  std::vector<net::StreamPtr> held;
  for (int i = 0; i < 4; ++i) held.push_back(site.run(dial(endpoint)));
  auto counts = counts_of(site);
  EXPECT_EQ(counts.open, 3u);
  EXPECT_EQ(counts.refused, 1u);
  held.clear();
  site.run_for(milliseconds(20));
  auto again = site.run(dial(endpoint));
  EXPECT_EQ(body_of(site.run(ask(*again, request_for(5), whole(5)))), "hairp");
  EXPECT_EQ(counts_of(site).most_open, 3u);
}

/// Every descriptor that this process may still have is taken, but for those of its own connections.
TEST(Load, WhatHasToWaitForADescriptorIsCounted) {
  Site site;
  const auto endpoint = site.respond(load_tls(), serving_load());
  site.run_for(milliseconds(10));
  Descriptor ours(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(ours.get()) + 1;  // descriptors are given out from the lowest
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(endpoint.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(ours.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0) << "the kernel's queue takes it";
  site.run_for(milliseconds(10));
  const auto short_of = site.responder->load().value();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_GE(short_of.no_descriptor, 1u);
  EXPECT_EQ(short_of.accepted, 0u);
  for (int i = 0; i < 500 && site.responder->load()->accepted == 0; ++i) site.run_for(milliseconds(10));
  EXPECT_EQ(counts_of(site).accepted, 1u) << "it is taken when there is one again";
}

TEST(Load, SessionsAreResumedWhereThatIsWanted) {
  for (const bool resumes : {true, false}) {
    Site site;
    net::TlsServerSettings settings;
    settings.identity = pki().server;
    settings.serves_load = true;
    settings.resumes_sessions = resumes;
    const auto endpoint = site.respond(net::TlsContext::server(settings).value(), serving_load());
    net::Examination examination;
    examination.newest = TlsVersion::tls12;
    examination.sessions = std::make_shared<net::SessionMemory>();
    net::TlsClientSettings client;
    client.examination = examination;
    const auto context = net::TlsContext::client(client).value();
    for (int i = 0; i < 3; ++i) {
      auto stream = site.run(dial_over_tls(endpoint, context));
      ASSERT_TRUE(stream);
      site.run(ask(*stream, request_for(10), whole(10)));
      site.run(stream->shut_down());  // OpenSSL forgets the session of a connection that ended otherwise
    }
    const auto counts = counts_of(site);
    EXPECT_EQ(counts.handshakes_resumed, resumes ? 2u : 0u);
    EXPECT_EQ(counts.handshakes_full, resumes ? 1u : 3u);
    EXPECT_EQ(counts.asked_resumed, resumes ? 2u : 0u);
    EXPECT_EQ(counts.asked_full, resumes ? 1u : 3u);
  }
}

TEST(Load, FlushTellsWhatIsOnItsWayAndDestructionClosesEverything) {
  Site site;
  const auto endpoint = site.respond(load_tls(), serving_load());
  site.run_for(milliseconds(10));
  auto waiting = site.run(dial(endpoint));
  auto serving = site.run(dial(endpoint));
  site.run(ask(*serving, request_for(10), whole(10)));
  site.responder->flush();
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].end, End::decided);
  site.responder.reset();
  EXPECT_EQ(site.run(ask(*waiting, "", kAll)), "");
  EXPECT_EQ(site.run(ask(*serving, "", kAll)), "");
  EXPECT_EQ(site.observations.size(), 1u);
}

TEST(Load, WithoutItARequestForLoadIsAnsweredAsAMonitors) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  auto stream = site.run(dial(endpoint));
  EXPECT_EQ(body_of(site.run(ask(*stream, request_for(64), kAll))), "hairpin responder\n");
  EXPECT_FALSE(site.responder->load());
}

}  // namespace
}  // namespace hairpin::ends
