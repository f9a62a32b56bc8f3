// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "hairpin/bigip/line.hpp"

namespace hairpin {

struct Mission;

/// The load balancers of a run that are asked (`state`): before the first connection, while it probes, after the last one. None
/// of it delays a probe, and none of it can fail a run: what a balancer does not say is written down with the reason.
class BalancerWatch {
 public:
  BalancerWatch();  ///< of nobody
  /// Reads what it takes to ask. An error names the file or the variable that is missing.
  static Result<BalancerWatch> make(const Topology& topology);
  BalancerWatch(BalancerWatch&&) noexcept;
  BalancerWatch& operator=(BalancerWatch&&) noexcept;
  ~BalancerWatch();

  net::Task<> look_before(Mission& mission);
  /// Starts to ask for the connections of sources that have just probed; `look_after` ends it.
  void watch(const net::Executor& executor, Mission& mission);
  /// Waits for the question that is under way, asks for the last time, and puts everything into the observations.
  net::Task<> look_after(Mission& mission);

 private:
  struct Asked;
  static net::Task<> follow(Mission& mission, Asked& asked);
  std::vector<std::unique_ptr<Asked>> asked_;
};

}  // namespace hairpin
