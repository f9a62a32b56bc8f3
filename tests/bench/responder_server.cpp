// SPDX-License-Identifier: Apache-2.0
// The responder alone, as scripts/bench measures it beside other servers: no agent, no captures, no coordinator.
// bench_responder PORT CERTIFICATE KEY [--load] [--resume] [--clients CA]; ends on SIGTERM and prints what it counted.
#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "base/json.hpp"
#include "responder/responder.hpp"

namespace hairpin {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

int serve(const std::vector<std::string>& arguments) {
  net::TlsServerSettings tls;
  responder::Settings settings;
  settings.name = "bench";
  settings.most_connections = 20'000;
  std::from_chars(arguments[0].data(), arguments[0].data() + arguments[0].size(), settings.port);
  tls.identity = {contents(arguments[1]), contents(arguments[2])};
  for (std::size_t i = 3; i < arguments.size(); ++i) {
    if (arguments[i] == "--load") settings.load.emplace();
    if (arguments[i] == "--resume") tls.resumes_sessions = true;
    if (arguments[i] != "--clients") continue;
    tls.trusted_pem = contents(arguments.at(++i));
    tls.client_certificates = net::ClientCertificates::required;
  }
  tls.serves_load = settings.load.has_value();
  const auto context = net::TlsContext::server(tls);
  if (!context) return std::cerr << describe(context.error()) << '\n', 1;

  boost::asio::io_context loop(1);
  const auto responder =
      responder::Responder::start(loop.get_executor(), settings, *context, [](const ResponderObservation&) {});
  if (!responder) return std::cerr << describe(responder.error()) << '\n', 1;
  boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&loop](const boost::system::error_code&, int) { loop.stop(); });
  loop.run();
  if (const auto counts = (*responder)->load()) std::cout << boost::json::serialize(to_json(*counts)) << '\n';
  return 0;
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 3) return std::cerr << "bench_responder PORT CERTIFICATE KEY [--load] [--resume] [--clients CA]\n", 2;
  return hairpin::serve(arguments);
}
