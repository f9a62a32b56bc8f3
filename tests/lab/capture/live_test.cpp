// SPDX-License-Identifier: Apache-2.0
#include "capture/live.hpp"

#include <gmock/gmock.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "capture/canary.hpp"
#include "own_network.hpp"

namespace hairpin::capture {
namespace {

using lab_tests::in_own_network;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr std::uint16_t kPort = 444;

/// A capture on one interface, with its own loop and what it delivered.
struct Captured {
  boost::asio::io_context loop;
  std::vector<PacketObservation> packets;
  std::unique_ptr<LiveCapture> capture;

  Result<> open(const std::string& interface, const std::string& filter = filter_for({{kPort}, {}, {}})) {
    auto opened =
        LiveCapture::open(loop.get_executor(), "oc01", interface, filter, [this](const Frame& frame) {
          if (auto packet = decode(frame, capture->link())) packets.push_back(*packet);
        });
    if (!opened) return opened.error();
    capture = std::move(*opened);
    return {};
  }
  Result<> prove(milliseconds limit = milliseconds(2000)) {
    std::optional<Result<>> proven;
    const auto store = [](LiveCapture& live, milliseconds wait,
                          std::optional<Result<>>& result) -> net::Task<> {
      auto outcome = co_await live.prove(wait);
      result.emplace(std::move(outcome));
    };
    net::spawn(loop.get_executor(), store(*capture, limit, proven));
    while (!proven) loop.run_one_for(milliseconds(100));
    return *proven;
  }
};

TEST(LiveCapture, SeesAConnectionOnLoopbackFromSynToFin) {
  in_own_network([] {
    Captured live;
    ASSERT_TRUE(live.open("lo"));
    ASSERT_TRUE(live.prove());
    EXPECT_TRUE(live.packets.empty()) << "canaries are not delivered";
    ASSERT_TRUE(lab_tests::converse_over_loopback(kPort));
    live.capture->drain();
    ASSERT_GE(live.packets.size(), 7u);
    EXPECT_TRUE(live.packets[0].is_syn());
    EXPECT_TRUE(live.packets[1].is_syn_ack());
    EXPECT_EQ(live.packets[1].acknowledgement, live.packets[0].sequence + 1);
    EXPECT_EQ(live.packets[0].tuple.destination.port, kPort);
    EXPECT_TRUE(std::is_sorted(live.packets.begin(), live.packets.end(),
                               [](const auto& left, const auto& right) { return left.time < right.time; }));
    const auto age = system_clock().wall() - live.packets[0].time;
    EXPECT_LT(std::chrono::abs(age), std::chrono::seconds(10));

    ASSERT_TRUE(live.prove());
    const auto facts = live.capture->facts();
    EXPECT_TRUE(facts.is_proven_before);
    EXPECT_TRUE(facts.is_proven_after);
    EXPECT_EQ(facts.host, "oc01");
    EXPECT_EQ(facts.interface, "lo");
    EXPECT_EQ(facts.dropped, 0u);
    EXPECT_EQ(facts.kept, live.packets.size());
    EXPECT_EQ(facts.malformed, 0u);
    EXPECT_GE(facts.received, facts.kept);
    EXPECT_EQ(facts.error, "");
  });
}

TEST(LiveCapture, DeliversWithoutDrainWhenTheLoopRuns) {
  in_own_network([] {
    Captured live;
    ASSERT_TRUE(live.open("lo"));
    ASSERT_TRUE(lab_tests::converse_over_loopback(kPort));
    for (int i = 0; i < 100 && live.packets.size() < 7; ++i) live.loop.run_one_for(milliseconds(20));
    EXPECT_GE(live.packets.size(), 7u);
  });
}

TEST(LiveCapture, LeavesWhatTheFilterLeaves) {
  in_own_network([] {
    Captured live;
    ASSERT_TRUE(live.open("lo"));
    ASSERT_TRUE(lab_tests::converse_over_loopback(kPort + 1));
    live.capture->drain();
    EXPECT_TRUE(live.packets.empty());
  });
}

TEST(LiveCapture, IsProvenOnAnInterfaceByItsOwnCanaryOnly) {
  in_own_network([] {
    Captured near, far;
    ASSERT_TRUE(near.open("v0"));
    ASSERT_TRUE(far.open("v1"));
    ASSERT_TRUE(near.prove());
    far.capture->drain();  // near's canaries are on the cable: they are not far's
    EXPECT_FALSE(far.capture->facts().is_proven_before);
    EXPECT_TRUE(near.capture->facts().is_proven_before);
    EXPECT_TRUE(far.prove());
    EXPECT_EQ(far.capture->facts().kept + far.capture->facts().malformed, 0u);
  });
}

TEST(LiveCapture, IsNotProvenWhenItIsBlind) {
  in_own_network([] {
    Captured live;
    ASSERT_TRUE(live.open("lo", "tcp port 444"));  // takes no canaries
    const auto proven = live.prove(milliseconds(100));
    ASSERT_FALSE(proven);
    EXPECT_EQ(proven.error().code, boost::asio::error::timed_out);
    EXPECT_FALSE(live.capture->facts().is_proven_before);
  });
}

TEST(LiveCapture, NamesTheInterfacesThatExistWhenOneDoesNot) {
  in_own_network([] {
    Captured live;
    const auto opened = live.open("eth9");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, boost::system::errc::no_such_device);
    EXPECT_THAT(describe(opened.error()), HasSubstr("eth9"));
    EXPECT_THAT(opened.error().mend, HasSubstr("lo"));
    EXPECT_THAT(opened.error().mend, HasSubstr("v0"));
  });
}

TEST(LiveCapture, SaysWhatGivesTheRightToCapture) {
  in_own_network([] {
    // No capabilities: the test runs as root, and root without them is nobody.
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    ASSERT_EQ(::syscall(SYS_capset, &header, none), 0);
    Captured live;
    const auto opened = live.open("lo");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, boost::system::errc::operation_not_permitted);
    EXPECT_THAT(opened.error().mend, HasSubstr("setcap cap_net_raw+ep"));
    const auto canary = CanarySender::open("lo");
    ASSERT_FALSE(canary);
    EXPECT_EQ(canary.error().code, boost::system::errc::operation_not_permitted);
  });
}

TEST(LiveCapture, RefusesAFilterThatIsNone) {
  in_own_network([] {
    Captured live;
    const auto opened = live.open("lo", "tcp prot 444");
    ASSERT_FALSE(opened);
    EXPECT_THAT(describe(opened.error()), HasSubstr("tcp prot 444"));
  });
}

TEST(LiveCapture, MayEndWhileItIsBeingProven) {
  in_own_network([] {
    Captured live;
    ASSERT_TRUE(live.open("lo", "tcp port 444"));
    std::optional<bool> was_proven;
    const auto store = [](LiveCapture& capture, std::optional<bool>& result) -> net::Task<> {
      const auto outcome = co_await capture.prove(std::chrono::seconds(30));
      result = outcome.has_value();
    };
    net::spawn(live.loop.get_executor(), store(*live.capture, was_proven));
    live.loop.run_for(milliseconds(50));
    live.capture.reset();
    live.loop.run_for(milliseconds(500));
    EXPECT_EQ(was_proven, false);
    EXPECT_TRUE(live.loop.stopped()) << "nothing of the capture is left in the loop";
  });
}

}  // namespace
}  // namespace hairpin::capture
