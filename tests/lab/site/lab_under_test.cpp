// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/site/lab_under_test.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/lab/site/frames.hpp"

namespace hairpin::lab {
namespace {

constexpr std::uint16_t kPort = 444;
constexpr int kAnswerMs = 400;
constexpr int kStandardAnswerMs = 1600;  ///< HAProxy gives up its own connection after 1 s

struct Socket {
  sockaddr_storage storage{};
  socklen_t length = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Socket socket_address(const Endpoint& endpoint) {
  Socket made;
  if (endpoint.address.family == Family::ipv4) {
    auto* in = reinterpret_cast<sockaddr_in*>(&made.storage);
    in->sin_family = AF_INET;
    in->sin_port = htons(endpoint.port);
    std::memcpy(&in->sin_addr, endpoint.address.bytes.data(), 4);
    made.length = sizeof *in;
  } else {
    auto* in = reinterpret_cast<sockaddr_in6*>(&made.storage);
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(endpoint.port);
    std::memcpy(&in->sin6_addr, endpoint.address.bytes.data(), 16);
    made.length = sizeof *in;
  }
  return made;
}

Endpoint endpoint_of(const Socket& socket) {
  if (socket.storage.ss_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&socket.storage);
    return {IpAddress::v4(reinterpret_cast<const std::uint8_t*>(&in->sin_addr)), ntohs(in->sin_port)};
  }
  const auto* in = reinterpret_cast<const sockaddr_in6*>(&socket.storage);
  return {IpAddress::v6(in->sin6_addr.s6_addr), ntohs(in->sin6_port)};
}

int listening(Family family) {
  const int fd = socket(family == Family::ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == Family::ipv6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  IpAddress any;
  any.family = family;
  auto address = socket_address({any, kPort});
  if (bind(fd, address.get(), address.length) != 0 || listen(fd, 16) != 0) _exit(3);
  return fd;
}

void answer(int listener, const std::string& name, unsigned& accepted) {
  Socket peer;
  peer.length = sizeof peer.storage;
  const Descriptor connection(accept(listener, peer.get(), &peer.length));
  ++accepted;
  const auto seen = endpoint_of(peer);
  const auto text = fmt::format("{} {} {} {}\n", name, to_string(seen.address), seen.port, accepted);
  [[maybe_unused]] const auto sent = send(connection.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

std::uint16_t local_port(int fd) {
  Socket own;
  own.length = sizeof own.storage;
  getsockname(fd, own.get(), &own.length);
  return endpoint_of(own).port;
}

bool is_ready(int fd, short events, int limit_ms) {
  pollfd waiting{.fd = fd, .events = events, .revents = 0};
  return poll(&waiting, 1, limit_ms) == 1;
}

/// "OUTCOME MEMBER SOURCE KEPT ACCEPTED"
std::string attempt(const Endpoint& vip, int limit_ms) {
  auto to = socket_address(vip);
  const Descriptor fd(socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (connect(fd.get(), to.get(), to.length) != 0 && errno != EINPROGRESS) return "refused - - 0 0";
  if (!is_ready(fd.get(), POLLOUT, limit_ms)) return "silent - - 0 0";
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error) return "refused - - 0 0";
  if (!is_ready(fd.get(), POLLIN, limit_ms)) return "silent - - 0 0";
  char text[200] = {};
  const auto count = recv(fd.get(), text, sizeof text - 1, 0);
  if (count <= 0) return "closed - - 0 0";
  std::istringstream fields(text);
  std::string member, source;
  unsigned port = 0, accepted = 0;
  fields >> member >> source >> port >> accepted;
  return fmt::format("answered {} {} {} {}", member, source, port == local_port(fd.get()) ? 1 : 0, accepted);
}

Attempt parse_attempt(const std::string& line) {
  std::istringstream fields(line);
  Attempt attempt;
  std::string source;
  fields >> attempt.outcome >> attempt.member >> source >> attempt.kept_port >> attempt.accepted;
  attempt.seen_source = parse_address(source).value_or(IpAddress{});
  std::string interface, mac, from, to;
  unsigned flags = 0;
  bool has_timestamps = false;
  while (fields >> interface >> mac >> from >> to >> flags >> has_timestamps)
    attempt.frames.push_back({interface,
                              *parse_mac(mac),
                              {*parse_endpoint(from), *parse_endpoint(to)},
                              static_cast<std::uint8_t>(flags),
                              has_timestamps});
  return attempt;
}

}  // namespace

const Frame* Attempt::third_address(const Endpoint& vip) const {
  for (const auto& frame : frames)
    if (frame.is_syn_ack() && frame.tuple.source != vip && frame.interface == "eth0") return &frame;
  return nullptr;
}

const Frame* Attempt::own_syn_back() const {
  for (const auto& frame : frames)
    if (frame.is_syn() && frame.tuple.source.address == frame.tuple.destination.address &&
        frame.interface == "eth0")
      return &frame;
  return nullptr;
}

LabShelf test_shelf() { return {"/run/hairpin-test/lab"}; }

std::string in_child(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t pid = fork();
  if (pid == 0) {
    const auto text = work();
    const auto sent = write(ends[1], text.data(), text.size());
    _exit(sent < 0 ? 1 : 0);
  }
  close(ends[1]);
  const Descriptor reading(ends[0]);
  std::string text;
  char block[4096];
  for (ssize_t count = 0; (count = read(reading.get(), block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(count));
  waitpid(pid, nullptr, 0);
  return text;
}

int answer_as(const AgentStart& start) {
  const int control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un path{};
  path.sun_family = AF_UNIX;
  start.listen.copy(path.sun_path, sizeof path.sun_path - 1, std::strlen("unix:"));
  std::vector<pollfd> waiting;
  if (start.name.starts_with("oc"))
    for (const auto family : {Family::ipv4, Family::ipv6})
      waiting.push_back({.fd = listening(family), .events = POLLIN, .revents = 0});
  if (bind(control, reinterpret_cast<sockaddr*>(&path), sizeof path) != 0 || listen(control, 1) != 0)
    return 4;
  for (unsigned accepted = 0;;) {
    poll(waiting.data(), waiting.size(), -1);
    for (const auto& each : waiting)
      if (each.revents & POLLIN) answer(each.fd, start.name, accepted);
  }
}

LabUnderTest::LabUnderTest(LabOptions options) : options_(std::move(options)) {
  auto site = design_site(options_);
  if (site) site_ = *site;
  LaunchOptions launch{.shelf = test_shelf(), .agent = answer_as, .make_pki = {}, .make_service_key = {}, .make_certificates = {},
                       .ends_with_caller = true};
  auto topology = up(options_, launch);
  if (topology)
    topology_ = *topology;
  else
    error_ = describe(topology.error());
}

LabUnderTest::~LabUnderTest() {
  if (!is_up()) return;
  EXPECT_TRUE(down(test_shelf(), options_.name).value());
}

std::vector<Attempt> LabUnderTest::ask(const std::string& from, unsigned times) const {
  std::vector<Attempt> attempts;
  const int limit_ms = options_.mode == "standard" ? kStandardAnswerMs : kAnswerMs;
  for (unsigned time = 0; time < times; ++time)
    attempts.push_back(parse_attempt(in_child([&]() -> std::string {
      if (const auto joined = join(test_shelf(), options_.name, from); !joined)
        return describe(joined.error());
      Sniffer sniffer;
      auto text = attempt(site_.vip, limit_ms);
      for (const auto& frame : sniffer.drain())
        text += fmt::format(" {} {} {} {} {} {}", frame.interface, to_string(frame.from_mac),
                            to_string(frame.tuple.source), to_string(frame.tuple.destination), frame.flags,
                            frame.has_timestamps ? 1 : 0);
      return text;
    })));
  return attempts;
}

std::uint64_t LabUnderTest::counter(const std::string& host, const std::string& name) const {
  const auto text = in_child([&]() -> std::string {
    if (const auto joined = join(test_shelf(), options_.name, host); !joined) return {};
    std::ifstream file("/proc/self/net/netstat");
    for (std::string names, values; std::getline(file, names) && std::getline(file, values);) {
      std::istringstream left(names), right(values);
      for (std::string key, value; left >> key && right >> value;)
        if (key == name) return value;
    }
    return {};
  });
  return text.empty() ? 0 : std::stoull(text);
}

int LabUnderTest::execute(const std::string& host, const std::vector<std::string>& command) const {
  const auto text = in_child([&]() -> std::string {
    const auto status = lab::execute(test_shelf(), options_.name, host, command);
    return status ? std::to_string(*status) : "-1";
  });
  return std::stoi(text);
}

std::string family_name(const testing::TestParamInfo<Family>& parameter) {
  return parameter.param == Family::ipv4 ? "IPv4" : "IPv6";
}

LabOptions lab(const std::string& mode, SnatType snat, Family family, std::vector<std::string> faults) {
  LabOptions options{.name = fmt::format("t{}", getpid()),
                     .mode = mode,
                     .snat = snat,
                     .expected_snat = {},
                     .members = 2,
                     .family = family,
                     .faults = {},
                     .control = Control::unix_socket};
  for (const auto& fault : faults) options.faults.push_back(parse_fault(fault));
  return options;
}

}  // namespace hairpin::lab
