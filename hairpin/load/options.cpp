// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/describe/enum_from_string.hpp>
#include <charconv>
#include <cmath>

#include "net/load_request.hpp"
#include "probe/load/pacer.hpp"
#include "responder/responder.hpp"

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
constexpr milliseconds kTrialInit{250}, kTrialRamp{750};  // a second, so that those of the sustain phase are whole
constexpr milliseconds kTrial{10'000}, kLongestTrial{60'000}, kQuickTrial{5'000}, kLongestQuickTrial{20'000};
constexpr double kLeastOfATrial = 100;
const milliseconds kRestLimit = responder::LoadSettings().rest_limit;
constexpr milliseconds kLongestThink{60'000};  // well below it
constexpr int kMostTrials = 16;
constexpr std::uint64_t kMostObjects = 64;
constexpr std::uint32_t kMostWeight = 1'000;
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

milliseconds longest_trial(const LoadOptions& options) {
  return std::min<milliseconds>(phases_of(options).sustain, options.is_quick ? kLongestQuickTrial : kLongestTrial);
}

milliseconds length_of(const LoadPhases& phases, milliseconds limit) {
  return phases.init + phases.ramp_up + phases.sustain + std::max(phases.ramp_down, limit);
}

/// A whole number of the text; absent for anything else.
std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return {};
  return value;
}

Result<LoadObject> parse_object(std::string_view text) {
  const auto colon = text.find(':');
  const auto bytes = number_of(text.substr(0, colon));
  const auto weight = colon == std::string_view::npos ? std::optional<std::uint64_t>(1) : number_of(text.substr(colon + 1));
  if (!bytes || *bytes > net::kMostObjectBytes || !weight || *weight < 1 || *weight > kMostWeight)
    return refusal(fmt::format("understand \"{}\": BYTES or BYTES:WEIGHT, up to {} bytes and a weight of 1 to {}", text, net::kMostObjectBytes,
                               kMostWeight));
  return LoadObject{*bytes, static_cast<std::uint32_t>(*weight)};
}

bool is_closed(const LoadOptions& options) { return options.arrivals == "closed" || options.test == LoadTest::concurrent; }

/// Of the arrivals: a rate for those that have one.
std::optional<Misfit> misfit_of_arrivals(const LoadOptions& options) {
  const auto* const of = options.test == LoadTest::concurrent ? "--test concurrent" : "--arrivals closed";
  if (options.test == LoadTest::concurrent && !options.arrivals.empty() && options.arrivals != "closed")
    return Misfit{"--arrivals", options.arrivals + " means nothing to --test concurrent, whose connections begin when there is room"};
  if (options.rate && !std::isfinite(*options.rate)) return Misfit{"--rate", "is no number"};
  if (options.most && !std::isfinite(*options.most)) return Misfit{"--search", "is no number"};
  if (is_closed(options) && options.rate) return Misfit{"--rate", fmt::format("means nothing to {}, which has no rate", of)};
  if (is_closed(options) && options.most) return Misfit{"--search", fmt::format("means nothing to {}, which has no rate", of)};
  if (!is_closed(options) && !options.rate && !options.most) return Misfit{"--rate", "or --search is needed: how many transactions a second"};
  return {};
}

/// Client addresses and source ports of §4.3.1.
std::vector<std::string> deviations_of_places(const LoadOptions& options) {
  const auto& addresses = options.source_addresses;
  const auto from = addresses.are_all           ? std::string("all that the topology declares for each source (--source-addresses)")
                    : !addresses.named.empty() ? fmt::format("{} (--source-addresses)", addresses.named.size())
                                               : "one of each source, as its kernel chooses";
  const auto ports = options.source_ports ? fmt::format("{} to {} (--source-ports)", options.source_ports->first, options.source_ports->last)
                                          : "those that each source's kernel chooses";
  return {"client addresses: several blocks of them (§4.3.1.2); " + from, "source ports: 1024 to 65535 (§4.3.1.1); " + ports};
}

}  // namespace

Result<std::vector<LoadObject>> parse_objects(const std::string& text) {
  std::vector<LoadObject> objects;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    const auto object = parse_object(rest.substr(0, comma));
    if (!object) return object.error();
    objects.push_back(*object);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (objects.size() > kMostObjects) return refusal(fmt::format("mix {} objects: up to {} are possible", objects.size(), kMostObjects));
  return objects;
}

