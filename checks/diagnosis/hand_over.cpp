// SPDX-License-Identifier: Apache-2.0
#include "checks/diagnosis/hand_over.hpp"

#include <algorithm>

#include "checks/causes.hpp"
#include "checks/diagnosis/commands.hpp"
#include "checks/diagnosis/failures.hpp"
#include "checks/diagnosis/quote.hpp"
#include "checks/cause/root_cause.hpp"

namespace hairpin::checks {
namespace {

/// The pair with `example` as its example and the times of all of `trips`.
QuotedPair quoted(const Pair& pair, const Trip& example, const Trips& trips) {
  QuotedPair result;
  result.source = pair.planned->source;
  result.member = example.member;
  result.vip = to_string(pair.planned->vip);
  for (const auto* trip : trips) {
    const auto began = trip->probe->started;
    result.first = std::min(result.first.value_or(began), began);
    result.last = std::max(result.last.value_or(began), began);
  }
  result.time = example.probe->started;
  if (example.probe->local) result.connection = tcpdump_form(Tuple{*example.probe->local, example.probe->target.endpoint});
  return result;
}

std::optional<IpAddress> address_of(const Case& c, const Failure& failure) {
  const auto& example = *failure.trips.front();
  if (example.probe->local) return example.probe->local->address;
  const auto* host = c.topology.host(example.probe->host);
  return host ? host->address(failure.pair->planned->vip.address.family) : std::nullopt;
}

/// Where the source's packets to the VIP leave: as its capture saw it, else as its kernel says.
std::string interface_of(const Case& c, const Trip& trip) {
  if (const auto* flow = trip.client_leg_at(trip.probe->host)) return flow->interface;
  const auto known = c.sight.facts_of.find(trip.probe->host);
  if (known == c.sight.facts_of.end()) return {};
  for (const auto& route : known->second->routes)
    if (route.to == trip.probe->target.endpoint.address && route.error.empty()) return route.interface;
  return {};
}

std::vector<std::string> repeat_of(const Case& c, const Failure& failure) {
  const auto source = address_of(c, failure);
  const auto& example = *failure.trips.front();
  if (!source || example.probe->idled) return {};  // a connection that asks at once does not repeat what idle time breaks
  const auto& server = *failure.pair->server;
  Repetition wanted;
  wanted.protocol = server.protocol;
  wanted.fqdn = failure.pair->pool->fqdn;
  wanted.path = server.path;
  wanted.vip = failure.pair->planned->vip;
  wanted.source = *source;
  wanted.interface = interface_of(c, example);
  const auto* member = c.topology.host(example.member);
  const auto address = member ? member->address(source->family) : std::nullopt;
  if (address) wanted.member = Endpoint{*address, server.member_port};
  return repeat_commands(wanted);
}

QuotedPair failing_pair(const Case& c, const Failure& failure) {
  const auto& example = *failure.trips.front();
  const auto& finding = *failure.finding;
  auto result = quoted(*failure.pair, example, failure.trips);
  result.attempts = finding.attempts;
  result.count = finding.failed;
  result.came_back = came_back(c, example);
  if (has_succeeded(example))  // the packets alone do not say what is wrong with it
    result.came_back += "; expected " + finding.expected + ", observed " + finding.observed;
  result.packets = telling_packets(example, failure.pair->load_balancer());
  result.repeat = repeat_of(c, failure);
  return result;
}

/// The answered one that began nearest to the failure: what differs between them is then not the time.
const Trip& nearest(const Trips& trips, WallTime moment) {
  return **std::min_element(trips.begin(), trips.end(), [&](const Trip* left, const Trip* right) {
    return std::chrono::abs(left->probe->started - moment) < std::chrono::abs(right->probe->started - moment);
  });
}

/// Connections of one source to one member that were answered as they should.
void add_working(std::vector<QuotedPair>& working, const Case& c, const Pair& pair, const std::string& member,
                 const std::vector<Failure>& failures) {
  const auto all = trips_of(c, pair, member);
  Trips good;
  for (const auto* trip : all) {
    const bool has_failed = std::any_of(failures.begin(), failures.end(), [&](const Failure& failure) {
      return std::find(failure.trips.begin(), failure.trips.end(), trip) != failure.trips.end();
    });
    if (has_succeeded(*trip) && !has_failed) good.push_back(trip);
  }
  if (good.empty()) return;
  auto& result = working.emplace_back(quoted(pair, nearest(good, failures.front().trips.front()->probe->started), good));
  result.attempts = static_cast<std::uint32_t>(all.size());
  result.count = static_cast<std::uint32_t>(good.size());
}

std::vector<QuotedPair> working_pairs(const Case& c, const std::vector<Pair>& pairs, const std::vector<Failure>& failures) {
  std::vector<QuotedPair> working;
  for (const auto& pair : pairs) {
    const bool is_same_vip = std::any_of(failures.begin(), failures.end(), [&](const Failure& failure) {
      return failure.pair->planned->vip == pair.planned->vip;
    });
    if (!is_same_vip) continue;
    add_working(working, c, pair, pair.member, failures);
    if (pair.is_first_of_source) add_working(working, c, pair, "", failures);  // answered by nobody that is known
  }
  return working;
}

bool is_of_the_network(std::string_view owner) {
  return owner == to_string(Owner::load_balancer) || owner == to_string(Owner::network);
}

void add_new(std::vector<std::string>& list, const std::string& line) {
  if (!line.empty() && std::find(list.begin(), list.end(), line) == list.end()) list.push_back(line);
}

/// Look and capture, for each VIP of the diagnosis with the sources that fail there.
void add_balancer_commands(Diagnosis& diagnosis, const Case& c, const std::vector<Failure>& failures) {
  std::vector<std::pair<Subject, std::vector<IpAddress>>> places;
  for (const auto& failure : failures) {
    auto subject = failure.finding->subject;
    subject.source.clear();
    subject.member.clear();
    auto place = std::find_if(places.begin(), places.end(), [&](const auto& known) { return known.first == subject; });
    if (place == places.end()) place = places.insert(place, {subject, {}});
    const auto address = address_of(c, failure);
    auto& sources = place->second;
    if (address && std::find(sources.begin(), sources.end(), *address) == sources.end()) sources.push_back(*address);
  }
  for (const auto& [subject, sources] : places) {
    for (const auto& command : look_commands(c.topology, subject, sources)) add_new(diagnosis.look, command);
    add_new(diagnosis.capture, capture_command(c.topology, subject, sources));
  }
}

}  // namespace

void add_hand_over(std::vector<Diagnosis>& diagnoses, const Case& c, const std::vector<Finding>& findings) {
  const auto pairs = pairs_of(c);
  for (auto& diagnosis : diagnoses) {
    diagnosis.meaning = std::string(find_cause(diagnosis.cause)->meaning);
    const auto failures = failures_of(c, pairs, findings, diagnosis);
    for (const auto& failure : failures) diagnosis.failing.push_back(failing_pair(c, failure));
    if (!failures.empty()) diagnosis.working = working_pairs(c, pairs, failures);
    if (is_of_the_network(diagnosis.owner)) add_balancer_commands(diagnosis, c, failures);
  }
}

}  // namespace hairpin::checks
