// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/math/special_functions/binomial.hpp>
#include <cmath>

#include "topology/plan.hpp"

namespace hairpin {
namespace {

/// P(some member was not chosen in `attempts` uniform choices) by inclusion and exclusion. Well conditioned
/// only where the expected number of missed members is at most 1: there the k-th term is at most 1/k!.
double probability_to_miss(unsigned members, double attempts) {
  double sum = 0;
  for (unsigned k = 1; k < members; ++k) {
    const double none_of_k = std::exp(attempts * std::log1p(-static_cast<double>(k) / members));
    const double term = boost::math::binomial_coefficient<double>(members, k) * none_of_k;
    sum += k % 2 == 1 ? term : -term;
    if (term < 1e-18) break;
  }
  return sum;
}

}  // namespace

std::uint32_t attempts_to_cover(std::size_t members, double miss) {
  if (members <= 1) return static_cast<std::uint32_t>(members);
  const auto count = static_cast<unsigned>(members);
  // Fewer attempts miss one member or more on average; the union bound says that `high` attempts suffice.
  const double rate = -std::log1p(-1.0 / count);
  auto low = static_cast<std::uint32_t>(std::ceil(std::log(count) / rate));
  auto high = std::max(low, static_cast<std::uint32_t>(std::ceil(std::log(count / miss) / rate)));
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (probability_to_miss(count, middle) < miss)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

}  // namespace hairpin
