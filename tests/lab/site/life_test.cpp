// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "tests/lab/site/lab_under_test.hpp"
#include "topology/lab/state.hpp"

namespace hairpin::lab {
namespace {

namespace fs = std::filesystem;

/// The parent of each process; 0 for those that are nobody's.
std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");  // "12 (name) S 1 …"; the name may hold anything
    std::string line;
    if (!std::getline(file, line)) continue;
    std::istringstream rest(line.substr(line.rfind(')') + 1));
    std::string state;
    rest >> state >> found[std::stoi(line)];
  }
  return found;
}

/// Every network namespace that this process or one that it started is in. Whoever loses its parent becomes this process's
/// child, so that nobody escapes, and other labs of this machine do not matter.
std::set<std::string> namespaces() {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const auto all = parents();
  const auto is_ours = [&all](pid_t process) {
    while (process != getpid() && all.contains(process)) process = all.at(process);
    return process == getpid();
  };
  std::set<std::string> found;
  std::error_code error;
  for (const auto& [process, parent] : all) {
    if (!is_ours(process)) continue;
    const auto link = fs::read_symlink("/proc/" + std::to_string(process) + "/ns/net", error);
    if (!error) found.insert(link.string());
  }
  return found;
}

LabOptions named(const std::string& suffix) {
  auto options = lab::lab("standard", SnatType::automap, Family::ipv4, {"foreign-traffic"});
  options.name += suffix;
  return options;
}

LaunchOptions launch() {
  return {.shelf = test_shelf(), .agent = answer_as, .make_pki = {}, .make_service_key = {}, .make_certificates = {},
          .ends_with_caller = true};
}

TEST(Life, DownLeavesNothing) {
  const auto before = namespaces();
  const auto options = named("-down");
  ASSERT_TRUE(up(options, launch()).has_value());
  EXPECT_GT(namespaces().size(), before.size());
  EXPECT_TRUE(down(test_shelf(), options.name).value());
  EXPECT_EQ(namespaces(), before);
  EXPECT_FALSE(fs::exists(folder_of(test_shelf(), options.name)));
  EXPECT_FALSE(down(test_shelf(), options.name).value());
}

TEST(Life, KilledHolderLeavesAFolderThatTheNextCommandSweeps) {
  const auto before = namespaces();
  const auto options = named("-killed");
  ASSERT_TRUE(up(options, launch()).has_value());
  const auto folder = folder_of(test_shelf(), options.name);
  const auto holder = live_holder(folder);
  ASSERT_TRUE(holder.has_value());
  ASSERT_EQ(kill(holder->id.pid, SIGKILL), 0);
  EXPECT_EQ(waitpid(holder->id.pid, nullptr, 0), holder->id.pid);
  EXPECT_EQ(namespaces(), before);
  EXPECT_TRUE(fs::exists(folder));
  EXPECT_EQ(std::ranges::count(list(test_shelf()), options.name, &LabRecord::name), 0);
  EXPECT_FALSE(fs::exists(folder));
}

/// The agent of a host: the holder's child of that name; -1 when there is none.
pid_t agent_of(pid_t holder, const std::string& host) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    std::ifstream stat(entry.path() / "stat");
    std::string name, state;
    pid_t pid = 0, parent = 0;
    if (stat >> pid >> name >> state >> parent && parent == holder && name == "(agent-" + host + ")")
      return pid;
  }
  return -1;
}

