// SPDX-License-Identifier: Apache-2.0
// Any bytes are read as a topology file; those that are one give a plan that keeps its promises.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "topology/plan.hpp"
#include "topology/yaml.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const hairpin::TopologyProblem& problem) {
  require(problem.line >= 1 && problem.column >= 1 && !problem.what.empty());
  require(hairpin::describe(problem, "f").find('\n') == std::string::npos);
}

void check(const hairpin::Topology& topology, const hairpin::Plan& plan) {
  for (const auto& source : plan.sources) {
    require(topology.host(source.source) != nullptr && !source.members.empty());
    require(!source.skip_reason.empty() || source.attempt_budget >= hairpin::kSettledTrips);
  }
  for (const auto& direct : plan.directs) {
    require(direct.source != direct.member);
    require(topology.owner_of(direct.endpoint.address)->name == direct.member);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto reading = hairpin::read_topology({reinterpret_cast<const char*>(data), size});
  require(reading.topology.has_value() == reading.problems.empty());
  for (const auto& problem : reading.problems) check(problem);
  if (reading.topology) check(*reading.topology, hairpin::make_plan(*reading.topology));
  return 0;
}
