// SPDX-License-Identifier: Apache-2.0
// Packets per second of one core: the decoder, and the decoder with a flow table behind it. Goal: 2 million.
#include <benchmark/benchmark.h>

#include "capture/flow_table.hpp"
#include "packet_frames.hpp"

namespace hairpin {
namespace {

constexpr std::size_t kConnections = 4096;

void BM_Decode(benchmark::State& state) {
  const auto traffic = bench::make_traffic(kConnections);
  std::size_t decoded = 0;
  for (auto _ : state)
    for (const auto& frame : traffic.frames) {
      const auto packet = capture::decode(frame);
      benchmark::DoNotOptimize(packet);
      decoded += packet.has_value();
    }
  if (decoded != traffic.frames.size() * static_cast<std::size_t>(state.iterations()))
    state.SkipWithError("not every frame was decoded");
  state.SetItemsProcessed(static_cast<std::int64_t>(decoded));
}

/// `state.range(0)`: capacity of the table. One that holds all connections, and one that has to evict all the
/// time.
void BM_DecodeIntoFlowTable(benchmark::State& state) {
  const auto traffic = bench::make_traffic(kConnections);
  capture::FlowTable flows(static_cast<std::size_t>(state.range(0)));
  std::size_t decoded = 0;
  for (auto _ : state)
    for (const auto& frame : traffic.frames)
      if (const auto packet = capture::decode(frame)) {
        benchmark::DoNotOptimize(&flows.add(*packet));
        ++decoded;
      }
  if (decoded != traffic.frames.size() * static_cast<std::size_t>(state.iterations()))
    state.SkipWithError("not every frame was decoded");
  state.SetItemsProcessed(static_cast<std::int64_t>(decoded));
}

BENCHMARK(BM_Decode);
BENCHMARK(BM_DecodeIntoFlowTable)->Arg(16384)->Arg(1024);

}  // namespace
}  // namespace hairpin

BENCHMARK_MAIN();
