// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/site/frames.hpp"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace hairpin::lab {
namespace {

std::uint16_t word(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

bool has_timestamps(std::span<const std::uint8_t> tcp) {
  const auto end = std::min<std::size_t>(tcp.size(), std::size_t{4} * (tcp[12] >> 4));
  for (std::size_t at = 20; at < end && tcp[at] != 0;) {
    if (tcp[at] == 8) return true;
    at += tcp[at] == 1 || at + 1 >= end || tcp[at + 1] == 0 ? 1 : tcp[at + 1];
  }
  return false;
}

std::optional<Frame> decode(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 54) return {};
  Frame frame;
  std::copy_n(bytes.begin() + 6, 6, frame.from_mac.bytes.begin());
  const auto type = word(bytes, 12);
  const auto ip = bytes.subspan(14);
  std::size_t header = 40;
  if (type == ETHERTYPE_IP && ip[9] == IPPROTO_TCP) {
    header = std::size_t{4} * (ip[0] & 0x0f);
    frame.tuple = {{IpAddress::v4(&ip[12]), 0}, {IpAddress::v4(&ip[16]), 0}};
  } else if (type == ETHERTYPE_IPV6 && ip[6] == IPPROTO_TCP) {
    frame.tuple = {{IpAddress::v6(&ip[8]), 0}, {IpAddress::v6(&ip[24]), 0}};
  } else {
    return {};
  }
  if (ip.size() < header + 20) return {};
  const auto tcp = ip.subspan(header);
  frame.tuple.source.port = word(tcp, 0);
  frame.tuple.destination.port = word(tcp, 2);
  frame.flags = tcp[13];
  frame.has_timestamps = has_timestamps(tcp);
  return frame;
}

}  // namespace

Sniffer::Sniffer() : socket_(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL))) {}

std::vector<Frame> Sniffer::drain() {
  std::vector<Frame> frames;
  std::array<std::uint8_t, 2048> buffer{};
  sockaddr_ll from{};
  socklen_t length = sizeof from;
  for (;;) {
    const auto count =
        recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (count < 0) return frames;
    if (from.sll_pkttype == PACKET_OUTGOING) continue;
    auto frame = decode(std::span(buffer).first(std::min(buffer.size(), static_cast<std::size_t>(count))));
    if (!frame) continue;
    std::array<char, IF_NAMESIZE> name{};
    if (if_indextoname(static_cast<unsigned>(from.sll_ifindex), name.data())) frame->interface = name.data();
    frames.push_back(*frame);
  }
}

}  // namespace hairpin::lab
