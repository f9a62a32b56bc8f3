// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/coordinator.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "base/json.hpp"
#include "base/text.hpp"
#include "checks/monitors.hpp"
#include "checks/roster.hpp"
#include "hairpin/coordinator/balancer_watch.hpp"
#include "hairpin/coordinator/preparation.hpp"
#include "hairpin/coordinator/probing.hpp"
#include "net/load_proof.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace asio = boost::asio;
namespace {

constexpr const char* kOperator = "operator";
constexpr std::chrono::seconds kHeartbeat{2};
constexpr milliseconds kHeartbeatLimit{5'000};
constexpr milliseconds kWindUp{5'000}, kBetweenLooks{20};

/// What agents send unasked. The host is that of the connection, whatever the body says.
Result<> take_notice(Collected& collected, const std::string& host, const std::string& notice,
                     const boost::json::value& body) {
  if (notice == kFramesNotice) {
    const auto batch = from_json<FrameBatch>(body, "frames");
    if (!batch) return batch.error();
    return collected.frames.add(host, *batch);
  }
  if (notice != kResponderNotice) return refusal("understand the notice \"" + printable(notice) + "\"");
  auto observation = from_json<ResponderObservation>(body, "responder");
  if (!observation) return observation.error();
  observation->host = host;
  collected.observations.responders.push_back(std::move(*observation));
  return {};
}

net::Task<> beat(AgentLink& link) {
  auto asked = link.ask(control::Action::clock, boost::json::object(), kHeartbeatLimit);
  static_cast<void>(co_await std::move(asked));
}

/// An agent that does not answer in time is lost, also while nothing else is asked of it; and it hears from
/// us.
net::Task<> heartbeat(Mission& mission, const bool& is_done) {
  while (!is_done) {
    co_await net::sleep_for(kHeartbeat);
    if (is_done) co_return;
    std::vector<net::Task<>> beats;  // beside each other: one that hangs keeps nobody else waiting
    for (const auto& [host, link] : mission.links)
      if (link->is_open() && link->has_said_hello()) beats.push_back(beat(*link));
    co_await net::together(std::move(beats));
  }
}

/// Trips that met a balancer without members say nothing about the path: they are forgotten, and that is
/// said.
void start_over(Mission& mission) {
  mission.progress.say("the balancer had no member that was up; starting over");
  auto& observations = mission.collected.observations;
  observations.probes.clear();
  observations.responders.clear();
  observations.packets.clear();
  mission.collected.frames.clear();
}

bool are_members_found(const Mission& mission) {
  const auto& observations = mission.collected.observations;
  return has_monitor(mission.topology, mission.roster, observations) &&
         members_awaiting_monitor(mission.topology, mission.roster, observations).empty();
}

net::Task<> probe_all(Mission& mission) {
  co_await await_members(mission, false);
  mission.progress.say("probing");
  Probing probing(mission);
  co_await probing.run_first_round();
  if (probing.is_turned_away()) {
    co_await await_members(mission, true);
    if (are_members_found(mission)) start_over(mission);
  }
  co_await probing.run();
  mission.progress.update("asking about certificates");
  co_await probing.ask_about_certificates();
}

net::Task<> conduct(Mission& mission, const Reach& reach, const RunCredentials& credentials, BalancerWatch& balancers, const Work& work) {
  const auto executor = co_await asio::this_coro::executor;
  co_await connect_agents(mission, reach);
  co_await prepare_agents(mission, credentials);
  co_await ask_facts(mission, true);
  co_await balancers.look_before(mission);
  if ((!mission.options.prepare_only || mission.options.is_for_load) && !mission.is_over()) {
    balancers.watch(executor, mission);
    auto working = work(mission);
    co_await std::move(working);
  }
  if (mission.is_stopped) co_return;  // what is left on the hosts ends with the connections
  mission.progress.update("collecting");
  co_await balancers.look_after(mission);
  co_await ask_facts(mission, false);
  co_await finish_agents(mission);
}

/// The agents' facts as they are in the end; every host is named, also one without an agent.
void name_agents(Mission& mission) {
  for (const auto& host : mission.topology.hosts) {
    const auto link = mission.links.find(host.name);
    AgentFacts facts;
    if (link != mission.links.end()) facts = link->second->facts;
    facts.host = host.name;
    if (!host.agent) {
      facts.state = AgentState::none;
      facts.detail = "the topology names no agent for this host";
    }
    mission.collected.observations.agents.push_back(std::move(facts));
  }
}

/// A terminal that goes away ends a run as Ctrl-C does, except for who asked to outlive it (nohup).
bool heeds_hang_up() {
  struct sigaction now {};
  return sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler != SIG_IGN;
}

/// The loop of one run: the conduct of it, the heartbeat beside it, and the signals that end it.
class Conductor {
 public:
  Conductor(Mission& mission, Reach reach, const RunCredentials& credentials, BalancerWatch& balancers, const Work& work)
      : mission_(mission),
        reach_(std::move(reach)),
        credentials_(credentials),
        balancers_(balancers),
        work_(work),
        signals_(loop_, SIGINT, SIGTERM) {
    if (heeds_hang_up()) signals_.add(SIGHUP);
  }

  void run() {
    const net::Executor executor = loop_.get_executor();
    net::spawn(executor, conduct_to_the_end());
    net::spawn(executor, listen_to_signals());
    loop_.run();
    for (const auto& [host, link] : mission_.links) link->release();
  }

 private:
  net::Task<> conduct_to_the_end() {
    net::spawn(loop_.get_executor(), heartbeat(mission_, is_done_));
    co_await conduct(mission_, reach_, credentials_, balancers_, work_);
    is_done_ = true;
    loop_.stop();
  }

  /// Closing the connections ends every wait of the conduct, and everything of the run on the hosts. A load under way is told to
  /// end by its conduct, which then has what was measured; a second signal does not wait for that.
  net::Task<> listen_to_signals() {
    constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
    const auto [error, signal] = co_await signals_.async_wait(no_throw);
    if (error) co_return;
    mission_.is_stopped = true;
    mission_.collected.signal = signal;
    if (mission_.has_load_under_way) {
      signals_.async_wait([this](const boost::system::error_code& failed, int) { is_impatient_ = !failed; });
      const auto until = std::chrono::steady_clock::now() + kWindUp;
      while (!is_impatient_ && std::chrono::steady_clock::now() < until) co_await net::sleep_for(kBetweenLooks);
    }
    for (const auto& [host, link] : mission_.links) link->close();
    constexpr milliseconds kUntilAgentsHeard{50};
    co_await net::sleep_for(kUntilAgentsHeard);
    loop_.stop();
  }

  Mission& mission_;
  const Reach reach_;
  const RunCredentials& credentials_;
  BalancerWatch& balancers_;
  const Work& work_;
  bool is_done_ = false, is_impatient_ = false;
  asio::io_context loop_{1};
  asio::signal_set signals_;
};

bool has_tcp_agent(const Topology& topology) {
  for (const auto& host : topology.hosts)
    if (host.agent && std::holds_alternative<TcpAgent>(*host.agent)) return true;
  return false;
}

}  // namespace

Result<Collected> collect(const Topology& topology, const Plan& plan, const RunOptions& options,
                          const std::string& run, Progress& progress, const Work& work) {
  std::optional<net::PkiFiles> pki;
  if (has_tcp_agent(topology) && !options.pki_directory.empty()) {
    auto files = net::read_pki(options.pki_directory, kOperator);
    if (!files) return files.error();
    pki = std::move(*files);
  }
  const auto credentials = RunCredentials::make(run, topology);
  if (!credentials) return credentials.error();
  auto balancers = options.is_for_load ? Result<BalancerWatch>(BalancerWatch()) : BalancerWatch::make(topology);
  if (!balancers) return balancers.error();
  Mission mission{topology, plan, options, run, checks::roster_of(topology), progress, {}, {}, {}, {}, false};
  if (options.is_for_load) mission.load_key = to_string(net::LoadKey::random());
  mission.deadline = std::chrono::steady_clock::now() + options.limit;
  const auto on_notice = [&mission](const std::string& host, const std::string& notice,
                                    boost::json::value body) {
    return take_notice(mission.collected, host, notice, body);
  };
  for (const auto& host : topology.hosts)
    if (host.agent) mission.links.emplace(host.name, std::make_unique<AgentLink>(host, on_notice));
  {
    const Work doing = work ? work : Work(probe_all);
    Conductor conductor(mission, Reach{pki ? &*pki : nullptr, options.remote_hairpin}, *credentials, *balancers, doing);
    conductor.run();
  }
  name_agents(mission);
  return std::move(mission.collected);
}

}  // namespace hairpin
