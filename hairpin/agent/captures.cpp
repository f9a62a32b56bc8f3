// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/captures.hpp"

#include <algorithm>
#include <boost/system/errc.hpp>

#include "base/json.hpp"
#include "capture/direction.hpp"
#include "net/together.hpp"
#include "topology/host/host_view.hpp"

namespace hairpin {
namespace {

/// Headers of 256 bytes: some 50 MB. A plan's traffic is thousands of frames; more is somebody else's load,
/// and a capture that stopped keeping says so as drops.
constexpr std::uint64_t kMostFrames = 200'000;

bool is_want_of_privilege(const Error& error) {
  return error.code == boost::system::errc::operation_not_permitted ||
         error.code == boost::system::errc::permission_denied;
}

/// Down, or without a carrier: no frame passes, ours to prove the capture neither. A tunnel or a VPN is no Ethernet and
/// cannot prove itself: it counts only where it leads to the plan's services.
bool can_carry(const InterfaceFacts& interface, const control::Watch& watch) {
  if (!interface.is_up || !interface.has_carrier.value_or(true)) return false;
  const bool is_ethernet = interface.is_loopback || interface.mac != MacAddress{};
  return is_ethernet || std::any_of(watch.addresses.begin(), watch.addresses.end(), [&](const IpAddress& address) {
           const auto route = host::route_to(address);
           return route && route->interface == interface.name;
         });
}

net::Task<> prove_one(std::shared_ptr<capture::LiveCapture> capture, milliseconds limit) {
  static_cast<void>(co_await capture->prove(limit));  // its facts say whether it is proven
}

}  // namespace

AgentCaptures::AgentCaptures(std::string host, Notify notify, OnPacket on_packet)
    : host_(std::move(host)), notify_(std::move(notify)), on_packet_(std::move(on_packet)) {}

void AgentCaptures::open(const net::Executor& executor, const std::vector<InterfaceFacts>& interfaces,
                         const control::Watch& watch, std::optional<capture::PortRange> one_end) {
  capture::Traffic traffic{watch.ports, watch.addresses, watch.clients, one_end};
  for (const auto& interface : interfaces)
    traffic.clients.insert(traffic.clients.end(), interface.addresses.begin(), interface.addresses.end());
  const auto filter = capture::filter_for(traffic);
  for (const auto& interface : interfaces) {
    if (!can_carry(interface, watch)) continue;
    auto& tap = *taps_.emplace_back(std::make_unique<Tap>());
    tap.interface = interface;
    tap.batch.interface = interface.name;
    auto on_frame = [this, &tap](const capture::Frame& frame) { take(tap, frame); };
    auto opened = capture::LiveCapture::open(executor, host_, interface.name, filter, on_frame);
    if (opened) {
      tap.capture = std::move(*opened);
      tap.batch.link = static_cast<std::uint16_t>(tap.capture->link());
      continue;
    }
    tap.refused.host = host_;
    tap.refused.interface = interface.name;
    tap.refused.filter = filter;
    tap.refused.error = describe(opened.error());
    tap.refused.lacks_privilege = is_want_of_privilege(opened.error());
  }
}

void AgentCaptures::refuse(const Error& error) {
  auto& tap = *taps_.emplace_back(std::make_unique<Tap>());
  tap.refused.host = host_;
  tap.refused.error = describe(error);
}

net::Task<> AgentCaptures::prove(std::shared_ptr<AgentCaptures> captures, milliseconds limit) {
  std::vector<net::Task<>> proofs;
  for (const auto& tap : captures->taps_)
    if (tap->capture) proofs.push_back(prove_one(tap->capture, limit));
  co_await net::together(std::move(proofs));
}

void AgentCaptures::take(Tap& tap, const capture::Frame& frame) {
  if (tap.sent >= kMostFrames) {
    ++tap.overflowed;
    return;
  }
  ++tap.sent;
  tap.batch.frames.push_back(
      {frame.time, frame.original_length_bytes, hex(frame.bytes.data(), frame.bytes.size())});
  if (auto packet = capture::decode(frame, tap.capture->link())) {
    packet->direction = capture::direction_of(*packet, tap.interface);
    on_packet_(*packet);
  }
  if (tap.batch.frames.size() >= kFramesInBatch) send(tap);
}

void AgentCaptures::send(Tap& tap) {
  if (tap.batch.frames.empty()) return;
  notify_(kFramesNotice, to_json(tap.batch));
  tap.batch.frames.clear();
}

void AgentCaptures::flush() {
  for (const auto& tap : taps_) {
    if (tap->capture) tap->capture->drain();
    send(*tap);
  }
}

std::vector<CaptureFacts> AgentCaptures::facts() const {
  std::vector<CaptureFacts> all;
  for (const auto& tap : taps_) {
    all.push_back(tap->capture ? tap->capture->facts() : tap->refused);
    all.back().dropped += tap->overflowed;
  }
  return all;
}

}  // namespace hairpin
