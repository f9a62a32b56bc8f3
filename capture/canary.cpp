// SPDX-License-Identifier: Apache-2.0
#include "capture/canary.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace hairpin::capture {
namespace {

constexpr std::size_t kHeaderBytes = 14, kMinimumFrameBytes = 60;
constexpr std::string_view kMark = "hairpin canary";

}  // namespace

const char* const kMendPrivilege =
    "run as root, or give the binary CAP_NET_RAW: setcap cap_net_raw+ep $(command -v hairpin)";

bool is_canary(std::span<const std::uint8_t> frame) {
  return frame.size() >= kHeaderBytes && frame[12] == kCanaryType >> 8 && frame[13] == (kCanaryType & 0xff);
}

bool is_canary(std::span<const std::uint8_t> frame, const CanaryToken& token) {
  if (!is_canary(frame) || frame.size() < kHeaderBytes + kMark.size() + token.size()) return false;
  const auto body = frame.subspan(kHeaderBytes);
  return std::equal(kMark.begin(), kMark.end(), body.begin()) &&
         std::equal(token.begin(), token.end(), body.begin() + kMark.size());
}

CanarySender::CanarySender(Descriptor socket, std::string interface, int index,
                           const std::array<std::uint8_t, 6>& mac)
    : socket_(std::move(socket)), interface_(std::move(interface)), index_(index), mac_(mac) {}

Result<CanarySender> CanarySender::open(const std::string& interface) {
  const auto doing = "open a packet socket on " + interface;
  // Protocol 0: this socket only sends. It would otherwise collect frames that nobody reads.
  Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return last_system_error(doing, errno == EPERM ? kMendPrivilege : "");
  ifreq request{};
  interface.copy(request.ifr_name, sizeof request.ifr_name - 1);
  if (::ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0) return last_system_error(doing);
  std::array<std::uint8_t, 6> mac{};
  std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
  if (::ioctl(socket.get(), SIOCGIFINDEX, &request) != 0) return last_system_error(doing);
  return CanarySender(std::move(socket), interface, request.ifr_ifindex, mac);
}

Result<> CanarySender::send(const CanaryToken& token) const {
  std::array<std::uint8_t, kMinimumFrameBytes> frame{};
  auto at = std::copy(mac_.begin(), mac_.end(), frame.begin());
  at = std::copy(mac_.begin(), mac_.end(), at);
  *at++ = kCanaryType >> 8;
  *at++ = kCanaryType & 0xff;
  at = std::copy(kMark.begin(), kMark.end(), at);
  std::copy(token.begin(), token.end(), at);
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_protocol = htons(kCanaryType);
  to.sll_ifindex = index_;
  const auto sent = ::sendto(socket_.get(), frame.data(), frame.size(), 0,
                             reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if (sent < 0) return last_system_error("send a canary on " + interface_);
  return {};
}

}  // namespace hairpin::capture
