// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checks/load/judge.hpp"
#include "hairpin/coordinator/mission.hpp"
#include "hairpin/load/member_seconds.hpp"
#include "hairpin/load/options.hpp"
#include "hairpin/load/samples.hpp"
#include "hairpin/load/scope.hpp"
#include "hairpin/load/search.hpp"
#include "hairpin/load/served.hpp"
#include "hairpin/messages/load_messages.hpp"

namespace hairpin {

/// What a member's listener said first and last within the sustain phase.
struct BusyTime {
  std::optional<LoadCounts> first;
  LoadCounts last;
};
/// With the share of a CPU that each member's thread used between the two; unknown where that is less than a second.
std::vector<ServedLoad> with_cpu(std::vector<ServedLoad> served, const std::map<std::string, BusyTime>& busy);

/// Beyond the phases of a load: until it begins, and for its end.
inline constexpr milliseconds kLoadGrace{15'400};

/// One load: what each source saw, and all of them together.
struct MadeLoad {
  std::vector<LoadObservation> sources;
  LoadObservation whole;
  std::vector<ServedLoad> served;  ///< by every member; empty: not asked, or one could not say
};

/// What the loads of one `hairpin load` brought.
struct LoadResults {
  LoadShape shape;                      ///< of the final load
  struct Search {
    std::vector<LoadSearch::Trial> trials;
    double highest_kept = 0;
    std::optional<double> knee;
    std::string knee_unknown, limit;  ///< as in LoadSearch
  };
  Search search;
  std::optional<MadeLoad> final;        ///< after a search that kept nothing: its only trial
  std::vector<MadeLoad> repeats;        ///< beside it
  std::optional<MadeLoad> direct;
  std::string impossible;               ///< why there is no final load
  std::map<std::string, std::string> consents;  ///< by source: who agreed
};

/// Makes the loads of a mission whose agents are prepared: a search where one is wanted, the final one, the same directly to
/// a member. All sources begin at one agreed instant; when one of them, or a member that answers, is lost, all stop.
class LoadConduct {
 public:
  LoadConduct(Mission& mission, const LoadOptions& options, LoadResults& results);
  net::Task<> run();

 private:
  using Targets = std::map<std::string, Target>;  ///< by source
  // load_conduct.cpp: which loads
  bool choose();
  bool is_all_ours();
  net::Task<> search();
  void note(LoadSearch& search, LoadSearch::Trial trial);
  net::Task<> make_final();
  net::Task<> reference();
  Targets through_balancer() const;
  Targets past_balancer() const;
  net::Task<std::optional<MadeLoad>> make(std::string purpose, LoadShape shape, Targets targets);
  net::Task<bool> prepare_all(std::string purpose, LoadShape shape, Targets targets);
  net::Task<> prepare_one(std::string host, LoadWanted wanted);
  LoadWanted wanted_for(const std::string& purpose, const LoadShape& shape, const Target& target) const;
  std::optional<MadeLoad> put_together();
  void put_seconds(std::vector<ServedLoad>& served, const ServedAccounts& after);
  void give_up(const std::string& why);
  void refuse(const std::string& why);

  // load_watch.cpp: the one under way
  net::Task<bool> start_all(LoadPhases phases);
  net::Task<> start_one(std::string host, WallTime at);
  net::Task<> report_one(std::string host);
  net::Task<> ask_member(std::string member);
  net::Task<> end_one(std::string host);
  net::Task<> end_all();
  net::Task<> see_to_its_end(milliseconds longest, LoadSamples& samples);
  net::Task<> watch(milliseconds longest);
  std::string why_to_stop() const;
  bool has_one_given_up() const;
  void show();
  std::vector<MemberShare> shares_of(std::uint32_t second) const;

  Mission& mission_;
  const LoadOptions& options_;
  LoadResults& results_;
  LoadScope scope_;
  const Pool* pool_ = nullptr;
  const VirtualServer* server_ = nullptr;
  Target target_;
  std::vector<std::string> hosts_;

  struct UnderWay {
    LoadShape shape;
    std::map<std::string, bool> is_over;
    std::map<std::string, std::vector<LoadSecond>> seconds;
    std::map<std::string, LoadObservation> ended;
    std::map<std::string, BusyTime> busy;  ///< by member
    std::map<std::string, MemberSeconds> members;
    SteadyTime begins{}, sustain_begins{}, sustain_ends{};
    std::string refused, cut;              ///< why it was not begun; why it ended before its time
    std::string beyond;                    ///< … not begun, because a host does not lend so much
    std::uint32_t shown = 0;
  };
  UnderWay under_way_;
};

}  // namespace hairpin
