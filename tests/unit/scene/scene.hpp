// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "checks/check.hpp"
#include "evidence/trip.hpp"
#include "topology/plan.hpp"

namespace hairpin::test {

/// The seed site by hand: what each vantage would report, packet by packet, without a network.
class Scene {
 public:
  explicit Scene(Family family = Family::ipv4);

  Topology topology;  ///< edit before judge()
  Observations observations;
  bool has_timestamps = true;

  /// Hosts whose capture and responder report nothing.
  void blind(const std::string& host) { blind_.insert(host); }

  // Whole trips, each 100 ms after the one before.
  struct Through {
    std::string snat{};                 ///< address that the member sees; empty: the source's own
    std::string reply_to{};             ///< host to whose MAC the member sends its reply; empty: the balancer
    bool is_proxied = false;          ///< own ISN, port and timestamps on the server leg
    bool hides_responder = false;     ///< the responder reports nothing
  };
  ProbeObservation& answered(const std::string& source, const std::string& member) { return answered(source, member, Through()); }
  ProbeObservation& answered(const std::string& source, const std::string& member, const Through& how);
  ProbeObservation& third_address(const std::string& source, const std::string& member, const std::string& router = {});
  ProbeObservation& proxied_third_address(const std::string& source, const std::string& member, bool keeps_port = false);
  ProbeObservation& self_hairpin(const std::string& source);
  ProbeObservation& proxied_self_hairpin(const std::string& source);
  ProbeObservation& member_refuses(const std::string& source, const std::string& member, bool is_past_balancer = false);
  ProbeObservation& member_is_silent(const std::string& source, const std::string& member);
  ProbeObservation& vip_refuses(const std::string& source);
  ProbeObservation& vip_is_silent(const std::string& source);
  ProbeObservation& direct_return(const std::string& source, const std::string& member, bool through_balancer = false);
  ProbeObservation& direct_control(const std::string& source, const std::string& member);

  /// One packet from one host to the next, seen leaving and arriving.
  void send(const std::string& from, const std::string& to, const Tuple& tuple, std::uint8_t flags, std::uint32_t sequence,
            std::uint32_t acknowledgement = 0, std::uint32_t timestamp = 0, std::uint32_t echo = 0);
  void pass_time(nanoseconds time) { now_ += time; }

  Run judge() const;
  /// A copy that lives as long as the scene: `run` may be a temporary. Null when there is none with this id.
  const Finding* finding(const Run& run, const std::string& id) const;
  IpAddress address(const std::string& host) const;
  Endpoint vip() const;
  Endpoint service(const std::string& host) const { return {address(host), 444}; }
  MacAddress mac(const std::string& host) const;

 private:
  struct Syn {
    Endpoint local;
    std::uint32_t isn = 0, timestamp = 0;
  };
  Syn next_syn(const std::string& source);
  ProbeObservation& probe(const std::string& source, const Endpoint& local, End end, Phase phase);
  void note(const std::string& host, Direction direction, const PacketObservation& packet);
  void answer(ProbeObservation& probe, const std::string& member, const Tuple& seen, bool hides_responder);

  mutable std::deque<Finding> kept_;
  Family family_;
  std::set<std::string> blind_;
  std::map<std::string, std::uint64_t> frames_;
  WallTime now_{std::chrono::seconds(1'000'000)};
  std::uint32_t counter_ = 0;
};

Topology seed_topology(Family family);

}  // namespace hairpin::test
