// SPDX-License-Identifier: Apache-2.0
#include "capture/departures.hpp"

#include <algorithm>

namespace hairpin::capture {
namespace {

/// A SYN-ACK is retransmitted for about a minute: a host would have to open 65 connections a second to the
/// plan's ports to forget one too early.
constexpr std::size_t kMaximumSyns = 4096;

}  // namespace

Departures::Syn& Departures::at(const Tuple& tuple) {
  const auto [place, is_new] = syns_.try_emplace(tuple);
  if (!is_new) return place->second;
  oldest_.push_back(tuple);
  if (oldest_.size() > kMaximumSyns) {
    syns_.erase(oldest_.front());
    oldest_.pop_front();
  }
  return place->second;
}

void Departures::add(const PacketObservation& syn) {
  auto& known = at(syn.tuple);
  known.isn = syn.sequence;
  known.time = syn.time;
}

void Departures::expect(const Tuple& tuple) { at(tuple).is_a_trips = true; }

std::pair<Departures::Syns::const_iterator, Departures::Syns::const_iterator> Departures::from(
    const Endpoint& local) const {
  const auto first = syns_.lower_bound(Tuple{local, {}});
  const auto last =
      std::find_if(first, syns_.end(), [&](const auto& syn) { return syn.first.source != local; });
  return {first, last};
}

bool Departures::has_left_from(const Endpoint& local) const {
  const auto [first, last] = from(local);
  return first != last;
}

bool Departures::is_from_whom_it_dialled(const PacketObservation& answer) const {
  const auto syn = syns_.find(answer.tuple.reversed());
  return syn != syns_.end() && syn->second.isn == answer.acknowledgement - 1;
}

bool Departures::is_answer(const PacketObservation& syn_ack) const {
  const auto [first, last] = from(syn_ack.tuple.destination);
  return std::any_of(first, last,
                     [&](const auto& syn) { return syn.second.isn == syn_ack.acknowledgement - 1; });
}

bool Departures::has_foreign_to(const Endpoint& destination, WallTime since) const {
  return std::any_of(syns_.begin(), syns_.end(), [&](const auto& syn) {
    return syn.first.destination == destination && !syn.second.is_a_trips && syn.second.time >= since;
  });
}

}  // namespace hairpin::capture
