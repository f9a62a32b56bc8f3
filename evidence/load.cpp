// SPDX-License-Identifier: Apache-2.0
#include "evidence/load.hpp"

#include <algorithm>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include "base/histogram.hpp"

namespace hairpin {
namespace {

namespace describe = boost::describe;

/// Every counter of `into` grows by that of `more`.
template <class Counts>
void add_members(Counts& into, const Counts& more) {
  boost::mp11::mp_for_each<describe::describe_members<Counts, describe::mod_public>>([&](auto member) {
    if constexpr (requires { (into.*member.pointer).add(more.*member.pointer); })
      (into.*member.pointer).add(more.*member.pointer);
    else
      into.*member.pointer += more.*member.pointer;
  });
}

/// False when one of them cannot be read.
bool add_histogram(std::string& into, const std::string& more) {
  if (more.empty()) return true;
  if (into.empty()) into = Histogram().encode();
  auto sum = Histogram::decode(into);
  const auto part = Histogram::decode(more);
  if (!sum || !part) return false;
  sum->add(*part);
  into = sum->encode();
  return true;
}

void add_seconds(std::vector<LoadSecond>& into, const std::vector<LoadSecond>& more) {
  for (const auto& second : more) {
    const auto same = [&second](const LoadSecond& each) { return each.second >= second.second; };
    const auto place = std::find_if(into.begin(), into.end(), same);
    if (place == into.end() || place->second != second.second)
      into.insert(place, second);
    else
      add(*place, second);
  }
}

void add_shares(std::vector<MemberShare>& into, const std::vector<MemberShare>& more) {
  for (const auto& share : more) {
    const auto same = [&share](const MemberShare& each) { return each.member == share.member; };
    const auto place = std::find_if(into.begin(), into.end(), same);
    if (place == into.end())
      into.push_back(share);
    else
      place->completed += share.completed;
  }
}

void add_health(GeneratorHealth& into, const GeneratorHealth& more) {
  into.threads += more.threads;
  into.sustained = std::max(into.sustained, more.sustained);
  into.cpu += more.cpu;
  into.busiest = std::max(into.busiest, more.busiest);
  if (more.lateness_us > into.lateness_us) {
    into.lateness_us = more.lateness_us;
    into.lateness_percent = more.lateness_percent;
  }
  into.held_back += more.held_back;
  into.no_port += more.no_port;
  into.no_descriptor += more.no_descriptor;
  into.no_memory += more.no_memory;
  if (into.error.empty()) into.error = more.error;
}

}  // namespace

void count_cpus(GeneratorHealth& health, std::uint32_t cpus) {
  if (cpus > 0 && cpus < health.threads) health.busiest = std::max(health.busiest, health.cpu / cpus);
}

void add(LoadSecond& into, const LoadSecond& more) {
  into.attempted += more.attempted;
  into.completed += more.completed;
  into.failed += more.failed;
  into.shed += more.shed;
  into.foreign += more.foreign;
  into.connections += more.connections;
  into.established += more.established;
  into.handshakes += more.handshakes;
  into.open += more.open;
  into.body_bytes += more.body_bytes;
  into.half_us = std::max(into.half_us, more.half_us);
  into.p99_us = std::max(into.p99_us, more.p99_us);
  into.most_us = std::max(into.most_us, more.most_us);
}

LoadObservation merged(const std::vector<LoadObservation>& parts) {
  auto whole = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto& part = parts[i];
    whole.host += "+" + part.host;
    whole.shape.rate += part.shape.rate;
    whole.shape.connections += part.shape.connections;
    whole.shape.threads += part.shape.threads;
    whole.shape.sources.insert(whole.shape.sources.end(), part.shape.sources.begin(), part.shape.sources.end());
    whole.counts.add(part.counts);
    whole.sustained.add(part.sustained);
    add_seconds(whole.seconds, part.seconds);
    add_shares(whole.members, part.members);
    add_health(whole.health, part.health);
    bool is_read = true;
    boost::mp11::mp_for_each<describe::describe_members<LoadTimes, describe::mod_public>>([&](auto member) {
      is_read &= add_histogram(whole.times.*member.pointer, part.times.*member.pointer);
    });
    if (!is_read && whole.health.error.empty()) whole.health.error = "a histogram of " + part.host + " cannot be read";
    if (whole.first_failure.empty()) whole.first_failure = part.first_failure;
    whole.is_hopeless = whole.is_hopeless || part.is_hopeless;
    if (whole.stopped.empty() && !part.stopped.empty()) whole.stopped = part.host + ": " + part.stopped;
  }
  return whole;
}

std::vector<LoadSecond> sustained_seconds(const LoadObservation& load) {
  const auto begins = load.shape.phases.init + load.shape.phases.ramp_up;
  const auto ends = begins + load.shape.phases.sustain;
  std::vector<LoadSecond> kept;
  for (const auto& second : load.seconds)
    if (std::chrono::seconds(second.second) >= begins && std::chrono::seconds(second.second + 1) <= ends) kept.push_back(second);
  return kept;
}

double mean_object_bytes(const LoadShape& shape) {
  double bytes = 0, weights = 0;
  for (const auto& object : shape.objects) {
    bytes += static_cast<double>(object.bytes) * object.weight;
    weights += object.weight;
  }
  return weights > 0 ? bytes / weights : 0;
}

std::string objects_text(const LoadShape& shape) {
  if (shape.objects.empty()) return "whatever the path gives";
  if (shape.objects.size() == 1) return std::to_string(shape.objects.front().bytes) + " bytes";
  std::uint64_t weights = 0;
  for (const auto& object : shape.objects) weights += object.weight;
  std::string text;
  for (const auto& object : shape.objects)
    text += (text.empty() ? "" : ", ") + std::to_string(object.bytes) + " bytes (" + std::to_string(object.weight) + " of " +
            std::to_string(weights) + ")";
  return text;
}

std::string addresses_text(const std::vector<IpAddress>& addresses) {
  std::string text;
  for (const auto& address : addresses) text += (text.empty() ? "" : ", ") + to_string(address);
  return text;
}

std::string places_text(const LoadShape& shape) {
  constexpr std::size_t kMostShown = 4;
  const auto& from = shape.sources;
  auto addresses = from.size() > kMostShown ? std::to_string(from.size()) + " addresses" : addresses_text(from);
  if (shape.first_port == 0) return addresses;
  const auto ports = "ports " + std::to_string(shape.first_port) + " to " + std::to_string(shape.last_port);
  return addresses.empty() ? ports : ports + " of " + addresses;
}

std::uint64_t LoadFailures::total() const {
  std::uint64_t sum = 0;
  boost::mp11::mp_for_each<describe::describe_members<LoadFailures, describe::mod_public>>(
      [&](auto member) { sum += this->*member.pointer; });
  return sum;
}

void LoadFailures::add(const LoadFailures& more) { add_members(*this, more); }
void LoadTally::add(const LoadTally& more) { add_members(*this, more); }

}  // namespace hairpin