std::optional<Misfit> misfit_of(const LoadOptions& options) {
  if (auto misfit = misfit_of_arrivals(options)) return misfit;
  const auto shape = shape_of(options);
  constexpr std::uint32_t kLeastSeconds = 4;
  if (options.most && options.seconds && *options.seconds < kLeastSeconds)
    return Misfit{"--seconds", fmt::format("of {} or more is needed for --search: below, nobody can tell whether a rate was held", kLeastSeconds)};
  if (options.think && *options.think >= kRestLimit)
    return Misfit{"--think", fmt::format("of {} s or more: responders end what rests so long", kRestLimit.count() / 1'000)};
  if (options.think && shape.transactions == 1) return Misfit{"--think", "means nothing with one transaction a connection (--transactions)"};
  if (options.test == LoadTest::concurrent && shape.transactions == 1)
    return Misfit{"--transactions", "1 keeps no connection open, which is what --test concurrent is about"};
  if (options.test == LoadTest::concurrent && shape.think == milliseconds(0) && !options.think)
    return Misfit{"--transactions", "0 needs --think with --test concurrent: nothing else says how long a connection rests"};
  if (options.threads > shape.connections)
    return Misfit{"--threads", fmt::format("{} are more than {} connections", options.threads, shape.connections)};
  return {};
}

std::chrono::seconds worst_case(const LoadOptions& options) {
  const auto trial = length_of(trial_phases(options, 0), options.limit);
  const auto slowest = length_of(trial_phases(options, least_rate(options)), options.limit);
  auto all = options.repeats * length_of(phases_of(options), options.limit);
  if (options.most) all += kMostTrials * slowest;
  if (options.has_direct) all += is_closed(options) ? trial : slowest;
  return std::chrono::ceil<std::chrono::seconds>(all);
}

double least_rate(const LoadOptions& options) {
  return kLeastOfATrial / std::chrono::duration<double>(longest_trial(options)).count();
}

LoadShape shape_of(const LoadOptions& options) {
  const auto& defaults = defaults_of(options.test);
  LoadShape shape;
  shape.test = options.test;
  if (!options.arrivals.empty()) boost::describe::enum_from_string(options.arrivals.c_str(), shape.arrivals);
  if (options.test == LoadTest::concurrent) shape.arrivals = Arrivals::closed;
  shape.connections = options.connections.value_or(defaults.connections);
  shape.transactions = options.transactions.value_or(defaults.transactions);
  shape.objects = options.objects;
  if (shape.objects.empty()) shape.objects = {{defaults.object_bytes, 1}};
  shape.limit = options.limit;
  shape.phases = phases_of(options);
  shape.resumes = options.resumes;
  shape.threads = options.threads;
  shape.seed = options.run.seed;
  if (options.source_ports) {
    shape.first_port = options.source_ports->first;
    shape.last_port = options.source_ports->last;
  }
  // §7.9: transactions are spread over the phase, so that connections stay.
  if (options.test == LoadTest::concurrent && shape.transactions > 0)
    shape.think = std::min<milliseconds>(kLongestThink, shape.phases.sustain / shape.transactions);
  if (options.think) shape.think = *options.think;
  return shape;
}

LoadPhases trial_phases(const LoadOptions& options, double rate) {
  auto phases = phases_of(options);
  const auto shortest = options.is_quick ? kQuickTrial : kTrial;
  const auto longest = longest_trial(options);
  const double needed_s = rate > 0 ? std::ceil(kTrialTransactions / rate) : 0;
  if (needed_s * 1'000 > static_cast<double>(longest.count()))
    phases.sustain = longest;
  else
    phases.sustain = std::min(longest, std::max(shortest, milliseconds(static_cast<std::int64_t>(needed_s) * 1'000)));
  phases.init = std::min(phases.init, kTrialInit);
  phases.ramp_up = std::min(phases.ramp_up, kTrialRamp);
  phases.ramp_down = std::min(phases.ramp_down, milliseconds(1'000));
  return phases;
}

LoadShape part_of(const LoadShape& whole, std::uint32_t part, std::uint32_t parts) {
  auto shape = whole;
  shape.rate = whole.rate / parts;
  shape.part = part;
  shape.parts = parts;
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
  for (auto& row : deviations_of_places(options)) rows.push_back(std::move(row));
  if (shape.phases.init < kWhole.init) rows.push_back(fmt::format("init: 5 s or more (§4.3.4); {} s", seconds(shape.phases.init)));
  if (shape.resumes)
    rows.emplace_back("TLS: full handshakes only (§4.3.1.3); sessions are offered for resumption (--resume), the counts say how many were resumed");
  if (shape.transactions != defaults.transactions)
    rows.push_back(fmt::format("transactions of a connection: {} (§{}); {}", defaults.transactions, defaults.section, shape.transactions));
  rows.push_back(fmt::format("objects: several sizes, one after the other (§{}); {}", defaults.section, objects_text(shape)));
  if (shape.test == LoadTest::concurrent && shape.think == kLongestThink && !options.think)
    rows.emplace_back("think time: transactions spread over the phase (§7.9); one every 60 s, because responders end what rests for 120 s");
  if (shape.arrivals == Arrivals::closed && shape.test != LoadTest::concurrent)
    rows.emplace_back("arrivals: a constant rate; a closed loop, whose times hide those that waited (coordinated omission)");
  if (shape.arrivals == Arrivals::poisson) rows.emplace_back("arrivals: a constant rate; Poisson arrivals of that mean rate");
  return rows;
}

}  // namespace hairpin
