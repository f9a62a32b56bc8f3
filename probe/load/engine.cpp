// SPDX-License-Identifier: Apache-2.0
#include "probe/load/engine.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "probe/load/worker.hpp"

namespace hairpin::probe::load {
namespace {

constexpr std::uint32_t kMostThreads = 256;
constexpr std::uint32_t kMostWeight = 1'000;
constexpr std::uint32_t kSpareDescriptors = 64;  // the rest of the process

Error contradiction(const std::string& what) { return refusal("make such a load: " + what); }

Result<> check(const LoadShape& shape) {
  if (shape.threads < 1 || shape.threads > kMostThreads)
    return contradiction(fmt::format("{} threads, 1 to {} are possible", shape.threads, kMostThreads));
  if (shape.connections < shape.threads)
    return contradiction(fmt::format("{} connections for {} threads", shape.connections, shape.threads));
  if (shape.arrivals != Arrivals::closed && !(shape.rate > 0 && shape.rate < 1e7))
    return contradiction(fmt::format("a rate of {} a second", shape.rate));
  if (shape.limit <= milliseconds(0) || shape.limit > milliseconds(Histogram::kHighest_us / 1000))
    return contradiction(fmt::format("a limit of {} ms, up to 60 s are possible", shape.limit.count()));
  for (const auto time : {shape.phases.init, shape.phases.ramp_up, shape.phases.sustain, shape.phases.ramp_down, shape.think})
    if (time < milliseconds(0) || time > milliseconds(24 * 3'600'000)) return contradiction("a phase or pause of that length");
  if (shape.phases.sustain <= milliseconds(0)) return contradiction("nothing is sustained");
  if (shape.last_port < shape.first_port || (shape.first_port == 0) != (shape.last_port == 0))
    return contradiction("ports from the last to the first");
  if (shape.parts < 1 || shape.part >= shape.parts) return contradiction("part of it that there is not");
  for (const auto& object : shape.objects)
    if (object.weight < 1 || object.weight > kMostWeight) return contradiction(fmt::format("a weight of {}", object.weight));
  if (!has_ports_for_all(shape)) return contradiction("fewer source ports than connections");
  return {};
}

Result<> check_sources(const Order& order) {
  const auto is_other = [&order](const IpAddress& source) { return source.family != order.target.endpoint.address.family; };
  if (std::any_of(order.shape.sources.begin(), order.shape.sources.end(), is_other)) return contradiction("a source address of another family");
  return {};
}

/// The soft limit of open files is ours to raise; the hard one is not.
Result<> make_room(const LoadShape& shape) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) < 0) return last_system_error("read the limit of open files");
  const rlim_t wanted = shape.connections + shape.threads + kSpareDescriptors;
  if (files.rlim_cur >= wanted) return {};
  if (files.rlim_max < wanted)
    return refusal(fmt::format("open {} connections: this process may have {} files open", shape.connections, files.rlim_max),
                   fmt::format("raise its limit (ulimit -n {}, LimitNOFILE= of its unit)", wanted));
  files.rlim_cur = wanted;
  if (::setrlimit(RLIMIT_NOFILE, &files) < 0) return last_system_error("raise the limit of open files");
  return {};
}

/// 99.9, or as much as leaves ten samples beyond it: of a hundred looks one that was late is chance. At least the median.
double highest_settled(const Histogram& histogram) {
  const auto count = static_cast<double>(std::max<std::uint64_t>(histogram.count(), 1));
  return std::max(50.0, std::min(99.9, 100 * (1 - 10 / count)));
}

