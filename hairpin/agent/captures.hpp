// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "capture/live.hpp"
#include "hairpin/messages/agent_messages.hpp"

namespace hairpin {

/// The captures of one run on this host: every interface that is up. What they keep is sent on as notices.
class AgentCaptures {
 public:
  using Notify = std::function<void(std::string, boost::json::value)>;
  using OnPacket = std::function<void(const PacketObservation&)>;

  AgentCaptures(std::string host, Notify notify, OnPacket on_packet);

  /// Opens a capture on each interface that is up, `lo` too: an IPv6 self-hairpin never leaves it. What
  /// cannot be opened is a fact with its error.
  void open(const net::Executor& executor, const std::vector<InterfaceFacts>& interfaces,
            const control::Watch& watch, std::optional<capture::PortRange> one_end = {});
  /// There is no list of interfaces: no capture at all, and why.
  void refuse(const Error& error);
  /// Proves all of them beside each other; the results are in `facts`.
  static net::Task<> prove(std::shared_ptr<AgentCaptures> captures, milliseconds limit);
  /// Everything that the kernel holds, on its way to the coordinator.
  void flush();
  std::vector<CaptureFacts> facts() const;

 private:
  struct Tap {
    InterfaceFacts interface;
    CaptureFacts refused;  ///< when there is no capture
    FrameBatch batch;
    std::uint64_t sent = 0;        ///< frames
    std::uint64_t overflowed = 0;  ///< frames beyond what one run may send
    std::shared_ptr<capture::LiveCapture> capture;
  };
  void take(Tap& tap, const capture::Frame& frame);
  void send(Tap& tap);

  std::string host_;
  Notify notify_;
  OnPacket on_packet_;
  std::vector<std::unique_ptr<Tap>> taps_;
};

}  // namespace hairpin
