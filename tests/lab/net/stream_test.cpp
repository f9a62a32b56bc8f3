// SPDX-License-Identifier: Apache-2.0
#include "net/stream.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <filesystem>
#include <fstream>

#include "net/sockaddr.hpp"
#include "net/tls.hpp"
#include "tests/lab/net/loop.hpp"

namespace hairpin::net {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
namespace asio = boost::asio;

class Streams : public Loop {};

TEST_F(Streams, TheLocalEndIsKnownBeforeTheConnectionIs) {
  for (const auto& at : {kLoopback, kLoopback6}) {
    const auto acceptor = listen_tcp(executor(), at).value();
    auto connecting = begin_connect(Dial(acceptor->local(), at)).value();
    const auto local = connecting.local;
    EXPECT_EQ(local.address, at.address);
    EXPECT_NE(local.port, 0);
    const auto dialled = get(finish_connect(std::move(connecting))).value();
    const auto accepted = get(acceptor->accept()).value();
    EXPECT_EQ(peer_endpoint(accepted->descriptor()).value(), local);
    EXPECT_EQ(local_endpoint(accepted->descriptor()).value(), acceptor->local());
    EXPECT_EQ(local_endpoint(dialled->descriptor()).value(), local);
  }
}

TEST_F(Streams, TheSourcePortCanBeChosen) {
  const auto acceptor = listen_tcp(executor(), kLoopback).value();
  auto free_port = listen_tcp(executor(), kLoopback).value();
  const auto from = free_port->local();
  free_port.reset();
  EXPECT_EQ(begin_connect(Dial(acceptor->local(), from)).value().local, from);
}

TEST_F(Streams, RefusedSaysSo) {
  auto acceptor = listen_tcp(executor(), kLoopback).value();
  const auto nobody = acceptor->local();
  acceptor.reset();
  const auto stream = get(finish_connect(begin_connect(Dial(nobody)).value()));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, boost::system::errc::connection_refused);
  EXPECT_EQ(stream.error().doing, "connect to " + to_string(nobody));
}

TEST_F(Streams, SilenceIsATimeoutAndNoRefusal) {
  // A listener whose queue is full drops SYNs.
  const Descriptor listener(::socket(AF_INET, SOCK_STREAM, 0));
  auto address = to_socket_address(kLoopback);
  ASSERT_EQ(::bind(listener.get(), address.get(), address.length), 0);
  ASSERT_EQ(::listen(listener.get(), 0), 0);
  const auto silent = local_endpoint(listener.get()).value();
  std::vector<Connecting> filling;
  for (int i = 0; i < 3; ++i) filling.push_back(begin_connect(Dial(silent)).value());
  auto last = finish_connect(begin_connect(Dial(silent)).value());
  const auto stream = get(within(milliseconds(300), "connect to the VIP", std::move(last)));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, asio::error::timed_out);
}

TEST_F(Streams, OneFamilyCannotReachTheOther) {
  const auto refused = begin_connect(Dial({*parse_address("::1"), 444}, kLoopback));
  ASSERT_FALSE(refused);
  EXPECT_THAT(describe(refused.error()), HasSubstr("one is IPv4, the other IPv6"));
}

TEST_F(Streams, ASourceOfAnotherHostIsRefused) {
  const auto refused =
      begin_connect(Dial({*parse_address("127.0.0.1"), 444}, Endpoint{*parse_address("192.0.2.1"), 0}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, boost::system::errc::address_not_available);
  EXPECT_THAT(describe(refused.error()), HasSubstr("must be an address of this host"));
}

TEST_F(Streams, APortInUseIsSaidWithTheMend) {
  const auto acceptor = listen_tcp(executor(), kLoopback).value();
  const auto again = listen_tcp(executor(), acceptor->local());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, boost::system::errc::address_in_use);
  EXPECT_THAT(describe(again.error()), HasSubstr("another process listens there"));
}

