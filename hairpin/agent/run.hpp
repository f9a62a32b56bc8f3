// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "capture/watch.hpp"
#include "hairpin/agent/captures.hpp"
#include "hairpin/agent/load.hpp"
#include "hairpin/agent/load_turn.hpp"
#include "hairpin/messages/agent_messages.hpp"
#include "net/control/messages.hpp"
#include "net/tls.hpp"
#include "probe/probe.hpp"
#include "responder/responder.hpp"

namespace hairpin {

/// Everything that one run has on this host: listeners, captures, the open probe. It ends with `stop`,
/// whoever still holds it.
class AgentRun : public std::enable_shared_from_this<AgentRun> {
 public:
  using Answer = Result<boost::json::value>;
  using Notify = AgentCaptures::Notify;

  AgentRun(net::Executor executor, std::string host, Notify notify, LoadCeiling ceiling = {});

  /// Executes one action of the closed set. The error's words go back to the coordinator.
  net::Task<Answer> execute(control::Action action, boost::json::value body);
  void stop();

 private:
  using Self = std::shared_ptr<AgentRun>;
  static net::Task<Answer> prepare(Self self, boost::json::value body);
  static net::Task<Answer> facts(Self self, boost::json::value body);
  static net::Task<Answer> probe(Self self, boost::json::value body);
  static net::Task<Answer> prepare_load(Self self, boost::json::value body);  // agent_run_load.cpp
  static net::Task<Result<std::string>> consent(Self self, LoadWanted wanted);
  static net::Task<Result<>> signed_consent(Self self, LoadWanted wanted);
  Result<> may_prepare(const LoadWanted& wanted);
  Result<std::shared_ptr<AgentLoad>> make_load(LoadWanted wanted) const;
  Result<> keep(std::shared_ptr<AgentLoad> load);
  Answer start_load(const boost::json::value& body);
  Answer report_load();
  Answer end_load();
  static net::Task<Answer> answered(Answer answer) { co_return answer; }
  static net::Task<Answer> show(Self self, boost::json::value body);
  static net::Task<Answer> flush(Self self);
  static net::Task<Answer> served(Self self);
  static net::Task<Answer> finish(Self self);
  static net::Task<> interrupt_later(Self self, TripId trip);

  Listening listen(const control::Listen& wanted);
  Result<net::TlsContext> server_context(const control::Listen& wanted, const control::Show& show) const;
  void start_captures(const control::Prepare& wanted);
  void take_sample_port(probe::Order& order);
  Result<net::TlsContext> context_for(const ProbeWanted& wanted);
  Result<net::TlsContext> make_context(const ProbeWanted& wanted) const;
  const control::Credentials& shown(bool is_site) const;
  bool is_of_plan(const Endpoint& endpoint) const;
  void notify(const char* notice, boost::json::value body);

  net::Executor executor_;
  std::string host_;
  Notify notify_;  ///< empty after `stop`
  bool is_prepared_ = false;
  control::Prepare wanted_;
  struct Listener {
    control::Listen wanted;
    std::unique_ptr<responder::Responder> responder;
  };
  std::vector<Listener> listeners_;
  std::shared_ptr<AgentCaptures> captures_;
  std::unique_ptr<capture::Watch> watch_;
  std::map<std::string, net::TlsContext> contexts_;  ///< of the probe, by server name and what is asked
  std::shared_ptr<net::SessionMemory> session_;      ///< of the last member_session question
  std::map<TripId, std::shared_ptr<probe::Interruption>> open_;
  LoadCeiling ceiling_;
  milliseconds lent_{}, next_loan_{};  ///< to the loads of this run that began; to the one that is prepared
  std::shared_ptr<AgentLoad> load_;
  bool is_preparing_load_ = false;  ///< requests run concurrently, and a preparation asks the target meanwhile
  std::optional<LoadTurn> load_turn_;  ///< from the first preparation on
  std::uint16_t sample_port_ = 0;
};

}  // namespace hairpin
