// SPDX-License-Identifier: Apache-2.0
// In bench_f5: all lint rules and all predictions of a configuration of N virtual servers that was read before.
#include <benchmark/benchmark.h>

#include "tests/bench/f5_config.hpp"
#include "topology/f5/input.hpp"
#include "topology/lint/lint.hpp"

namespace {

using namespace hairpin;

f5::Known clients() { return {{{"10.0.0.0/8", *parse_prefix("10.0.0.0/8")}}, {}}; }

void lint(benchmark::State& state) {
  const auto config = f5::read_config_text("generated.conf", f5::generated_config(static_cast<std::size_t>(state.range(0))));
  if (!config) return state.SkipWithError("not read");
  const auto known = clients();
  for (auto _ : state) benchmark::DoNotOptimize(f5::lint(*config, known, {}));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(lint)->Arg(1000)->Arg(2000)->Arg(5000)->Arg(10000)->Arg(20000)->Unit(benchmark::kMillisecond)->Complexity();

void predict(benchmark::State& state) {
  const auto config = f5::read_config_text("generated.conf", f5::generated_config(static_cast<std::size_t>(state.range(0))));
  if (!config) return state.SkipWithError("not read");
  for (auto _ : state) benchmark::DoNotOptimize(f5::predict(*config, {}));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(predict)->Arg(1000)->Arg(10000)->Arg(20000)->Unit(benchmark::kMillisecond)->Complexity();

}  // namespace
