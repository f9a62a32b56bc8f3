// SPDX-License-Identifier: Apache-2.0
// The engine of `hairpin load` against any server of this machine or of a lab, for comparison with other generators:
// prints one line of JSON, CPU time by getrusage as everybody's is taken. Not installed, and no way around the rules of
// `hairpin load`: it is for machines that one owns, and asks for 1,000,000 connections at most.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/describe/enum_from_string.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/histogram.hpp"
#include "base/json.hpp"
#include "probe/load/engine.hpp"

namespace {

using namespace hairpin;

struct Wanted {
  std::string server, path = "/", arrivals = "closed", check = "none", version, certificate, key, trusted, name;
  double seconds = 5, warm_up = 1;
  std::uint64_t object_bytes = 0;
  probe::load::Order order;
  bool is_plain = false, is_fat = false, wants_all = false;
};

std::string contents(const std::string& path) {
  std::ostringstream text;
  if (!path.empty()) text << std::ifstream(path).rdbuf();
  return text.str();
}

milliseconds ms(double seconds) { return milliseconds(static_cast<std::int64_t>(seconds * 1000)); }

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

void parse(CLI::App& program, Wanted& wanted) {
  auto& shape = wanted.order.shape;
  shape.connections = 64;
  shape.transactions = 0;
  program.add_option("SERVER", wanted.server, "ADDRESS:PORT")->required();
  program.add_option("--path", wanted.path);
  program.add_option("--object", wanted.object_bytes, "asks a hairpin responder for an object of so many bytes");
  program.add_option("--arrivals", wanted.arrivals, "closed, constant, poisson");
  program.add_option("--rate", shape.rate);
  program.add_option("-c,--connections", shape.connections)->check(CLI::Range(1, 1'000'000));
  program.add_option("-t,--threads", shape.threads);
  program.add_option("--transactions", shape.transactions, "of a connection; 1: a handshake each");
  program.add_option("-d,--seconds", wanted.seconds);
  program.add_option("--warm-up", wanted.warm_up, "seconds");
  program.add_flag("--plain", wanted.is_plain, "no TLS");
  program.add_flag("--resume", shape.resumes);
  program.add_flag("--fat", wanted.is_fat, "OpenSSL's default provider as it is");
  program.add_option("--check", wanted.check, "none, compared, full");
  program.add_option("--tls", wanted.version, "tls12 or tls13 only");
  program.add_option("--cert", wanted.certificate);
  program.add_option("--key", wanted.key);
  program.add_option("--ca", wanted.trusted);
  program.add_option("--name", wanted.name, "SNI");
  program.add_flag("--all", wanted.wants_all, "the whole observation");
}

template <class E>
E enum_of(const std::string& name) {
  E value{};
  if (!boost::describe::enum_from_string(name.c_str(), value)) throw CLI::ValidationError(name, "is none of the possible words");
  return value;
}

void complete(Wanted& wanted) {
  auto& order = wanted.order;
  const auto endpoint = parse_endpoint(wanted.server);
  if (!endpoint) throw CLI::ValidationError("SERVER", "is no ADDRESS:PORT");
  order.target.endpoint = *endpoint;
  order.purpose = "bench";
  if (wanted.object_bytes > 0) order.shape.objects = {{wanted.object_bytes, 1}};
  order.request = {wanted.name.empty() ? to_string(endpoint->address) : wanted.name, wanted.path, order.shape.objects,
                   wanted.object_bytes > 0, "hairpin-bench"};
  order.shape.arrivals = enum_of<Arrivals>(wanted.arrivals);
  order.shape.check = enum_of<CertificateCheck>(wanted.check);
  order.shape.phases = {ms(0), ms(wanted.warm_up), ms(wanted.seconds), ms(1)};
  if (wanted.is_plain) return;
  order.tls.emplace();
  order.tls->identity = {contents(wanted.certificate), contents(wanted.key)};
  order.tls->trusted_pem = contents(wanted.trusted);
  order.tls->server_name = wanted.name;
  order.tls->is_thin = !wanted.is_fat;
  if (!wanted.version.empty()) order.tls->only = enum_of<TlsVersion>(wanted.version);
}

double half_ms(const std::string& encoded, double percent) {
  const auto histogram = Histogram::decode(encoded);
  return histogram ? std::chrono::duration<double, std::milli>(histogram->percentile(percent)).count() : 0;
}

void print(const LoadObservation& load, double cpu_s, double wall_s) {
  const auto& all = load.counts;
  const auto completed = static_cast<double>(std::max<std::uint64_t>(all.completed, 1));
  const double sustained_s = std::chrono::duration<double>(load.health.sustained).count();
  fmt::print(R"({{"completed": {}, "failed": {}, "shed": {}, "settled": {}, "handshakes": {}, "resumed": {}, "rate": {:.0f}, )"
             R"("body_bytes": {}, "cpu_us_per_transaction": {:.3f}, "cpu_share": {:.2f}, "p50_ms": {:.3f}, "p99_ms": {:.3f}, )"
             R"("service_p99_ms": {:.3f}, "lateness_us": {}, "lateness_percent": {:.4g}, "cipher": "{}", "first_failure": "{}"}})"
             "\n",
             all.completed, all.failed.total(), all.shed, all.is_settled(), all.handshakes, all.resumed,
             static_cast<double>(load.sustained.completed) / std::max(sustained_s, 1e-9), all.body_bytes, cpu_s * 1e6 / completed,
             cpu_s / wall_s, half_ms(load.times.response, 50), half_ms(load.times.response, 99), half_ms(load.times.service, 99),
             load.health.lateness_us, load.health.lateness_percent, load.tls ? load.tls->version + " " + load.tls->cipher : "plain", load.first_failure);
}

int run(Wanted& wanted) {
  auto engine = probe::load::Engine::prepare(std::move(wanted.order));
  if (!engine) {
    fmt::print(stderr, "{}\n", describe(engine.error()));
    return 2;
  }
  const auto began = std::chrono::steady_clock::now();
  const double cpu_before = cpu_seconds();
  (*engine)->start(began);
  while (!(*engine)->is_over()) std::this_thread::sleep_for(milliseconds(20));
  const auto load = (*engine)->finish();
  const double wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  print(load, cpu_seconds() - cpu_before, wall_s);
  if (wanted.wants_all) fmt::print("{}\n", boost::json::serialize(to_json(load)));
  return load.counts.completed > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("The engine of `hairpin load`, alone", "load_engine");
  Wanted wanted;
  parse(program, wanted);
  try {
    program.parse(argc, argv);
    complete(wanted);
  } catch (const CLI::ParseError& error) {
    return program.exit(error);
  }
  return run(wanted);
}
