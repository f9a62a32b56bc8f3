// SPDX-License-Identifier: Apache-2.0
#include "own_network.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "topology/host/netlink.hpp"

namespace hairpin::lab_tests {
namespace {

constexpr int kSkipped = 77;

using Link = Handle<rtnl_link, rtnl_link_put>;
using LinkAddress = Handle<rtnl_addr, rtnl_addr_put>;
using host::NetlinkAddress;

NetlinkAddress parsed(const char* text, int family) {
  nl_addr* address = nullptr;
  nl_addr_parse(text, family, &address);
  return NetlinkAddress(address);
}

bool bring_up(nl_sock* socket, const char* name, const char* mac) {
  const Link change(rtnl_link_alloc()), which(rtnl_link_alloc());
  rtnl_link_set_ifindex(which.get(), static_cast<int>(::if_nametoindex(name)));
  rtnl_link_set_flags(change.get(), IFF_UP);
  if (mac) {
    const auto address = parsed(mac, AF_LLC);
    rtnl_link_set_addr(change.get(), address.get());
  }
  return rtnl_link_change(socket, which.get(), change.get(), 0) == 0;
}

bool add_address(nl_sock* socket, const char* interface, const char* text) {
  const LinkAddress address(rtnl_addr_alloc());
  const auto local = parsed(text, AF_UNSPEC);
  rtnl_addr_set_ifindex(address.get(), static_cast<int>(::if_nametoindex(interface)));
  rtnl_addr_set_flags(address.get(), IFA_F_NODAD);
  return rtnl_addr_set_local(address.get(), local.get()) == 0 && rtnl_addr_add(socket, address.get(), 0) == 0;
}

bool build_network() {
  const auto socket = host::open_netlink();
  if (!socket) return false;
  return rtnl_link_veth_add(socket->get(), "v0", "v1", ::getpid()) == 0 &&
         bring_up(socket->get(), "lo", nullptr) && bring_up(socket->get(), "v0", "02:00:00:00:00:01") &&
         bring_up(socket->get(), "v1", "02:00:00:00:00:02") &&
         add_address(socket->get(), "v0", "10.1.0.1/24") &&
         add_address(socket->get(), "v0", "2001:db8:1::1/64");
}

int run_child(const std::function<void()>& body) {
  if (::unshare(CLONE_NEWNET) != 0) return kSkipped;
  if (!build_network()) {
    std::fprintf(stderr, "could not build the network of the test\n");
    return 1;
  }
  body();
  return testing::Test::HasFailure() ? 1 : 0;
}

Descriptor loopback_socket(sockaddr_in& address, std::uint16_t port) {
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

}  // namespace

void in_own_network(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const int status = run_child(body);
    std::fflush(nullptr);
    ::_exit(status);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kSkipped)
    GTEST_SKIP() << "no right to make a network namespace";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "in the child: see above";
}

bool converse_over_loopback(std::uint16_t port) {
  sockaddr_in address{};
  const auto listener = loopback_socket(address, port);
  const auto* to = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(listener.get(), to, sizeof address) != 0 || ::listen(listener.get(), 1) != 0) return false;
  const auto client = loopback_socket(address, port);
  if (::connect(client.get(), to, sizeof address) != 0) return false;
  const Descriptor server(::accept(listener.get(), nullptr, nullptr));
  char byte = 'x';
  return ::write(client.get(), &byte, 1) == 1 && ::read(server.get(), &byte, 1) == 1 &&
         ::write(server.get(), &byte, 1) == 1 && ::read(client.get(), &byte, 1) == 1;
}

}  // namespace hairpin::lab_tests
