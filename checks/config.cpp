// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/cause/grade.hpp"
#include "checks/cause/root_cause.hpp"
#include "checks/snat_pool.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "config";

/// How a reply came back, as far as one trip shows it.
enum class Way { through, past, not_known };

Way way_of(const Case& c, const Pair& pair, const Trip& trip) {
  const bool is_direct = pair.server->expect.return_path == ReturnPath::direct;
  const auto root = root_cause(c, pair, trip);
  if (root.cause == "return-path.unexpected-through-load-balancer") return Way::through;
  const auto graded = grade_return_path(c, pair, trip);
  if (!graded.is_known || graded.grade == Grade::asserted) return Way::not_known;
  const bool is_as_expected = graded.grade != Grade::violated;
  return is_as_expected == is_direct ? Way::past : Way::through;
}

/// The way that the configuration is certain of.
Way predicted_way(const PredictedPath& path) {
  if (path.verdict == "symmetric") return Way::through;
  return path.verdict == "asymmetric-certain" || path.verdict == "dsr-by-design" ? Way::past : Way::not_known;
}

std::string_view words_of(Way way) {
  return way == Way::through ? "back through the load balancer" : way == Way::past ? "back past the load balancer" : "not known";
}

/// Whether the configuration says which addresses the member sees.
bool knows_address(const PredictedPath& path) { return path.snat == "none" || !path.seen_as.empty(); }

bool is_predicted(const PredictedPath& path, const IpAddress& own, const IpAddress& seen) {
  if (path.snat == "none") return seen == own;
  return std::find(path.seen_as.begin(), path.seen_as.end(), seen) != path.seen_as.end();
}

std::string addresses_text(const PredictedPath& path) {
  if (path.snat == "none") return "the source's own address";
  if (path.seen_as.empty()) return "an address that it does not say";
  std::string text;
  for (const auto& address : path.seen_as) text += (text.empty() ? "" : " or ") + to_string(address);
  return text;
}

const PredictedPath* prediction_for(const Case& c, const Pair& pair) {
  for (const auto& path : c.predicted)
    if (path.pool == pair.pool->name && path.virtual_server == pair.server->name && path.source == pair.planned->source &&
        path.member == pair.member && path.family == pair.planned->vip.address.family)
      return &path;
  return nullptr;
}

/// What the trips of one pair add up to, held against the prediction.
struct Comparison {
  std::size_t compared = 0, differing = 0;
  std::size_t by_gateway = 0;  ///< of the differing: the member's gateway is another one than the topology says, which no configuration knows
  std::string observed;
  std::vector<Evidence> evidence;
};

void compare(Comparison& all, const Case& c, const Pair& pair, const PredictedPath& path, const Trip& trip) {
  const auto way = way_of(c, pair, trip);
  const auto seen = seen_source(trip);
  const auto wanted = predicted_way(path);
  const bool is_address_known = seen && trip.probe->local && knows_address(path);
  const bool is_way_known = way != Way::not_known && wanted != Way::not_known;
  const bool is_address_wrong = is_address_known && !is_predicted(path, trip.probe->local->address, seen->address);
  const bool is_port_known = path.member_port && trip.responder;
  const bool is_port_wrong = is_port_known && trip.responder->local.port != *path.member_port;
  const bool differs = (is_way_known && way != wanted) || is_address_wrong || is_port_wrong;
  if (is_way_known || is_address_known || is_port_known) ++all.compared;
  if (differs && !is_address_wrong && !is_port_wrong && root_cause(c, pair, trip).cause == "return-path.wrong-gateway") ++all.by_gateway;
  if (differs && all.differing++ > 0) return;
  if (!differs && all.differing > 0) return;
  all.observed = fmt::format("{}, seen as {}", words_of(way), seen ? to_string(seen->address) : "not known");
  if (is_port_wrong) all.observed += fmt::format(", at port {}", trip.responder->local.port);
  all.evidence.clear();
  if (seen) all.evidence.push_back(seen->evidence);
}

/// Both ends saw one connection; order and time alone prove no way.
bool surely_landed(const Trip& trip) { return trip.member_match != MatchKey::inferred && trip.member_match != MatchKey::none; }

