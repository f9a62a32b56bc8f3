// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "evidence/trip.hpp"
#include "hairpin/coordinator/mission.hpp"
#include "hairpin/coordinator/schedule.hpp"

namespace hairpin {

/// Executes the rounds of the schedule until nothing is left to do or the mission is over.
class Probing {
 public:
  explicit Probing(Mission& mission);
  net::Task<> run_first_round();
  net::Task<> run();      ///< the rounds that are left
  /// The certificates that the topology names, shown and judged: to each member beside the VIP, and through it until each
  /// member was met. After the rounds, because their evidence tells nothing of paths.
  net::Task<> ask_about_certificates();
  /// One trip of a source through its VIP; `is_question`: about certificates, where the topology names some. One that this host
  /// could not even begin is forgotten.
  net::Task<> sample(std::size_t source, bool is_question);
  bool is_turned_away();  ///< are_all_turned_away, of what was seen so far

 private:
  struct Work {  ///< of one host in one round
    std::vector<Burst> bursts;
    std::vector<std::size_t> directs, idles;
  };
  struct Manner {  ///< rests between handshake and request, and after the answer; what is asked about TLS
    Manner() = default;
    Manner(milliseconds idle_, milliseconds hold_) : idle(idle_), hold(hold_) {}
    explicit Manner(TlsQuestion question_) : question(question_) {}
    milliseconds idle{}, hold{};
    std::optional<TlsQuestion> question;
  };
  std::map<std::string, Work> by_host(const Round& round) const;
  net::Task<bool> run_round();  ///< false: nothing is left to do
  void leave_out_what_does_not_fit(Round& round) const;
  net::Task<> execute(Round round);
  net::Task<> execute_on_host(std::string host, Work work);
  net::Task<> execute_burst(Burst burst);
  net::Task<> execute_direct(std::size_t index);
  net::Task<> execute_idle(std::size_t index);
  net::Task<> ask_members(std::string host);
  net::Task<> ask_through(std::size_t source);
  net::Task<> ask_whether_members_are_verified();
  net::Task<> ask_with_foreign_certificates(std::size_t source);
  net::Task<> ask_about_sessions();
  net::Task<> ask_with_sessions(std::size_t source);
  net::Task<> ask_about_connections();
  net::Task<> ask_in_turn(std::vector<std::size_t> sources);  ///< of one VIP
  std::vector<std::size_t> one_answered_source_of_each_vip() const;
  net::Task<bool> serve_as(std::vector<std::string> members, control::Show show);  ///< false: one of them did not
  bool has_met_all(const PlannedSource& planned);
  bool was_answered(const PlannedSource& planned) const;
  net::Task<std::optional<ProbeObservation>> attempt(std::string host, Target target, Manner manner);
  net::Task<> keep_pace(std::string host);
  ProbeWanted wanted_for(const Target& target);
  std::set<std::string> able() const;
  void show(const std::string& host, const Target& target);
  std::vector<Trip> trips();

  Mission& mission_;
  std::mt19937_64 random_;
  std::uint32_t round_ = 0;
  std::map<std::string, SteadyTime> last_attempt_;                    ///< by host
  std::map<std::pair<std::string, Target>, std::uint32_t> attempts_;  ///< by source and target
  std::vector<Flow> flows_;
};

}  // namespace hairpin
