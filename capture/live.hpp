// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/decode.hpp"
#include "net/task.hpp"

namespace hairpin::capture {

inline constexpr int kSnapshotBytes = 256;

struct PortRange {
  std::uint16_t first = 0, last = 0;
};

/// Which packets a plan is about.
struct Traffic {
  std::vector<std::uint16_t> ports;
  std::vector<IpAddress> services;  ///< VIPs and members; none: by the ports alone
  std::vector<IpAddress> clients;   ///< whose SYNs and SYN-ACKs count whatever service they call: an undeclared member
  std::optional<PortRange> one_end{};  ///< and, beside all that, one end has to have a port of these
};

/// The BPF expression for the packets of a plan: TCP to or from one of the ports at a service (the other end may be
/// anybody, because a balancer may take a source address that nobody declared), and what clients open to those ports;
/// VLAN-tagged or not, IPv4 and IPv6, and our canaries. Only Ethernet knows VLANs (two tags at most; libpcap refuses
/// `vlan` elsewhere), and raw IP has no canaries.
std::string filter_for(const Traffic& traffic, LinkType link = LinkType::ethernet);

/// One interface, live, by libpcap in immediate mode; on the loop of `executor`.
class LiveCapture {
 public:
  /// Called for every frame that matches the filter, canaries excluded; `bytes` are valid during the call.
  using OnFrame = std::function<void(const Frame&)>;

  static Result<std::unique_ptr<LiveCapture>> open(const net::Executor& executor, const std::string& host,
                                                   const std::string& interface, const std::string& filter,
                                                   OnFrame on_frame);
  virtual ~LiveCapture() = default;

  /// Sends canary frames (ethertype 0x88b5) on the interface and waits until the capture has seen one, at
  /// most `limit`. Proves the tap, not the wire. The first call is `is_proven_before` in the facts, the last
  /// one `…_after`.
  virtual net::Task<Result<>> prove(std::chrono::milliseconds limit) = 0;
  /// Everything that the kernel has already matched is delivered before this returns.
  virtual void drain() = 0;
  virtual CaptureFacts facts() const = 0;
  virtual LinkType link() const = 0;
};

}  // namespace hairpin::capture
