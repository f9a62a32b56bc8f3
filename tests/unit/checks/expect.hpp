// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/unit/scene/scene.hpp"

namespace hairpin::test {

inline constexpr auto kServer = "/pool01/mcu-factory/";

inline std::string id(const std::string& check, const std::string& pair) { return check + kServer + pair; }

/// The request of a probe of client1 left it after a rest of 30 s, and left it again.
inline void send_request(Scene& scene, const ProbeObservation& probe) {
  auto request = *std::find_if(scene.observations.packets.rbegin(), scene.observations.packets.rend(), [&](const auto& packet) {
    return packet.host == "client1" && packet.is_syn() && packet.tuple.source == *probe.local;
  });
  request.flags = kAck | kPsh;
  request.sequence += 700;
  request.payload_bytes = 120;
  for (int again = 0; again < 2; ++again) {
    request.time = probe.started + std::chrono::seconds(31 + again);
    request.frame = 10'000 + static_cast<std::uint64_t>(again);
    scene.observations.packets.push_back(request);
  }
}

/// Without a capture: what such a host did not see may have passed there.
inline void without_capture(Scene& scene, const std::string& host) {
  std::erase_if(scene.observations.captures, [&](const auto& capture) { return capture.host == host; });
}

/// A balancer that nobody watches; what it answers itself is not seen either.
inline void unwatch_balancer(Scene& scene) {
  scene.blind("bigip");
  without_capture(scene, "bigip");
}

/// Of this host, which has one.
inline CaptureFacts& capture_of(Scene& scene, const std::string& host) {
  for (auto& capture : scene.observations.captures)
    if (capture.host == host) return capture;
  throw std::logic_error(host);
}

/// What this host says of itself first.
inline HostFacts& facts_of(Scene& scene, const std::string& host) {
  for (auto& facts : scene.observations.hosts)
    if (facts.host == host) return facts;
  throw std::logic_error(host);
}

/// The VIP answers client1 with a page that says it has no member.
inline ProbeObservation& answered_503(Scene& scene) {
  auto& probe = scene.vip_is_silent("client1");
  probe.end = End::answered;
  probe.ended_in = Phase::close;
  probe.http_status = 503;
  return probe;
}

/// The finding with this id has this cause; a copy of it.
inline Finding expect_cause(const Scene& scene, const Run& run, const std::string& finding_id, const std::string& cause) {
  const auto* finding = scene.finding(run, finding_id);
  EXPECT_NE(finding, nullptr) << finding_id;
  if (!finding) return {};
  EXPECT_EQ(finding->cause, cause) << finding_id << ": " << finding->summary << " / " << finding->reason;
  return *finding;
}

}  // namespace hairpin::test