TEST(Life, AgentsThatDieShortlyAfterEachOtherAreStartedAgain) {
  const auto options = named("-again");
  auto again = launch();
  again.agent = [](const AgentStart& start) {
    ::unlink(start.listen.substr(std::strlen("unix:")).c_str());  // of the one that was killed
    return answer_as(start);
  };
  ASSERT_TRUE(up(options, again).has_value());
  const auto holder = live_holder(folder_of(test_shelf(), options.name));
  ASSERT_TRUE(holder.has_value());
  std::this_thread::sleep_for(std::chrono::milliseconds(2'100));  // who dies sooner stays dead
  for (const auto* host : {"oc01", "oc02"}) {
    const auto first = agent_of(holder->id.pid, host);
    ASSERT_GT(first, 0) << host;
    ASSERT_EQ(kill(first, SIGKILL), 0);
    pid_t second = -1;
    for (int turn = 0; turn < 200 && (second <= 0 || second == first); ++turn) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      second = agent_of(holder->id.pid, host);
    }
    EXPECT_GT(second, 0) << host;
    EXPECT_NE(second, first) << host;
  }
  EXPECT_TRUE(down(test_shelf(), options.name).value());
}

TEST(Life, LabEndsWithItsCallerWhenThatIsAsked) {
  const auto before = namespaces();
  const auto options = named("-caller");
  const pid_t caller = fork();
  if (caller == 0) {
    const bool is_up = up(options, launch()).has_value();
    if (is_up) kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(caller, &status, 0), caller);
  ASSERT_TRUE(WIFSIGNALED(status));
  for (int turn = 0; turn < 200 && namespaces() != before; ++turn)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(namespaces(), before);
  // Its namespaces end with its processes, and the last of those may still be on its way out: a sweep leaves what is alive.
  for (int turn = 0; turn < 200 && fs::exists(folder_of(test_shelf(), options.name)); ++turn) {
    sweep(test_shelf());
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(fs::exists(folder_of(test_shelf(), options.name)));
}

TEST(Life, LabOutlivesItsCallerOtherwise) {
  const auto options = named("-outlives");
  auto kept = launch();
  kept.ends_with_caller = false;
  EXPECT_EQ(in_child([&] { return std::string(up(options, kept) ? "up" : "failed"); }), "up");
  const auto labs = list(test_shelf());
  const auto found = std::ranges::find(labs, options.name, &LabRecord::name);
  ASSERT_NE(found, labs.end());
  EXPECT_EQ(found->mode, "standard");
  EXPECT_EQ(found->snat, "automap");
  EXPECT_EQ(found->faults, std::vector<std::string>{"foreign-traffic"});
  EXPECT_EQ(found->hosts, (std::vector<std::string>{"client1", "oc01", "oc02", "bigip"}));
  EXPECT_TRUE(down(test_shelf(), options.name).value());
}

TEST(Life, TwoLabsLiveSideBySide) {
  auto second = lab::lab("fastl4", SnatType::automap, Family::ipv4);
  second.name += "-second";
  const LabUnderTest one(lab::lab("fastl4", SnatType::none, Family::ipv4));
  const LabUnderTest two(second);
  ASSERT_TRUE(one.is_up() && two.is_up()) << one.error() << two.error();
  EXPECT_EQ(one.ask("client1", 1).front().seen_source, client_address(Family::ipv4, 10));
  EXPECT_EQ(two.ask("client1", 1).front().seen_source, server_address(Family::ipv4, 4));
}

TEST(Life, SecondLabOfOneNameIsRefused) {
  const LabUnderTest one(lab::lab("fastl4", SnatType::none, Family::ipv4));
  ASSERT_TRUE(one.is_up()) << one.error();
  const LabUnderTest two(lab::lab("fastl4", SnatType::none, Family::ipv4));
  EXPECT_FALSE(two.is_up());
  EXPECT_NE(two.error().find("it is up already"), std::string::npos) << two.error();
  EXPECT_EQ(one.ask("client1", 1).front().outcome, "answered");
}

TEST(Life, FailureHalfWayRemovesEverythingAndSaysWhatFailed) {
  const auto before = namespaces();
  auto options = lab::lab("fastl4", SnatType::none, Family::ipv4);
  auto failing = launch();
  failing.agent = [](const AgentStart& start) {
    if (start.name == "oc02") {
      fputs("no keys for oc02\n", stderr);
      fflush(stderr);
      return 7;
    }
    return answer_as(start);
  };
  const auto failed = up(options, failing);
  ASSERT_FALSE(failed.has_value());
  const auto text = describe(failed.error());
  EXPECT_NE(text.find("agent-oc02"), std::string::npos) << text;
  EXPECT_NE(text.find("no keys for oc02"), std::string::npos) << text;
  EXPECT_EQ(namespaces(), before);
  EXPECT_FALSE(fs::exists(folder_of(test_shelf(), options.name)));
}

TEST(Life, StalePidIsNeverKilled) {
  const pid_t bystander = fork();
  if (bystander == 0) {
    pause();
    _exit(0);
  }
  const auto folder = make_folder(test_shelf(), "stale");
  ASSERT_TRUE(folder.has_value());
  auto id = identify(bystander);
  ASSERT_TRUE(id.has_value());
  id->start_ticks -= 1;
  ASSERT_TRUE(write_holder(*folder, *id).has_value());
  EXPECT_FALSE(down(test_shelf(), "stale").value());
  EXPECT_FALSE(fs::exists(*folder));
  EXPECT_EQ(waitpid(bystander, nullptr, WNOHANG), 0);  // still alive
  kill(bystander, SIGKILL);
  waitpid(bystander, nullptr, 0);
}

TEST(Life, ExecRunsOnTheHostAndReturnsItsStatus) {
  const LabUnderTest lab(lab::lab("fastl4", SnatType::none, Family::ipv4));
  ASSERT_TRUE(lab.is_up()) << lab.error();
  EXPECT_EQ(lab.execute("oc01", {"sh", "-c", "exit 42"}), 42);
  EXPECT_EQ(lab.execute("oc01", {"sh", "-c", "kill -9 $$"}), 128 + SIGKILL);
  EXPECT_EQ(
      lab.execute("oc01", {"sh", "-c", "grep -q 0.0.0.0 /proc/net/route || grep -q eth0 /proc/net/route"}),
      0);
  EXPECT_EQ(lab.execute("oc01", {"sh", "-c", "test -d /proc/1 && grep -q hairpin-lab /proc/1/comm"}), 0);
  EXPECT_EQ(lab.execute("oc01", {"no-such-program"}), 127);
  EXPECT_EQ(lab.execute("oc09", {"true"}), -1);
}

TEST(Life, InterruptedUpLeavesNothing) {
  const auto before = namespaces();
  auto options = lab::lab("fastl4", SnatType::none, Family::ipv4);
  auto slow = launch();
  slow.agent = [](const AgentStart&) { return pause(); };  // never ready
  const pid_t caller = fork();
  if (caller == 0) {
    const auto result = up(options, slow);
    _exit(result ? 0 : 1);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  kill(caller, SIGTERM);
  int status = 0;
  waitpid(caller, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
  EXPECT_EQ(namespaces(), before);
  EXPECT_FALSE(fs::exists(folder_of(test_shelf(), options.name)));
}

TEST(Life, NeedsNoRootWhereTheKernelAllowsUserNamespaces) {
  if (geteuid() != 0) GTEST_SKIP() << "it becomes another user itself";
  constexpr uid_t kNobody = 65534;
  char folder[] = "/tmp/hairpin-rootless-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  ASSERT_EQ(chown(folder, kNobody, kNobody), 0);
  const auto said = in_child([&]() -> std::string {
    if (setresgid(kNobody, kNobody, kNobody) != 0 || setresuid(kNobody, kNobody, kNobody) != 0) return "still root";
    prctl(PR_SET_DUMPABLE, 1);  // as after execve: otherwise /proc/PID/uid_map of its child is root's
    auto without_root = launch();
    without_root.shelf = {folder};
    const auto options = named("-rootless");
    if (const auto built = up(options, without_root); !built) return describe(built.error());
    const auto ended = down(without_root.shelf, options.name);
    return ended && *ended ? "up and down" : "not down";
  });
  fs::remove_all(folder);
  if (said.find("unprivileged_userns_clone") != std::string::npos) GTEST_SKIP() << said;
  EXPECT_EQ(said, "up and down");
}

}  // namespace
}  // namespace hairpin::lab
