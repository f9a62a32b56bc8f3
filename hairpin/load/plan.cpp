// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hairpin/coordinator/firewall_rules.hpp"

namespace hairpin {
namespace {

template <class... Parts>
void add(std::string& text, fmt::format_string<Parts...> format, Parts&&... parts) {
  text += fmt::format(format, std::forward<Parts>(parts)...) + '\n';
}

std::int64_t seconds(milliseconds time) { return std::chrono::ceil<std::chrono::seconds>(time).count(); }

/// What the ceiling of a source's host must not be below.
std::string to_be_lent(const LoadShape& shape, std::size_t sources) {
  const auto part = part_of(shape, 0, static_cast<std::uint32_t>(sources));
  const auto& phases = part.phases;
  const auto length = seconds(phases.init + phases.ramp_up + phases.sustain + phases.ramp_down);
  if (part.arrivals == Arrivals::closed)
    return fmt::format("{} connections, {} s; as fast as its ceiling lets", part.connections, length);
  const double connections = part.transactions > 0 ? part.rate / part.transactions : 0;
  return fmt::format("{} connections, {:.0f} new ones and {:.0f} transactions a second, {:.1f} Mbit/s of objects, {} s", part.connections,
                     connections, part.rate, part.rate * mean_object_bytes(part) * 8 / 1e6, length);
}

/// Where each source's connections would come from; nothing where its kernel chooses.
void add_places(std::string& text, const LoadScope& scope, const LoadShape& whole) {
  for (std::uint32_t i = 0; i < scope.sources.size(); ++i) {
    const auto places = places_text(part_of(scope, whole, scope.sources, i));
    if (!places.empty()) add(text, "{} connects from {}", scope.sources[i], places);
  }
}

std::string time_text(const LoadOptions& options) {
  const auto worst = worst_case(options);
  if (worst <= options.run.limit) return fmt::format("At most {} s of load.", worst.count());
  return fmt::format("At most {} s of load, by --limit; all of it would take {} s at worst, and what is open then is inconclusive.",
                     options.run.limit.count(), worst.count());
}

}  // namespace

std::string method_of(const LoadOptions& options) {
  switch (options.test) {
    case LoadTest::connections:
      return "RFC 9411 §7.6 (§7.2), connections per second";
    case LoadTest::throughput:
      return "RFC 9411 §7.7 (§7.3), throughput";
    case LoadTest::latency:
      return "RFC 9411 §7.8 (§7.4), transaction latency";
    case LoadTest::concurrent:
      return "RFC 9411 §7.9 (§7.5), concurrent connections";
  }
  return {};
}

std::string load_plan_text(const Topology& topology, const Plan& plan, const LoadScope& scope, const LoadOptions& options) {
  auto shape = shape_of(options);
  shape.rate = options.most.value_or(options.rate.value_or(0));
  std::string text;
  add(text, "{}: method of {}", topology.name, method_of(options));
  add(text, "{} -> {} ({}/{}), members {}", fmt::join(scope.sources, ", "), to_string(scope.target.endpoint), scope.target.pool,
      scope.target.virtual_server, fmt::join(scope.pool->members, ", "));
  if (options.most)
    add(text, "Search up to {:.4g} transactions/s, then the highest rate that kept the rules", *options.most);
  else if (options.rate)
    add(text, "{:.4g} transactions/s", *options.rate);
  add(text, "At most {} connections at once, {} transactions each, objects of {}, {} s{}", shape.connections, shape.transactions,
      objects_text(shape), seconds(shape.phases.sustain), options.repeats > 1 ? fmt::format(", {} times", options.repeats) : "");
  add_places(text, scope, shape);
  add(text, "Each source's host has to lend (hairpin agent --load-ceiling): {}", to_be_lent(shape, scope.sources.size()));
  if (const auto rules = firewall_text(firewall_rules(topology, plan)); !rules.empty()) {
    add(text, "Firewall rules of the topology (who opens the connection -> where it goes; answers included):");
    text += rules;
  }
  add(text, "{} Nothing was sent.", time_text(options));
  add(text, "Deviations from RFC 9411:");
  for (const auto& deviation : deviations(options, shape)) add(text, "  {}", deviation);
  return text;
}

}  // namespace hairpin
