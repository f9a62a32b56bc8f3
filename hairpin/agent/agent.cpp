// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/agent.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/errc.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <variant>

#include "base/complain.hpp"
#include "hairpin/agent/session.hpp"
#include "hairpin/agent/standard_streams.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "net/control/session.hpp"

namespace hairpin {
namespace asio = boost::asio;
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::string_view kOperator = "operator";  // hairpin pki init
constexpr std::string_view kUnixPeer = "unix";
constexpr std::chrono::seconds kIdleCheck{1};

int refused(const Error& error) {
  complain("hairpin agent: {}\n", describe(error));
  const bool is_denied = error.code == boost::system::errc::permission_denied;
  return number(is_denied ? ExitStatus::no_privilege : ExitStatus::usage);
}

Result<control::ServerPtr> listen(const net::Executor& executor, const AgentOptions& options,
                                  control::OnStream on_stream) {
  if (options.listen.starts_with(kUnixPrefix))
    return control::serve_unix(executor, options.listen.substr(kUnixPrefix.size()), std::move(on_stream));
  const auto endpoint = parse_endpoint(options.listen);
  if (!endpoint) return refusal("listen at " + options.listen, "write unix:PATH or ADDR:PORT");
  if (options.pki_directory.empty())
    return refusal("listen at " + options.listen, "give --pki DIR (hairpin pki init, hairpin pki issue)");
  const auto files = net::read_pki(options.pki_directory, options.name);
  if (!files) return files.error();
  auto tls = control::agent_tls(*files);
  if (!tls) return tls.error();
  return control::serve_tcp(executor, *endpoint, std::move(*tls), std::move(on_stream));
}

control::OnStream serve_each(const net::Executor& executor, const std::shared_ptr<AgentDesk>& desk) {
  return [desk, executor](net::StreamPtr stream, const std::string& peer) {
    if (peer != kOperator && peer != kUnixPeer) return;  // another agent's certificate is no coordinator's
    net::spawn(executor, serve_session(desk, std::make_shared<control::Channel>(std::move(stream))));
  };
}

/// SIGTERM and SIGINT end the loop where it stands: what is suspended is destroyed with it.
net::Task<> stop_on_signal(asio::io_context& loop, asio::signal_set& signals) {
  constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
  static_cast<void>(co_await signals.async_wait(no_throw));
  loop.stop();
}

/// The one session of an agent on standard input and output; with it the agent ends.
net::Task<> serve_once(asio::io_context& loop, std::shared_ptr<AgentDesk> desk, net::StreamPtr stream) {
  auto session = serve_session(std::move(desk), std::make_shared<control::Channel>(std::move(stream)));
  co_await std::move(session);
  loop.stop();
}

net::Task<> stop_when_idle(asio::io_context& loop, std::shared_ptr<AgentDesk> desk,
                           std::chrono::seconds limit) {
  for (;;) {
    co_await net::sleep_for(kIdleCheck);
    const auto idle = std::chrono::steady_clock::now() - desk->last_busy;
    if (!desk->holder && idle > limit) co_return loop.stop();
  }
}

/// Resident memory of this process in KiB; 0 when /proc does not say.
std::size_t resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key;) {
    if (key != "VmRSS:") continue;
    std::size_t kib = 0;
    status >> kib;
    return kib;
  }
  return 0;
}

}  // namespace

int run_agent(const AgentOptions& options) {
  const auto desk = std::make_shared<AgentDesk>();
  desk->host = options.name;
  desk->is_quiet = options.is_quiet;
  const auto ceiling = read_load_ceiling(options.load_ceiling_file);
  if (!ceiling) return refused(ceiling.error());
  desk->ceiling = *ceiling;
  desk->last_busy = std::chrono::steady_clock::now();
  asio::io_context loop(1);
  const net::Executor executor = loop.get_executor();
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  control::ServerPtr server;
  if (options.is_stdio) {
    auto stream = take_standard_streams(executor);
    if (!stream) return refused(stream.error());
    net::spawn(executor, serve_once(loop, desk, std::move(*stream)));
  } else {
    auto listening = listen(executor, options, serve_each(executor, desk));
    if (!listening) return refused(listening.error());
    server = std::move(*listening);
  }
  net::spawn(executor, stop_on_signal(loop, signals));
  if (options.idle_exit.count() > 0) net::spawn(executor, stop_when_idle(loop, desk, options.idle_exit));
  if (!options.is_quiet)
    complain("hairpin agent {}: ready at {}, {} KiB resident\n", options.name,
               options.is_stdio ? "standard input and output" : options.listen, resident_kib());
  loop.run();
  return number(ExitStatus::passed);
}

}  // namespace hairpin
