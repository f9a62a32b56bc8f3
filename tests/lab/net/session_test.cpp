// SPDX-License-Identifier: Apache-2.0
#include "net/control/session.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <filesystem>

#include "base/json.hpp"
#include "net/control/channel.hpp"
#include "tests/lab/net/loop.hpp"

namespace hairpin::control {
namespace {

using net::Task;
using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

net::PkiFiles files_for(const net::Identity& authority, const std::string& name, bool for_server,
                        bool for_client) {
  net::CertificateRequest request;
  request.common_name = name;
  request.dns_names = {name};
  request.addresses = {*parse_address("127.0.0.1")};
  request.for_server = for_server;
  request.for_client = for_client;
  net::PkiFiles files;
  files.identity = net::issue(authority, request).value();
  files.authority_pem = authority.certificate_pem;
  return files;
}

Task<Result<boost::json::value>> say_hello(Action, boost::json::value) {
  co_return boost::json::value("hello");
}

/// An agent behind serve_tcp that says hello to whoever gets that far.
class TcpAgent : public net::Loop {
 protected:
  void SetUp() override { serve({}); }

  void serve(ServeLimits limits) {
    server.reset();
    const auto on_stream = [this](net::StreamPtr stream, const std::string& peer) {
      peers.push_back(peer);
      channels.push_back(std::make_unique<Channel>(std::move(stream)));
      served.push_back(start(channels.back()->serve(say_hello, {})));
    };
    const auto agent = files_for(authority, "oc01", true, false);
    server = serve_tcp(executor(), net::kLoopback, agent_tls(agent).value(), on_stream, limits).value();
  }

  /// What a coordinator with these files gets from the agent: its hello, or the error.
  std::string greet(const net::PkiFiles& files, const std::string& agent_name = {}) {
    auto dialling = dial_tcp(server->local(), coordinator_tls(files, agent_name).value());
    auto stream = get(net::within(milliseconds(3000), "reach the agent", std::move(dialling)));
    if (!stream) return describe(stream.error());
    Channel channel(std::move(*stream));
    const auto serving = start(channel.serve({}, {}));
    const auto answer = get(channel.request(Action::hello, nullptr, milliseconds(3000)));
    return answer ? std::string(answer->as_string()) : describe(answer.error());
  }

  net::StreamPtr dial_plain() {
    auto connecting = net::begin_connect(net::Dial(server->local())).value();
    return get(net::finish_connect(std::move(connecting))).value();
  }

  /// Whether the agent ends the connection, orderly or not, after whatever it still says.
  bool is_dropped(net::Stream& stream) {
    const auto last = get(net::within(milliseconds(5000), "be dropped", net::read_to_the_end(stream)));
    return last || last.error().code != boost::asio::error::timed_out;
  }

