// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "evidence/trip.hpp"
#include "topology/plan.hpp"

/// Which source probes what next: pure decisions from the plan and from what came of the trips so far. The
/// coordinator executes them and takes none of its own.
namespace hairpin {

inline constexpr std::uint32_t kEqualTrips = 3;     ///< that settle a pair
inline constexpr std::uint32_t kMixedTrips = 6;     ///< that settle a pair whose trips differ: intermittent
inline constexpr milliseconds kConfirmAfter{1000};  ///< between the first failure of a pair and its last trip
inline constexpr milliseconds kBetweenConnections{100};  ///< ≤ 10 new connections/s per source
inline constexpr std::uint32_t kMostRounds = 16;
inline constexpr milliseconds kHold{1'500};  ///< of connections that are kept open while coverage stalls

/// What came of a trip, as far as two trips of one pair count as equal.
struct Outcome {
  End end{};                   ///< `decided` for the two below, whichever way the probe learnt of them
  bool third_address = false;  ///< somebody else answered
  bool came_back = false;      ///< the SYN came back to its sender
  auto operator<=>(const Outcome&) const = default;
  bool has_failed() const { return end != End::answered; }
};
Outcome outcome_of(const Trip& trip);

/// The trips of one (source, member) pair, or those of one source that no member can be told of.
struct PairTally {
  std::map<Outcome, std::uint32_t> outcomes;
  std::optional<WallTime> first_failed;  ///< start of its first failed trip, clock of the source
  std::optional<WallTime> last_tried;    ///< start of its last trip

  void add(const Trip& trip);
  std::uint32_t trips() const;
  bool is_settled() const;        ///< kEqualTrips equal ones, or kMixedTrips
  bool needs_confirming() const;  ///< it failed, and nothing was tried kConfirmAfter later
};

/// One PlannedSource.
struct SourceTally {
  std::uint32_t attempts = 0;
  std::map<std::string, PairTally> pairs;  ///< by member, those that were seen
  PairTally unattributed;
  std::optional<WallTime> last_ended;
};

/// One PlannedDirect.
struct DirectTally {
  std::uint32_t attempts = 0;
  bool has_answered = false;
};

/// One PlannedIdle.
using IdleTally = DirectTally;

struct Tally {
  std::vector<SourceTally> sources;  ///< as in Plan::sources
  std::vector<IdleTally> idles;      ///< as in Plan::idles
  std::vector<DirectTally> directs;  ///< as in Plan::directs
};
Tally tally(const Plan& plan, const std::vector<Trip>& trips);

/// Attempts of one PlannedSource, one after the other.
struct Burst {
  std::size_t source = 0;  ///< index in Plan::sources
  std::uint32_t attempts = 0;
  milliseconds hold{};     ///< what was answered stays open for so long: least connections then chooses another member
  auto operator<=>(const Burst&) const = default;
};

/// What is done between two looks at the evidence. Bursts of different hosts run beside each other unless the
/// round is exclusive: a rotor that several sources share would lock each of them to one member.
struct Round {
  bool is_exclusive = false;
  milliseconds pause{};  ///< before it begins
  std::vector<Burst> bursts;
  std::vector<std::size_t>
      directs;  ///< indices in Plan::directs, one attempt each, after the bursts of their host
  std::vector<std::size_t> idles;  ///< indices in Plan::idles, when nothing else is left
  bool is_empty() const { return bursts.empty() && directs.empty() && idles.empty(); }
};

/// The next round, `number` from 1; nullopt when nothing is left to do. Only hosts of `able` (agents that are
/// ready) probe. `seed` orders what has no order of its own.
std::optional<Round> next_round(const Plan& plan, const Tally& tally, std::uint32_t number,
                                const std::set<std::string>& able, std::uint64_t seed);

/// Whether a burst ends before its last attempt, to look at the evidence first: at least kEqualTrips attempts
/// failed and they cost so much time that going on blindly is no longer reasonable.
bool ends_early(std::span<const ProbeObservation> burst);

/// Connections that ask about the sessions of so many members: in rounds of one that gets a session and one for each member that it is shown to.
std::size_t session_rounds(std::size_t members);
/// How often each of so many sources asks, in turn, whether they share connections to the members.
std::size_t sharing_rounds(std::size_t members, std::size_t sources);

/// An upper bound of the probing's duration, for `--dry-run` and for the deadline of a run.
milliseconds worst_case(const Plan& plan, milliseconds phase_limit);

}  // namespace hairpin
