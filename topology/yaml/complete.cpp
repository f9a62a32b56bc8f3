// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/draft.hpp"

namespace hairpin::yaml {
namespace {

void add_default_sources(const Topology& topology, Pool& pool) {
  for (const auto& host : topology.hosts)
    if (!host.is_load_balancer && !pool.excluded_sources.contains(host.name))
      pool.sources.push_back(host.name);
}

}  // namespace

void complete(Draft& draft) {
  auto& topology = draft.topology;
  for (std::size_t i = 0; i < topology.pools.size(); ++i) {
    auto& pool = topology.pools[i];
    if (!draft.pools[i].has_sources) add_default_sources(topology, pool);
    for (std::size_t j = 0; j < topology.hosts.size(); ++j)
      if (draft.is_direct[j]) pool.direct_sources.push_back(topology.hosts[j].name);
  }
}

}  // namespace hairpin::yaml
