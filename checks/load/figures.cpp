// SPDX-License-Identifier: Apache-2.0
#include "checks/load/figures.hpp"

#include <fmt/format.h>

#include "base/histogram.hpp"

namespace hairpin::checks {
namespace {

std::optional<double> percentile_ms(const Histogram& histogram, double percent) {
  if (!histogram.is_settled(percent)) return {};
  return std::chrono::duration<double, std::milli>(histogram.percentile(percent)).count();
}

}  // namespace

LoadFigures figures_of(const LoadObservation& load) {
  LoadFigures figures;
  const auto all = sustained_seconds(load);
  for (const auto& second : all) {
    const auto share = 1 / static_cast<double>(all.size());
    figures.transactions_per_second += share * static_cast<double>(second.completed);
    figures.connections_per_second += share * static_cast<double>(second.established);
    figures.megabits_per_second += share * static_cast<double>(second.body_bytes) * 8 / 1e6;
    figures.open_connections += share * static_cast<double>(second.open);
  }
  if (const auto times = Histogram::decode(load.times.response)) {
    figures.half_ms = percentile_ms(*times, 50);
    figures.p99_ms = percentile_ms(*times, 99);
  }
  return figures;
}

std::string figures_text(const LoadFigures& figures, const std::string& after) {
  auto text = fmt::format("transactions_per_second={:.2f}{} connections_per_second={:.2f}{} megabits_per_second={:.3f}{} open_connections={:.1f}{}",
                          figures.transactions_per_second, after, figures.connections_per_second, after, figures.megabits_per_second, after,
                          figures.open_connections, after);
  if (figures.half_ms) text += fmt::format(" p50={:.3f}ms{}", *figures.half_ms, after);
  if (figures.p99_ms) text += fmt::format(" p99={:.3f}ms{}", *figures.p99_ms, after);
  return text;
}

}  // namespace hairpin::checks
