// SPDX-License-Identifier: Apache-2.0
// What ssh is told and how it is ended, with other programs in its place; and the agent that it starts.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <thread>

#include "base/json.hpp"
#include "base/version.hpp"
#include "hairpin/ssh/child.hpp"
#include "net/control/channel.hpp"
#include "server.hpp"
#include "tests/lab/run/runs.hpp"

namespace hairpin {
namespace {

using testing::HasSubstr;

/// Its status, asked every few milliseconds.
std::optional<int> status_within(Child& child, milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  auto status = child.status();
  while (!status && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(milliseconds(2));
    status = child.status();
  }
  return status;
}

std::unique_ptr<Child> started(const std::vector<std::string>& arguments, Child::Ends& ends) {
  auto child = Child::start(arguments, ends);
  EXPECT_TRUE(child) << describe(child.error());
  return child ? std::move(*child) : nullptr;
}

TEST(ChildProcess, ThatIsNotThereIsAnError) {
  Child::Ends ends;
  const auto child = Child::start({"no-such-program-of-hairpin"}, ends);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, boost::system::errc::no_such_file_or_directory);
}

TEST(ChildProcess, EndsByItselfWhenItsInputEnds) {
  Child::Ends ends;
  const auto child = started({"cat"}, ends);
  EXPECT_FALSE(child->status());
  ends.stream = Descriptor();
  EXPECT_EQ(status_within(*child, milliseconds(2000)), 0);
  EXPECT_FALSE(child->was_signalled());
}

TEST(ChildProcess, IsAskedAfterHalfASecondAndKilledAfterOneWithWhatItStarted) {
  Child::Ends ends;
  auto child = started({"sh", "-c", "trap '' TERM; sleep 1000 & while :; do sleep 0.05; done"}, ends);
  std::this_thread::sleep_for(milliseconds(100));
  const auto below = test::descendants(::getpid());
  EXPECT_GE(below.size(), 2U);
  const auto began = std::chrono::steady_clock::now();
  child.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(1500));
  EXPECT_EQ(test::left_after(below, milliseconds(500)), "");
}

/// A run whose ssh is a script of ours.
class InPlaceOfSsh : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
    options.is_quiet = true;
  }
  void TearDown() override { ::unsetenv("HAIRPIN_SSH"); }
  std::string path(const char* name) const { return (site.folder() / name).string(); }
  AgentFacts facts_with(const std::string& script) const {
    test::write_program(site.folder() / "ssh", "#!/bin/sh\n" + script + '\n');
    return facts_through(path("ssh"));
  }
  AgentFacts facts_through(const std::string& ssh) const {
    ::setenv("HAIRPIN_SSH", ssh.c_str(), 1);
    return test::facts_of(test::collect_from(site.topology({}, "ssh:ops@oc01"), options), "oc01");
  }
  test::Site site;
  RunOptions options;
};

/// The last argument, as a login shell gets it, for a user who is not root.
constexpr const char* kAsNobody =
    "for remote; do :; done\n"
    "exec setpriv --reuid 65534 --regid 65534 --clear-groups env PATH=$HAIRPIN_TEST_PATH:/usr/bin:/bin "
    "sh -c \"$remote\"";

TEST_F(InPlaceOfSsh, NothingIsSaidWithTheMend) {
  const auto facts = facts_through("/nowhere/ssh");
  EXPECT_EQ(facts.state, AgentState::unreachable);
  EXPECT_THAT(facts.detail, HasSubstr("could not start /nowhere/ssh: No such file or directory"));
  EXPECT_THAT(facts.detail, HasSubstr("HAIRPIN_SSH"));
}

TEST_F(InPlaceOfSsh, AUserWhoIsNotRootGoesThroughSudo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  std::filesystem::permissions(site.folder(), std::filesystem::perms(0777));
  ::setenv("HAIRPIN_TEST_PATH", site.folder().c_str(), 1);
  test::write_program(site.folder() / "hairpin", "#!/bin/sh\nexit 70\n");
  test::write_program(site.folder() / "sudo", "#!/bin/sh\nprintf '%s\\n' \"$*\" > " + path("asked") +
                                                  "\necho sudo: a password is required >&2\nexit 1\n");
  const auto facts = facts_with(kAsNobody);
  std::ifstream file(path("asked"));
  std::string asked;
  std::getline(file, asked);
  EXPECT_EQ(asked, "-n -- " + path("hairpin") + " agent --stdio --name oc01 --idle-exit 1 --quiet");
  EXPECT_EQ(facts.state, AgentState::no_privilege);
  EXPECT_THAT(facts.detail, HasSubstr("run hairpin as root on ops@oc01: sudo: a password is required; "));
}

