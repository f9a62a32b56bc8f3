// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netlink/socket.h>

#include <string>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "topology/lab/site.hpp"

/// Network namespaces and what is in them, by netlink. A namespace has no name outside of this process: it
/// lives as long as a descriptor or a process holds it.
namespace hairpin::lab {

class NetworkNamespace {
 public:
  /// The namespace that this process is in at the moment.
  static Result<NetworkNamespace> current(std::string name);
  /// A new one, and this process is in it afterwards.
  static Result<NetworkNamespace> create(std::string name);

  /// Moves this process (which has one thread) into it.
  Result<> enter() const;
  int fd() const { return fd_.get(); }
  const std::string& name() const { return name_; }

  /// A bridge, up, without an address of its own. Returns its index.
  Result<int> add_bridge(const std::string& bridge) const;
  /// A cable from a port of the bridge to an interface in `other`; the port is up, the interface is not yet.
  Result<> add_cable(int bridge_index, const Interface& interface, const NetworkNamespace& other) const;

  // Interfaces are found by name in the namespace that the process is in: call `enter` before.
  Result<> bring_up(const std::string& interface) const;
  Result<> add_address(const std::string& interface, const SiteAddress& address) const;
  Result<> add_route(const Route& route) const;
  Result<> add_rule(Family family, const MarkRule& rule) const;
  Result<> add_proxy(const std::string& interface, const IpAddress& address) const;

 private:
  std::string name_;
  Descriptor fd_;
  Handle<nl_sock, nl_socket_free> netlink_;
};

}  // namespace hairpin::lab