TEST_F(Streams, BothWildcardsCanBeListenedOnAtThatPort) {
  const auto v6 = listen_tcp(executor(), {*parse_address("::"), 0}).value();
  const auto v4 = listen_tcp(executor(), {*parse_address("0.0.0.0"), v6->local().port});
  EXPECT_TRUE(v4) << describe(v4.error());
}

TEST_F(Streams, BytesArriveInOrderAndThenTheEnd) {
  auto [one, other] = tcp_pair();
  const std::string sent(3'000'000, 'x');
  const auto written = start(write_text(*one, sent));
  std::string received;
  while (received.size() < sent.size()) received += get(read_text(*other)).value();
  EXPECT_EQ(received, sent);
  ASSERT_TRUE(written->has_value());
  EXPECT_TRUE(**written);
  ASSERT_TRUE(get(one->shut_down()));
  EXPECT_EQ(get(read_text(*other)).value(), "");
}

TEST_F(Streams, WritingToAPeerThatLeftIsAnErrorAndNoSignal) {
  auto [one, other] = stream_pair();
  other.reset();
  const auto written = get(write_text(*one, "x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, boost::system::errc::broken_pipe);
}

TEST_F(Streams, AResetIsToldFromAnEnd) {
  auto [one, other] = tcp_pair();
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ASSERT_EQ(::setsockopt(other->descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
  other.reset();
  const auto read = get(read_text(*one));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, boost::system::errc::connection_reset);
}

TEST_F(Streams, CancelEndsAPendingRead) {
  auto [one, other] = stream_pair();
  const auto read = start(read_text(*one));
  run_for(milliseconds(5));
  one->cancel();
  ASSERT_TRUE(run_until([&] { return read->has_value(); }));
  EXPECT_EQ((*read)->error().code, asio::error::operation_aborted);
}

TEST_F(Streams, AStreamMayGoWhileSomebodyReads) {
  for (const bool is_cancelled_before : {true, false}) {
    auto [one, other] = stream_pair();
    const auto read = start(read_text(*one));
    run_for(milliseconds(5));
    if (is_cancelled_before) one->cancel();
    one.reset();
    ASSERT_TRUE(run_until([&] { return read->has_value(); }));
    EXPECT_EQ((*read)->error().code, asio::error::operation_aborted);
  }
}

TEST_F(Streams, AStreamMayGoWhenBytesHaveJustArrived) {
  auto [one, other] = stream_pair();
  const auto read = start(read_text(*one));
  run_for(milliseconds(5));
  ASSERT_EQ(::write(other->descriptor(), "x", 1), 1);
  one.reset();  // the read is ready, and was not resumed yet
  ASSERT_TRUE(run_until([&] { return read->has_value(); }));
  EXPECT_EQ((*read)->error().code, asio::error::operation_aborted);
}

Task<Result<>> read_for_ever(Stream& stream) {
  for (;;) {
    const auto text = co_await read_text(stream);
    if (!text) co_return text.error();
  }
}

Task<> write_for_ever(Stream& stream) {
  for (;;) {
    const auto written = co_await write_text(stream, std::string(1000, 'x'));
    if (!written) co_return;
  }
}

TEST_F(Streams, APeerThatNeverPausesCannotHoldADeadlineBack) {
  auto [one, other] = stream_pair();
  spawn(executor(), write_for_ever(*other));
  const auto result = get(within(milliseconds(50), "read all", read_for_ever(*one)));
  EXPECT_EQ(result.error().code, asio::error::timed_out);
  one.reset();
  run_for(milliseconds(20));
}

TEST_F(Streams, AnAcceptorMayGoWhileSomebodyWaits) {
  auto acceptor = listen_tcp(executor(), kLoopback).value();
  const auto accepted = start(acceptor->accept());
  run_for(milliseconds(5));
  acceptor.reset();
  ASSERT_TRUE(run_until([&] { return accepted->has_value(); }));
  EXPECT_EQ((*accepted)->error().code, asio::error::operation_aborted);
}

TEST_F(Streams, TheFirstByteCanBeLookedAtAndRead) {
  auto [one, other] = stream_pair();
  const auto peeked = start(peek_first_byte(*one));
  run_for(milliseconds(5));
  EXPECT_FALSE(peeked->has_value());
  ASSERT_TRUE(get(write_text(*other, "GET")));
  ASSERT_TRUE(run_until([&] { return peeked->has_value(); }));
  EXPECT_EQ((*peeked)->value(), std::optional<std::uint8_t>('G'));
  EXPECT_EQ(get(read_text(*one)).value(), "GET");
  other.reset();
  EXPECT_EQ(get(peek_first_byte(*one)).value(), std::nullopt);
}

TEST_F(Streams, PipesAreAStream) {
  int to_agent[2] = {-1, -1};
  int from_agent[2] = {-1, -1};
  ASSERT_EQ(::pipe(to_agent), 0);
  ASSERT_EQ(::pipe(from_agent), 0);
  auto agent = adopt_pipes(executor(), Descriptor(to_agent[0]), Descriptor(from_agent[1])).value();
  auto other = adopt_pipes(executor(), Descriptor(from_agent[0]), Descriptor(to_agent[1])).value();
  ASSERT_TRUE(get(write_text(*other, "hello")));
  EXPECT_EQ(get(read_text(*agent)).value(), "hello");
  ASSERT_TRUE(get(agent->shut_down()));
  EXPECT_EQ(get(read_text(*other)).value(), "");
  agent.reset();
  EXPECT_EQ(get(write_text(*other, "x")).error().code, boost::system::errc::broken_pipe);
}

class UnixStreams : public Loop {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "hairpin-unix-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory = pattern;
    path = pattern + "/agent";
  }
  void TearDown() override { std::filesystem::remove_all(directory); }
  std::string directory;
  std::string path;
};

TEST_F(UnixStreams, ConnectAndLeaveNothingBehind) {
  auto acceptor = listen_unix(executor(), path).value();
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600);
  const auto dialled = get(connect_unix(path)).value();
  const auto accepted = get(acceptor->accept()).value();
  ASSERT_TRUE(get(write_text(*dialled, "hello")));
  EXPECT_EQ(get(read_text(*accepted)).value(), "hello");
  acceptor.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_THAT(describe(get(connect_unix(path)).error()), HasSubstr("is the agent running?"));
}

TEST_F(UnixStreams, ALiveSocketIsNotReplaced) {
  const auto acceptor = listen_unix(executor(), path).value();
  const auto again = listen_unix(executor(), path);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, boost::system::errc::address_in_use);
  EXPECT_TRUE(get(connect_unix(path)));
}

TEST_F(UnixStreams, ADeadSocketIsReplaced) {
  {
    const auto acceptor = listen_unix(executor(), path).value();
    std::filesystem::create_hard_link(path, path + "2");
  }
  std::filesystem::rename(path + "2", path);
  ASSERT_TRUE(std::filesystem::exists(path));
  const auto acceptor = listen_unix(executor(), path);
  ASSERT_TRUE(acceptor) << describe(acceptor.error());
  EXPECT_TRUE(get(connect_unix(path)));
}

TEST_F(UnixStreams, AFileThatIsNoSocketStays) {
  std::ofstream(path) << "precious";
  const auto refused = listen_unix(executor(), path);
  ASSERT_FALSE(refused);
  EXPECT_THAT(describe(refused.error()), HasSubstr("a file of that name exists"));
  EXPECT_TRUE(std::filesystem::is_regular_file(path));
}

TEST_F(UnixStreams, AnotherOnesSocketIsNotRemoved) {
  auto acceptor = listen_unix(executor(), path).value();
  std::filesystem::remove(path);
  const auto other = listen_unix(executor(), path).value();
  acceptor.reset();
  EXPECT_TRUE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace hairpin::net