/// The configuration lets nothing through, and trips have landed there.
Finding judge_no_path(Finding finding, const Pair& pair, const PredictedPath& path) {
  const auto who = fmt::format("{} → {}", pair.planned->source, pair.member);
  const auto landed = static_cast<std::size_t>(std::count_if(pair.trips.begin(), pair.trips.end(), [](const Trip* trip) { return surely_landed(*trip); }));
  finding.expected = "no such connection: " + path.configured;
  finding.observed = fmt::format("{} of {} connections reached {}", landed, pair.trips.size(), pair.member);
  if (landed == 0)
    return unknown(std::move(finding), who + ": the configuration has no path, and whether one was used is not certain", "no connection is matched by more than time and order",
                   "run an agent on " + pair.member);
  set_cause(finding, "config.differs-from-observed");
  set_attempts(finding, pair.trips.size(), landed);
  finding.summary = fmt::format("{}: {}, and by the configuration none can ({})", who, finding.observed, path.configured);
  return finding;
}

Finding judge_pair(const Case& c, const Pair& pair) {
  if (auto left_out = not_judged(kId, pair)) return std::move(*left_out);
  auto finding = finding_for(kId, pair.subject());
  const auto* path = prediction_for(c, pair);
  if (!path) {
    finding.verdict = Verdict::info;
    finding.summary = fmt::format("the configuration has no path from {} to {}", pair.planned->source, pair.member);
    return finding;
  }
  finding.evidence = {{pair.load_balancer() + "/configuration", {}, "", path->configured, {}}};
  if (path->verdict == kNoPath) return judge_no_path(std::move(finding), pair, *path);
  if (path->verdict == kNotConfigured)
    return unknown(std::move(finding), fmt::format("{} → {}: {}", pair.planned->source, pair.member, path->configured), "the files have no virtual server for it",
                   "give --f5 every file of the unit: bigip_base.conf, bigip.conf and those of its partitions");
  Comparison all;
  for (const auto* trip : pair.trips) compare(all, c, pair, *path, *trip);
  finding.expected = fmt::format("{}, SNAT {}: members see {}{}", path->verdict, path->snat, addresses_text(*path),
                                 path->member_port ? fmt::format(" at port {}", *path->member_port) : "");
  finding.observed = all.observed;
  finding.evidence.insert(finding.evidence.end(), all.evidence.begin(), all.evidence.end());
  finding.attempts = static_cast<std::uint32_t>(pair.trips.size());
  const auto who = fmt::format("{} → {}", pair.planned->source, pair.member);
  if (all.differing > 0 && all.by_gateway == all.differing)
    return skip(kId, pair.subject(), "the member's gateway is another one than the topology says; no configuration knows it", finding_id("return-path", pair.subject()));
  if (all.differing > 0) {
    set_cause(finding, "config.differs-from-observed");
    set_attempts(finding, all.compared, all.differing);
    finding.summary = fmt::format("{}: {}, and the configuration says {} ({})", who, all.observed, path->verdict, path->configured);
  } else if (predicted_way(*path) == Way::not_known) {
    finding.verdict = Verdict::info;
    finding.summary = fmt::format("{}: the configuration leaves the path open ({}); observed: {}", who, path->verdict, all.observed);
  } else if (all.compared == 0) {
    return unknown(std::move(finding), who + ": nothing to hold against the configuration", "neither the way of a reply nor the source address was seen",
                   "run an agent on " + pair.member);
  } else {
    finding.summary = fmt::format("{} is as configured: {}", who, path->verdict);
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  if (c.predicted.empty()) return findings;
  for (const auto& pair : pairs_of(c)) findings.push_back(judge_pair(c, pair));
  return findings;
}

}  // namespace

const Check config{
    .id = kId,
    .claim = "The network does what the load balancer's configuration says",
    .source = "the configuration that the topology names (f5: config) or `hairpin run --f5` was given; `hairpin predict` says what follows from it",
    .needs = "what return-path and snat need",
    .explanation =
        "For each source and member `hairpin predict` says from the configuration alone how the reply comes back, which source "
        "address the member sees and at which port. All are held against what was observed; a connection that arrives although the "
        "configuration lets none through (a server or member that is off, another address, other sources or VLANs) is a difference. Where they agree the check passes, also where both say "
        "that the path is broken: then the configuration is the fault, and `return-path` fails. Where they differ, the box does not run "
        "this configuration, or something that it does not know (a router, another unit) decides; where it is the member's gateway, "
        "`return-path` says so, and this check is skipped. What the configuration leaves open "
        "(needs-probe, asymmetric-likely, unknown) is reported with what was observed; where the files have no virtual server for the "
        "address and port the check is inconclusive. Without a configuration there are no findings.",
    .judge = judge};

}  // namespace hairpin::checks