class Threads final : public Engine {
 public:
  explicit Threads(Order order) : order_(std::move(order)) {}
  ~Threads() override {
    for (const auto& worker : workers_) worker->stop();
    join();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  Result<> set_up() {
    for (std::uint32_t thread = 0; thread < order_.shape.threads; ++thread) {
      workers_.push_back(std::make_unique<Worker>(order_, Pacer::Part{thread, order_.shape.threads}));
      if (const auto set_up = workers_.back()->set_up(); !set_up) return set_up.error();
    }
    return {};
  }

  void start(SteadyTime at) override {
    started_ = system_clock().wall() + (at - system_clock().steady());
    for (const auto& worker : workers_)
      threads_.emplace_back([at, each = worker.get()] { each->run(at); });
  }

  void stop(std::string why) override {
    if (stopped_.empty()) stopped_ = std::move(why);
    for (const auto& worker : workers_) worker->stop();
  }

  void allow_until(SteadyTime time) override {
    for (const auto& worker : workers_) worker->allow_until(time);
  }

  bool is_over() const override {
    return std::all_of(workers_.begin(), workers_.end(), [](const auto& worker) { return worker->has_ended(); });
  }

  std::vector<LoadSecond> take_seconds() override {
    std::vector<LoadSecond> taken;
    for (const auto ready = complete_seconds(); next_second_ < ready; ++next_second_) taken.push_back(whole_second(next_second_));
    seconds_.insert(seconds_.end(), taken.begin(), taken.end());
    return taken;
  }

  LoadObservation finish() override {
    join();
    take_seconds();
    LoadObservation observation;
    observation.target = order_.target;
    observation.shape = order_.shape;
    observation.purpose = order_.purpose;
    observation.started = started_;
    observation.seconds = seconds_;
    observation.stopped = stopped_;
    for (const auto& worker : workers_) {
      worker->account().add_to(observation);
      if (!observation.tls) observation.tls = worker->facts();
      if (observation.health.error.empty()) observation.health.error = worker->error();
      observation.health.cpu += worker->cpu();
      observation.health.busiest = std::max(observation.health.busiest, worker->cpu());
      observation.health.held_back += worker->held_back();
      if (observation.stopped.empty() && worker->was_forgotten()) observation.stopped = "nobody asked for its progress for 2 s";
      observation.health.sustained = std::max(observation.health.sustained, worker->sustained());
    }
    fill_in_times(observation);
    return observation;
  }

 private:
  void join() {
    for (auto& thread : threads_)
      if (thread.joinable()) thread.join();
  }

  /// Those that every thread has ended which still runs: one that is over has nothing to add to later ones.
  std::uint32_t complete_seconds() const {
    std::uint32_t least = UINT32_MAX, most = 0;
    for (const auto& worker : workers_) {
      const bool is_running = !worker->has_ended();  // before its seconds: at its end it publishes one more
      const auto published = worker->account().published();
      if (is_running) least = std::min(least, published);
      most = std::max(most, published);
    }
    return std::min(least, most);
  }

  LoadSecond whole_second(std::uint32_t index) const {
    LoadSecond whole;
    for (const auto& worker : workers_) {
      if (index >= worker->account().published()) continue;
      const auto& part = worker->account().second(index);
      whole.second = part.second;
      whole.phase = part.phase;
      hairpin::add(whole, part);
    }
    return whole;
  }

  std::string merged(Histogram Account::*which) const {
    Histogram all;
    for (const auto& worker : workers_) all.add(worker->account().*which);
    return all.is_empty() ? std::string() : all.encode();
  }

  void fill_in_times(LoadObservation& observation) const {
    observation.times = {merged(&Account::response), merged(&Account::service), merged(&Account::lag),  merged(&Account::connect),
                         merged(&Account::handshake), merged(&Account::ttfb),   merged(&Account::ttlb)};
    auto& health = observation.health;
    health.threads = order_.shape.threads;
    health.no_port = observation.counts.failed.no_port;
    health.no_descriptor = observation.counts.failed.no_descriptor;
    health.no_memory = observation.counts.failed.no_memory;
    if (order_.shape.arrivals == Arrivals::closed) return;
    Histogram lateness;
    for (const auto& worker : workers_) lateness.add(worker->account().lateness);
    health.lateness_percent = highest_settled(lateness);
    health.lateness_us = std::chrono::duration_cast<std::chrono::microseconds>(lateness.percentile(health.lateness_percent)).count();
  }

  const Order order_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::vector<LoadSecond> seconds_;
  std::uint32_t next_second_ = 0;
  WallTime started_{};
  std::string stopped_;
};

net::ChainCheck chain_check(CertificateCheck check) {
  if (check == CertificateCheck::none) return net::ChainCheck::none;
  return check == CertificateCheck::full ? net::ChainCheck::full : net::ChainCheck::compared;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::prepare(Order order) {
  if (const auto checked = check(order.shape); !checked) return checked.error();
  if (const auto checked = check_sources(order); !checked) return checked.error();
  if (const auto room = make_room(order.shape); !room) return room.error();
  if (order.tls) {
    order.tls->check = chain_check(order.shape.check);
    order.tls->resumes = order.shape.resumes;
  }
  auto engine = std::make_unique<Threads>(std::move(order));
  if (const auto set_up = engine->set_up(); !set_up) return set_up.error();
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace hairpin::probe::load
