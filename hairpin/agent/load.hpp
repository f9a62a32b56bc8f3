// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "hairpin/agent/load_ceiling.hpp"
#include "hairpin/messages/load_messages.hpp"
#include "net/task.hpp"
#include "probe/load/engine.hpp"

namespace hairpin {

/// One load on this host, from its preparation to its end. It stops when nobody asks for its progress for two seconds, when
/// it exceeds the ceiling of this host, and with its owner.
class AgentLoad : public std::enable_shared_from_this<AgentLoad> {
 public:
  /// Contradictions and what is beyond the ceiling are errors; nothing is sent yet.
  static Result<std::shared_ptr<AgentLoad>> prepare(LoadWanted wanted, std::string host, const LoadCeiling& ceiling,
                                                    const net::Identity& identity, std::optional<net::LoadKey> key = {});
  /// Once; refused for an instant that is too far away.
  Result<> start(const net::Executor& executor, WallTime at);
  Result<LoadReport> report();
  LoadObservation end(std::string why);
  void stop(std::string why);
  bool is_started() const { return is_started_; }
  bool is_under_way() const;  ///< started, and its connections may still be open

 private:
  static net::Task<> guard(std::shared_ptr<AgentLoad> self);
  void take_seconds();
  void was_asked();
  void give_up_if_hopeless(const LoadSecond& second);

  std::string host_;
  LoadCeiling ceiling_;
  std::unique_ptr<probe::load::Engine> engine_;
  std::vector<LoadSecond> unreported_;
  std::size_t reported_ = 0;  ///< seconds
  std::uint64_t completed_ = 0, foreign_ = 0;
  LoadSecond before_;         ///< the last second that was taken
  bool is_hopeless_ = false;  ///< ended because too much failed
  bool is_started_ = false, has_ended_ = false;
};

}  // namespace hairpin
