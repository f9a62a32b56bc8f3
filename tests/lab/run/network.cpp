// SPDX-License-Identifier: Apache-2.0
#include "network.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include "base/handle.hpp"
#include "net/pki.hpp"
#include "net/stream.hpp"
#include "topology/lab/build/process.hpp"
#include "topology/yaml.hpp"

namespace hairpin::test {
namespace {

std::string enter_network() {
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return std::string("no network namespace: ") + std::strerror(errno);
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
    return std::string("lo stays down: ") + std::strerror(errno);
  return {};
}

}  // namespace

const std::string& want_of_network() {
  static const std::string want = enter_network();
  return want;
}

Program::Program(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), HAIRPIN_PROGRAM);
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const int failed = ::posix_spawn(&id_, HAIRPIN_PROGRAM, nullptr, nullptr, pointers.data(), environ);
  EXPECT_EQ(failed, 0);
}

Program::~Program() {
  if (status_ || id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

void Program::signal(int number) const {
  if (!status_) ::kill(id_, number);
}

std::optional<int> Program::wait(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!status_) {
    int status = 0;
    if (::waitpid(id_, &status, WNOHANG) == id_)
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    else if (std::chrono::steady_clock::now() > until)
      return {};
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return status_;
}

std::size_t Program::resident_kib() const {
  std::ifstream status("/proc/" + std::to_string(id_) + "/status");
  for (std::string key; status >> key;)
    if (key == "VmRSS:") {
      std::size_t kib = 0;
      status >> kib;
      return kib;
    }
  return 0;
}

Site::Site() {
  char path[] = "/tmp/hairpin-run-XXXXXX";
  folder_ = ::mkdtemp(path);
}

Site::~Site() { std::filesystem::remove_all(folder_); }

std::string Site::topology_text(const std::string& client_agent, const std::string& member_agent) const {
  const auto agent = [this](const std::string& given, const char* host) {
    return given.empty() ? "unix:" + socket(host) : given;
  };
  return "hairpin: 1\n"
         "name: loopback\n"
         "hosts:\n"
         "  client1: { addresses: [127.0.0.1], agent: \"" +
         agent(client_agent, "client1") +
         "\" }\n"
         "  oc01: { addresses: [127.0.0.2], agent: \"" +
         agent(member_agent, "oc01") +
         "\" }\n"
         "  bigip: { load_balancer: true, self_ips: [ { address: 127.0.0.5, floating: false } ] }\n"
         "pools:\n"
         "  pool01:\n"
         "    vip: [127.0.0.10]\n"
         "    load_balancer: bigip\n"
         "    members: [oc01]\n"
         "    sources: [client1]\n"
         "    virtual_servers: [ { name: mcu, port: " +
         std::to_string(kServicePort) + ", protocol: https } ]\n";
}

Topology Site::topology(const std::string& client_agent, const std::string& member_agent) const {
  auto reading = read_topology(topology_text(client_agent, member_agent));
  for (const auto& problem : reading.problems) ADD_FAILURE() << describe(problem, "topology");
  return reading.topology.value_or(Topology{});
}

std::string Site::write_ceiling(unsigned run_seconds) const {
  const auto file = folder_ / "ceiling.json";
  std::ofstream(file) << "{ \"connections\": 2000, \"connections_per_second\": 500, \"transactions_per_second\": 5000,\n"
                         "  \"megabits_per_second\": 100, \"seconds\": 900, \"run_seconds\": "
                      << run_seconds << " }\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return file.string();
}

std::unique_ptr<Program> Site::start_agent(const std::string& host, std::vector<std::string> more) const {
  std::vector<std::string> arguments{"agent", "--name", host, "--quiet"};
  if (more.empty()) more = {"--listen", "unix:" + socket(host)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto agent = std::make_unique<Program>(arguments);
  const auto& listen = more[1];
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto is_ready = [&] {
    return listen.starts_with("unix:") ? lab::listens_on_path(agent->id(), listen.substr(5)) : is_listening(listen);
  };
  while (!is_ready() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_TRUE(is_ready()) << listen;
  return agent;
}

void make_keys(const std::filesystem::path& directory) {
  const auto name = directory.string();
  constexpr std::chrono::hours kDay{24};
  EXPECT_TRUE(net::write_authority(name, "test"));
  EXPECT_TRUE(net::write_issued(name, {"operator", {}, {}, kDay, false, true}, "operator"));
  for (const auto* host : {"client1", "oc01"})
    EXPECT_TRUE(net::write_issued(name, {host, {host}, {}, kDay, true, false}, host));
}

bool is_listening(const std::string& endpoint) {
  const auto connecting = net::begin_connect(net::Dial(*parse_endpoint(endpoint)));
  if (!connecting) return false;
  std::this_thread::sleep_for(std::chrono::milliseconds(10));  // loopback: it is decided by now
  return net::peer_endpoint(connecting->socket.get()).has_value();
}

bool is_there_within(const std::filesystem::path& path, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!std::filesystem::exists(path)) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace hairpin::test
