// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/describe/enum_from_string.hpp>

#include "probe/load/pacer.hpp"

namespace hairpin {
namespace {

/// RFC 9411 §7.6 to §7.9, what each test has unless the options say otherwise.
struct Defaults {
  LoadTest test;
  const char* section;
  std::uint64_t object_bytes;
  std::uint32_t transactions;
  std::uint32_t connections;
};
constexpr std::array kTests{Defaults{LoadTest::connections, "7.6", 1024, 1, 1000},
                            Defaults{LoadTest::throughput, "7.7", 65'536, 10, 200},
                            Defaults{LoadTest::latency, "7.8", 1024, 1, 1000},
                            Defaults{LoadTest::concurrent, "7.9", 1024, 10, 1000}};

constexpr LoadPhases kWhole{milliseconds(5'000), milliseconds(10'000), milliseconds(300'000), milliseconds(10'000)};
constexpr LoadPhases kQuick{milliseconds(1'000), milliseconds(3'000), milliseconds(30'000), milliseconds(3'000)};

const Defaults& defaults_of(LoadTest test) {
  return *std::find_if(kTests.begin(), kTests.end(), [test](const Defaults& each) { return each.test == test; });
}

LoadPhases phases_of(const LoadOptions& options) {
  auto phases = options.is_quick ? kQuick : kWhole;
  if (!options.seconds) return phases;
  phases.sustain = std::chrono::seconds(*options.seconds);
  const auto most = phases.sustain / 4;
  for (auto* const phase : {&phases.init, &phases.ramp_up, &phases.ramp_down}) *phase = std::min(*phase, most);
  return phases;
}

}  // namespace

LoadShape shape_of(const LoadOptions& options) {
  const auto& defaults = defaults_of(options.test);
  LoadShape shape;
  shape.test = options.test;
  boost::describe::enum_from_string(options.arrivals.c_str(), shape.arrivals);
  if (options.test == LoadTest::concurrent) shape.arrivals = Arrivals::closed;
  shape.connections = options.connections.value_or(defaults.connections);
  shape.transactions = options.transactions.value_or(defaults.transactions);
  shape.object_bytes = options.object_bytes.value_or(defaults.object_bytes);
  shape.limit = options.limit;
  shape.phases = phases_of(options);
  shape.resumes = options.resumes;
  shape.threads = options.threads;
  shape.seed = options.run.seed;
  // §7.9: transactions are spread over the phase, so that connections stay.
  if (options.test == LoadTest::concurrent && shape.transactions > 0) shape.think = shape.phases.sustain / shape.transactions;
  if (options.think) shape.think = *options.think;
  return shape;
}

LoadPhases trial_phases(const LoadOptions& options) {
  auto phases = phases_of(options);
  phases.sustain = std::min<milliseconds>(phases.sustain, options.is_quick ? milliseconds(5'000) : milliseconds(10'000));
  phases.init = std::min(phases.init, milliseconds(500));
  phases.ramp_up = std::min(phases.ramp_up, milliseconds(1'000));
  phases.ramp_down = std::min(phases.ramp_down, milliseconds(1'000));
  return phases;
}

LoadShape part_of(const LoadShape& whole, std::uint32_t part, std::uint32_t parts) {
  auto shape = whole;
  shape.rate = whole.rate / parts;
  shape.connections = std::max(1U, probe::load::share_of(whole.connections, part, parts));
  shape.threads = std::min(shape.threads, shape.connections);
  shape.seed = whole.seed * 1'000 + part;
  return shape;
}

std::vector<std::string> deviations(const LoadOptions& options, const LoadShape& shape) {
  const auto& defaults = defaults_of(shape.test);
  std::vector<std::string> rows{
      "device: security devices with inspection (§3); a load balancer, without their effectiveness tests (§4.2.1)",
      fmt::format("test bed: isolated, addresses of 198.18.0.0/15 (§4); {}",
                  options.is_isolated ? "said to be isolated (--isolated)" : "not said to be isolated: other traffic may share the path"),
      "TCP: MSS, window and delayed ACKs of §4.3.1.1; those of the kernels",
      "close: the client closes (§4.3.1); the last request of a connection says so, and the server closes first",
      "certificates: verified by the client; accepted as they are, hairpin run and hairpin tls judge them",
      "generator and responders: nothing else on their machines; not known to hairpin"};
  const auto seconds = [](milliseconds time) { return std::chrono::duration_cast<std::chrono::seconds>(time).count(); };
  if (shape.phases.sustain < kWhole.sustain)
    rows.push_back(fmt::format("sustain: 300 s or more (§4.3.4); {} s{}", seconds(shape.phases.sustain), options.is_quick ? " (--quick)" : ""));
  if (shape.phases.init < kWhole.init) rows.push_back(fmt::format("init: 5 s or more (§4.3.4); {} s", seconds(shape.phases.init)));
  if (shape.resumes) rows.emplace_back("TLS: full handshakes only (§4.3.1.3); sessions are resumed (--resume)");
  if (shape.transactions != defaults.transactions)
    rows.push_back(fmt::format("transactions of a connection: {} (§{}); {}", defaults.transactions, defaults.section, shape.transactions));
  rows.push_back(fmt::format("objects: several sizes, one after the other (§{}); {} bytes", defaults.section, shape.object_bytes));
  if (shape.arrivals == Arrivals::closed && shape.test != LoadTest::concurrent)
    rows.emplace_back("arrivals: a constant rate; a closed loop, whose times hide those that waited (coordinated omission)");
  if (shape.arrivals == Arrivals::poisson) rows.emplace_back("arrivals: a constant rate; Poisson arrivals of that mean rate");
  return rows;
}

}  // namespace hairpin