  net::Identity authority = net::make_authority("tests", hours(1)).value();
  net::Identity foreign_authority = net::make_authority("others", hours(1)).value();
  net::PkiFiles coordinator = files_for(authority, "operator", false, true);
  ServerPtr server;
  std::vector<std::string> peers;
  std::vector<std::unique_ptr<Channel>> channels;
  std::vector<std::shared_ptr<std::optional<Result<>>>> served;
};

TEST_F(TcpAgent, AnswersACoordinatorOfItsAuthority) {
  EXPECT_EQ(greet(coordinator), "hello");
  EXPECT_EQ(greet(coordinator, "oc01"), "hello");
  EXPECT_EQ(greet(coordinator, "127.0.0.1"), "hello");
  EXPECT_THAT(peers, ElementsAre("operator", "operator", "operator"));
}

TEST_F(TcpAgent, IsNotTakenForAnotherOne) {
  EXPECT_THAT(greet(coordinator, "oc02"), HasSubstr("hostname mismatch"));
  EXPECT_THAT(peers, IsEmpty());
}

TEST_F(TcpAgent, RefusesACertificateOfAnotherAuthority) {
  auto stranger = files_for(foreign_authority, "operator", false, true);
  stranger.authority_pem = authority.certificate_pem;  // so that it takes the agent's
  EXPECT_THAT(greet(stranger), HasSubstr("the peer sent the alert unknown_ca"));
  EXPECT_THAT(peers, IsEmpty());
  EXPECT_EQ(greet(coordinator), "hello");
}

TEST_F(TcpAgent, RefusesAPeerWithoutCertificate) {
  auto nobody = coordinator;
  nobody.identity = {};
  EXPECT_THAT(greet(nobody), HasSubstr("the peer sent the alert certificate_required"));
  EXPECT_THAT(peers, IsEmpty());
}

TEST_F(TcpAgent, RefusesAnotherAgentAsItsMaster) {
  EXPECT_THAT(greet(files_for(authority, "oc02", true, false)), HasSubstr("the peer sent the alert"));
  EXPECT_THAT(peers, IsEmpty());
}

TEST_F(TcpAgent, IsRefusedByACoordinatorOfAnotherAuthority) {
  EXPECT_THAT(greet(files_for(foreign_authority, "operator", false, true)),
              HasSubstr("certificates of the same authority: hairpin pki"));
}

TEST_F(TcpAgent, SpeaksTls13Only) {
  net::TlsClientSettings settings;
  settings.identity = coordinator.identity;
  const auto tls12 = net::TlsContext::client(settings).value();
  SSL_CTX_set_max_proto_version(tls12.native(), TLS1_2_VERSION);
  const auto done = get(net::handshake_as_client(dial_plain(), tls12));
  EXPECT_FALSE(done.stream);
  EXPECT_THAT(peers, IsEmpty());
}

TEST_F(TcpAgent, DropsGarbage) {
  const auto stream = dial_plain();
  ASSERT_TRUE(get(net::write_text(*stream, "GET / HTTP/1.1\r\nHost: agent\r\n\r\n")));
  EXPECT_TRUE(is_dropped(*stream));
  EXPECT_EQ(greet(coordinator), "hello");
}

TEST_F(TcpAgent, DropsAnOversizedFrameOfAPeerThatItKnows) {
  auto dialling = dial_tcp(server->local(), coordinator_tls(coordinator).value());
  const auto stream = get(std::move(dialling)).value();
  ASSERT_TRUE(get(net::write_text(*stream, "\x7f\xff\xff\xff")));
  EXPECT_EQ(get(net::read_text(*stream)).value(), "");
  EXPECT_THAT(describe((*served.at(0))->error()), HasSubstr("1048576 are possible"));
  EXPECT_EQ(greet(coordinator), "hello");
}

TEST_F(TcpAgent, ServesHonestPeersBesideManySlowOnes) {
  ServeLimits limits;
  limits.most_handshakes = 8;
  serve(limits);
  std::vector<net::StreamPtr> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(dial_plain());
    ASSERT_TRUE(
        get(net::write_text(*slow.back(), "\x16\x03\x01")));  // the beginning of a handshake, and no more
  }
  EXPECT_EQ(greet(coordinator), "hello");
  // The oldest had to go, the youngest may still try.
  EXPECT_TRUE(is_dropped(*slow.front()));
  const auto youngest = start(net::read_text(*slow.back()));
  run_for(milliseconds(20));
  EXPECT_FALSE(youngest->has_value());
  slow.clear();
  run_for(milliseconds(20));
}

TEST_F(TcpAgent, AFloodFromOneAddressDrivesOutNobodyElse) {
  ServeLimits limits;
  limits.most_handshakes = 8;
  serve(limits);
  const net::Dial elsewhere(server->local(), Endpoint{*parse_address("127.0.0.2"), 0});
  const auto honest = get(net::finish_connect(net::begin_connect(elsewhere).value())).value();
  std::vector<net::StreamPtr> flood;
  for (int i = 0; i < 40; ++i) flood.push_back(dial_plain());
  EXPECT_TRUE(is_dropped(*flood.front()));
  const auto early = start(net::read_text(*honest));  // it came first, and would have been the oldest
  run_for(milliseconds(50));
  EXPECT_FALSE(early->has_value());
  flood.clear();
  run_for(milliseconds(20));
}

TEST_F(TcpAgent, EndsAHandshakeThatTakesTooLong) {
  ServeLimits limits;
  limits.handshake = milliseconds(50);
  serve(limits);
  const auto slow = dial_plain();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(is_dropped(*slow));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(3000));
}

TEST_F(TcpAgent, StopsWhileHandshakesArePending) {
  const auto slow = dial_plain();
  run_for(milliseconds(5));
  const auto at = server->local();
  server.reset();
  EXPECT_TRUE(is_dropped(*slow));
  EXPECT_FALSE(get(net::finish_connect(net::begin_connect(net::Dial(at)).value())));
}

TEST_F(TcpAgent, StreamsOutliveTheirServer) {
  auto dialling = dial_tcp(server->local(), coordinator_tls(coordinator).value());
  Channel channel(get(std::move(dialling)).value());
  const auto serving = start(channel.serve({}, {}));
  ASSERT_TRUE(get(channel.request(Action::hello, nullptr, milliseconds(3000))));
  server.reset();
  EXPECT_TRUE(get(channel.request(Action::hello, nullptr, milliseconds(3000))));
}

TEST_F(TcpAgent, ItsLoopMayGoWithAHandshakePending) {
  auto loop = std::make_unique<boost::asio::io_context>(1);
  const auto agent = files_for(authority, "oc01", true, false);
  auto other = serve_tcp(loop->get_executor(), net::kLoopback, agent_tls(agent).value(),
                         [](net::StreamPtr, const std::string&) {})
                   .value();
  auto slow = net::begin_connect(net::Dial(other->local())).value();
  loop->run_for(milliseconds(20));  // the handshake waits for the first byte
  other.reset();
  loop.reset();
}

class UnixAgent : public net::Loop {};

TEST_F(UnixAgent, AnswersOnItsSocket) {
  std::string directory = (std::filesystem::temp_directory_path() / "hairpin-session-XXXXXX").string();
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  std::unique_ptr<Channel> agent;
  std::string seen;
  const auto path = directory + "/agent";
  auto server = serve_unix(executor(), path, [&](net::StreamPtr stream, const std::string& peer) {
                  seen = peer;
                  agent = std::make_unique<Channel>(std::move(stream));
                  start(agent->serve(say_hello, {}));
                }).value();
  Channel channel(get(dial_unix(path)).value());
  const auto serving = start(channel.serve({}, {}));
  EXPECT_TRUE(get(channel.request(Action::hello, nullptr, milliseconds(3000))));
  EXPECT_EQ(seen, "unix");
  server.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace hairpin::control