TEST_F(InPlaceOfSsh, AnOlderHairpinIsNamed) {
  const auto facts = facts_with("echo 'The following argument was not expected: --stdio' >&2; exit 2");
  EXPECT_EQ(facts.state, AgentState::refused);
  EXPECT_THAT(facts.detail, HasSubstr("it is another version"));
}

TEST_F(InPlaceOfSsh, WhatItSaysAtLengthDoesNotBlockIt) {
  const auto facts =
      facts_with("head -c 1000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo at last >&2; exit 255");
  EXPECT_THAT(facts.detail, HasSubstr("with ssh: at last; "));
}

TEST_F(InPlaceOfSsh, ALoginThatTakesItsTimeIsWaitedFor) {
  const auto client = site.start_agent("client1");  // which hears from the run meanwhile
  const auto facts =
      facts_with(std::string("sleep 8; exec ") + HAIRPIN_PROGRAM + " agent --stdio --name oc01");
  EXPECT_EQ(facts.state, AgentState::ready) << facts.detail;
}

TEST_F(InPlaceOfSsh, AnAgentOfThisHostServesTheRun) {
  const auto client = site.start_agent("client1");
  const auto facts = facts_with(std::string("exec ") + HAIRPIN_PROGRAM + " agent --stdio --name oc01");
  EXPECT_EQ(facts.state, AgentState::ready) << facts.detail;
}

/// `hairpin agent --stdio`, and us at the other end of its pipes.
class AgentOnPipes : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
    child = started({HAIRPIN_PROGRAM, "agent", "--stdio", "--name", "oc01"}, ends);
  }
  static net::Task<> serve(std::shared_ptr<control::Channel> channel) {
    auto serving = channel->serve(nullptr, nullptr);
    static_cast<void>(co_await std::move(serving));
  }
  static net::Task<> say_hello(std::shared_ptr<control::Channel> channel,
                               std::optional<std::string>& answer) {
    const control::Hello hello{control::kProtocol, kVersion, "01TEST"};
    auto asking = channel->request(control::Action::hello, to_json(hello), milliseconds(5000));
    const auto told = co_await std::move(asking);
    answer = told ? "accepted" : describe(told.error());
  }
  /// A control connection that has said hello, and says no more.
  void connect() {
    auto stream = net::adopt_socket(loop.get_executor(), std::move(ends.stream));
    ASSERT_TRUE(stream);
    channel = std::make_shared<control::Channel>(std::move(*stream));
    std::optional<std::string> answer;
    net::spawn(loop.get_executor(), serve(channel));
    net::spawn(loop.get_executor(), say_hello(channel, answer));
    while (!answer) loop.run_one();
    EXPECT_EQ(*answer, "accepted");
  }
  boost::asio::io_context loop{1};
  Child::Ends ends;
  std::unique_ptr<Child> child;
  std::shared_ptr<control::Channel> channel;
};

TEST_F(AgentOnPipes, EndsWithItsInput) {
  ::shutdown(ends.stream.get(), SHUT_WR);
  EXPECT_EQ(status_within(*child, milliseconds(2000)), 0);
}

TEST_F(AgentOnPipes, EndsWithItsOneSession) {
  connect();
  channel->close();
  loop.run_for(milliseconds(200));
  EXPECT_EQ(status_within(*child, milliseconds(2000)), 0);
}

TEST_F(AgentOnPipes, EndsWhenWhatItHearsIsNoFrame) {
  EXPECT_EQ(::send(ends.stream.get(), "hello?\r\n", 8, MSG_NOSIGNAL), 8);
  EXPECT_EQ(status_within(*child, milliseconds(2000)), 0);
}

TEST_F(AgentOnPipes, EndsWhenNothingIsSaidForLong) {
  connect();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(status_within(*child, milliseconds(20'000)), 0);
  EXPECT_GT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

}  // namespace
}  // namespace hairpin
