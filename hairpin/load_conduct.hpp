// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checks/load/judge.hpp"
#include "hairpin/load_options.hpp"
#include "hairpin/load_search.hpp"
#include "hairpin/load_served.hpp"
#include "hairpin/messages/load_messages.hpp"
#include "hairpin/probing.hpp"

namespace hairpin {

/// One load: what each source saw, and all of them together.
struct MadeLoad {
  std::vector<LoadObservation> sources;
  LoadObservation whole;
  std::vector<ServedLoad> served;  ///< by every member; empty: not asked, or one could not say
};

/// What the loads of one `hairpin load` brought.
struct LoadResults {
  LoadShape shape;                      ///< of the final load
  std::vector<LoadSearch::Trial> trials;
  std::optional<double> knee;
  bool is_search_limited = false;
  std::optional<MadeLoad> final, direct;
  std::string impossible;               ///< why there is no final load
  std::map<std::string, std::string> consents;  ///< by source: who agreed
};

/// Makes the loads of a mission whose agents are prepared: a search where one is wanted, the final one, the same directly to
/// a member. All sources begin at one agreed instant; when one of them, or a member that answers, is lost, all stop.
class LoadConduct {
 public:
  LoadConduct(Mission& mission, const LoadOptions& options, LoadResults& results);
  net::Task<> run();

  /// The sources that the options and the topology leave; empty with the reason in `impossible`.
  static std::vector<std::string> sources_of(const Topology& topology, const Pool& pool, const LoadOptions& options);

 private:
  bool choose();
  bool has_all_wanted();
  bool is_all_ours();
  net::Task<> search();
  net::Task<> make_final();
  net::Task<> reference();
  net::Task<std::optional<MadeLoad>> make(std::string purpose, LoadShape shape, Target target);
  net::Task<> prepare_one(std::string host, LoadWanted wanted);
  net::Task<> start_one(std::string host, WallTime at);
  net::Task<> report_one(std::string host);
  net::Task<> end_one(std::string host);
  net::Task<bool> start_all(std::string purpose, LoadShape shape, Target target);
  net::Task<> watch(milliseconds longest);
  LoadWanted wanted_for(const std::string& purpose, const LoadShape& shape, const Target& target) const;
  bool are_all_there() const;
  void show(const std::string& purpose);
  void give_up(const std::string& why);

  Mission& mission_;
  const LoadOptions& options_;
  LoadResults& results_;
  const Pool* pool_ = nullptr;
  const VirtualServer* server_ = nullptr;
  Target target_;
  std::vector<std::string> hosts_;

  // of the load under way
  std::map<std::string, bool> is_over_;
  std::map<std::string, std::vector<LoadSecond>> seconds_;
  std::map<std::string, LoadObservation> ended_;
  std::string refused_;
  std::uint32_t shown_ = 0;
};

}  // namespace hairpin
