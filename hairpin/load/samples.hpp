// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hairpin/coordinator/probing.hpp"

namespace hairpin {

/// Trips as a run makes them, one after the other, while a load goes on: whether connections still come back the way they went
/// out, from the member that they should, with the certificates that they should. They are the checks' to judge.
class LoadSamples {
 public:
  /// Through `target`, from these hosts in turn.
  LoadSamples(Mission& mission, const Target& target, const std::vector<std::string>& hosts);
  net::Task<> run();            ///< until `end`, or the mission is over
  void end() { is_over_ = true; }

 private:
  Mission& mission_;
  Probing probing_;
  std::vector<std::size_t> sources_;  ///< indices in Plan::sources
  bool is_over_ = false;
};

}  // namespace hairpin
