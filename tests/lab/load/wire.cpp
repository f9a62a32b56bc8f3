// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/load/wire.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace hairpin::load_lab {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kPrefix = 10;       // struct virtio_net_hdr, whose header is no C++
constexpr std::size_t kLargest = 70'000;  // a frame that the kernel has not cut yet

/// With the kernel's own header before each frame, so that checksums and segments that it has not made yet stay to be made.
Descriptor open_side(const std::string& interface) {
  Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL)));
  const int on = 1;
  EXPECT_EQ(::setsockopt(socket.get(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on), 0);
  EXPECT_EQ(::setsockopt(socket.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on), 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << interface;
  return socket;
}

template <class Header>
std::optional<Header> header_at(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  Header header{};
  if (bytes.size() < at + sizeof header) return {};
  std::memcpy(&header, bytes.data() + at, sizeof header);
  return header;
}

nanoseconds median(std::vector<nanoseconds> values) {
  if (values.empty()) return {};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Wire::Wire(const std::string& client_side, const std::string& server_side, nanoseconds delay) : delay_(delay) {
  client_ = {open_side(client_side), true};
  server_ = {open_side(server_side), false};
  thread_ = std::thread([this] { carry(); });
}

Wire::~Wire() { end(); }

void Wire::end() {
  is_over_ = true;
  if (thread_.joinable()) thread_.join();
}

void Wire::carry() {
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  std::deque<Held> to_server, to_client;
  while (!is_over_) {
    std::array<pollfd, 2> both{pollfd{client_.socket.get(), POLLIN, 0}, pollfd{server_.socket.get(), POLLIN, 0}};
    auto wait = nanoseconds(milliseconds(20));
    for (const auto* held : {&to_server, &to_client})
      if (!held->empty()) wait = std::clamp(held->front().leaves - Clock::now(), nanoseconds(0), wait);
    const timespec limit{0, wait.count()};
    ::ppoll(both.data(), both.size(), &limit, nullptr);
    take(client_, to_server);
    take(server_, to_client);
    release(to_server, server_);
    release(to_client, client_);
  }
}

void Wire::take(Side& from, std::deque<Held>& into) {
  std::array<std::uint8_t, kLargest> buffer{};
  for (;;) {
    const auto count = ::recv(from.socket.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) return;
    const auto now = Clock::now();
    into.push_back({now + delay_, {buffer.begin(), buffer.begin() + count}});
    if (from.is_client) note(into.back().bytes, true, now);
  }
}

void Wire::release(std::deque<Held>& held, Side& to) {
  while (!held.empty() && held.front().leaves <= Clock::now()) {
    const auto& bytes = held.front().bytes;
    if (to.is_client) note(bytes, false, Clock::now());
    static_cast<void>(::send(to.socket.get(), bytes.data(), bytes.size(), 0));
    held.pop_front();
  }
}

void Wire::note(const std::vector<std::uint8_t>& bytes, bool is_from_client, SteadyTime now) {
  constexpr std::size_t kNetwork = kPrefix + sizeof(ethhdr);
  const auto frame = header_at<ethhdr>(bytes, kPrefix);
  const auto packet = header_at<iphdr>(bytes, kNetwork);
  if (!frame || !packet || frame->h_proto != htons(ETH_P_IP) || packet->protocol != IPPROTO_TCP) return;
  const std::size_t transport = kNetwork + packet->ihl * 4U;
  const auto segment = header_at<tcphdr>(bytes, transport);
  if (!segment) return;
  const auto first = [now](std::optional<SteadyTime>& time) { time = time.value_or(now); };
  if (is_from_client) {
    if (segment->syn) first(seen_[ntohs(segment->source)].syn);
    return;
  }
  auto& seen = seen_[ntohs(segment->dest)];
  if (segment->syn) first(seen.syn_ack);
  if (ntohs(packet->tot_len) > packet->ihl * 4U + segment->doff * 4U) first(seen.answer);
}

Wire::Medians Wire::medians() const {
  std::vector<nanoseconds> syn_acks, answers;
  for (const auto& [port, seen] : seen_) {
    if (!seen.syn || !seen.syn_ack || !seen.answer) continue;
    syn_acks.push_back(*seen.syn_ack - *seen.syn);
    answers.push_back(*seen.answer - *seen.syn);
  }
  return {syn_acks.size(), median(syn_acks), median(answers)};
}

}  // namespace hairpin::load_lab
