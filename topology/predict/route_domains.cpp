// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/route_domains.hpp"

namespace hairpin::f5 {
namespace {

constexpr int kMostParents = 16;

bool is_above(const Config& config, std::uint32_t parent, const RouteDomain* domain) {
  for (int depth = 0; domain && depth < kMostParents; ++depth) {
    domain = domain->parent.value.empty() ? nullptr : config.route_domains.find(domain->parent.value);
    if (domain && domain->id.value == parent) return true;
  }
  return false;
}

}  // namespace

const RouteDomain* route_domain(const Config& config, std::uint32_t id) {
  for (const auto& domain : config.route_domains)
    if (domain.id.value == id) return &domain;
  return nullptr;
}

Crossing crossing(const Config& config, std::uint32_t from, std::uint32_t to) {
  if (from == to) return Crossing::open;
  const auto* domain = route_domain(config, from);
  if ((domain && !domain->is_strict.value) || is_above(config, to, domain)) return Crossing::open;
  // 0 exists always, and is strict unless a file says otherwise: that with the self IPs does.
  const bool is_the_first = from == 0 && !config.selfs.empty();
  return domain || is_the_first ? Crossing::strict : Crossing::unknown;
}

}  // namespace hairpin::f5
