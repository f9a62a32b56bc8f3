// SPDX-License-Identifier: Apache-2.0
// bench_f5: time and peak memory of reading a configuration of N virtual servers. bench_f5 --write N prints one.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/bench/f5_config.hpp"
#include "topology/f5/input.hpp"

namespace {

/// The most memory that the process had since `forget_peak`, MiB.
double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

void import(benchmark::State& state) {
  const auto text = hairpin::f5::generated_config(static_cast<std::size_t>(state.range(0)));
  forget_peak();
  for (auto _ : state) {
    auto config = hairpin::f5::read_config_text("generated.conf", text);
    if (!config || config->virtuals.size() != static_cast<std::size_t>(state.range(0))) state.SkipWithError("not read");
    benchmark::DoNotOptimize(config);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.counters["MB"] = static_cast<double>(text.size()) / 1e6;
  state.counters["peak_MiB"] = peak_mib();  // with the text itself, twice: the benchmark's own and the configuration's
  state.SetComplexityN(state.range(0));
}
BENCHMARK(import)->Arg(1000)->Arg(2000)->Arg(5000)->Arg(10000)->Arg(20000)->Unit(benchmark::kMillisecond)->Complexity();

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--write") {
    const auto text = hairpin::f5::generated_config(std::strtoul(argv[2], nullptr, 10));
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
