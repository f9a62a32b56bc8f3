// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/load.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/version.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kGuardInterval{100};
/// So many answers that are not of this run, and more than one of a thousand, end a load.
constexpr std::uint64_t kLeastForeign = 3, kForeignOf = 1'000;
/// So many failures of two seconds, and more than one of a hundred in each, end it as well: what is broken is not loaded further.
constexpr std::uint64_t kLeastFailed = 5, kFailedOf = 100;

net::LoadTlsSettings tls_settings(const LoadWanted& wanted, const net::Identity& identity) {
  net::LoadTlsSettings settings;
  settings.identity = identity;
  settings.server_name = wanted.server_name;
  settings.is_sparing = wanted.shape.test == LoadTest::concurrent;
  return settings;
}

bool fails_too_much(const LoadSecond& second) {
  const auto failed = second.failed + second.shed;
  return failed * kFailedOf > failed + second.completed;
}

}  // namespace

Result<std::shared_ptr<AgentLoad>> AgentLoad::prepare(LoadWanted wanted, std::string host, const LoadCeiling& ceiling,
                                                      const net::Identity& identity, std::optional<net::LoadKey> key) {
  // Nobody verifies the certificates of a run's own authority; whose certificate it is the checks of `hairpin run` say.
  wanted.shape.check = CertificateCheck::none;
  if (const auto below = check_ceiling(wanted.shape, ceiling); !below) return below.error();
  probe::load::Order order;
  order.target = wanted.target;
  order.purpose = wanted.purpose;
  order.shape = wanted.shape;
  order.request.host = wanted.server_name.empty() ? to_string(wanted.target.endpoint) : wanted.server_name;
  order.request.path = wanted.path;
  order.request.objects = wanted.shape.objects;
  order.request.asks_responder = true;
  order.request.agent = fmt::format("hairpin/{} load {}", kVersion, wanted.run);
  order.key = key;
  order.bounds = {static_cast<double>(ceiling.connections_per_second), ceiling.megabits_per_second * 1e6 / 8,
                  static_cast<double>(ceiling.transactions_per_second)};
  if (!wanted.is_plaintext) order.tls = tls_settings(wanted, identity);
  auto engine = probe::load::Engine::prepare(std::move(order));
  if (!engine) return engine.error();
  auto load = std::make_shared<AgentLoad>();
  load->host_ = std::move(host);
  load->ceiling_ = ceiling;
  load->engine_ = std::move(*engine);
  return load;
}

Result<> AgentLoad::start(const net::Executor& executor, WallTime at) {
  const auto ahead = at - system_clock().wall();
  if (is_started_) return refusal("start a load twice");
  if (ahead > kLongestLoadWait || ahead < -kLoadSilence)
    return refusal(fmt::format("start a load {} ms from now", std::chrono::duration_cast<milliseconds>(ahead).count()));
  is_started_ = true;
  was_asked();
  engine_->start(system_clock().steady() + std::max<nanoseconds>(ahead, nanoseconds(0)));
  net::spawn(executor, guard(shared_from_this()));
  return {};
}

/// The dead man's handle: the threads of the load look at it, so that they end also when this loop hangs.
void AgentLoad::was_asked() { engine_->allow_until(system_clock().steady() + kLoadSilence); }

/// The ceiling of this host.
net::Task<> AgentLoad::guard(std::shared_ptr<AgentLoad> self) {
  while (!self->has_ended_ && !self->engine_->is_over()) {
    self->take_seconds();
    co_await net::sleep_for(kGuardInterval);
  }
}

bool AgentLoad::is_under_way() const { return is_started_ && !engine_->is_over(); }

void AgentLoad::take_seconds() {
  for (auto& second : engine_->take_seconds()) {
    if (const auto why = over_ceiling(second, ceiling_); !why.empty()) stop(why);
    completed_ += second.completed;
    foreign_ += second.foreign;
    if (foreign_ >= kLeastForeign && foreign_ * kForeignOf > completed_) stop("somebody who is no responder of this run answers");
    give_up_if_hopeless(second);
    unreported_.push_back(second);
  }
}

void AgentLoad::give_up_if_hopeless(const LoadSecond& second) {
  auto both = std::exchange(before_, second);
  const bool is_bad = fails_too_much(both) && fails_too_much(second);
  add(both, second);
  const auto failed = both.failed + both.shed;
  if (!is_bad || failed < kLeastFailed || has_ended_ || engine_->is_over()) return;
  is_hopeless_ = true;
  stop(fmt::format("{} of {} transactions failed within two seconds", failed, failed + both.completed));
}

Result<LoadReport> AgentLoad::report() {
  if (!is_started_) return refusal("report a load that was not started");
  was_asked();
  LoadReport report;
  report.is_over = engine_->is_over();
  take_seconds();
  report.seconds = std::exchange(unreported_, {});
  reported_ += report.seconds.size();
  return report;
}

void AgentLoad::stop(std::string why) {
  if (!has_ended_) engine_->stop(std::move(why));
}

LoadObservation AgentLoad::end(std::string why) {
  if (!engine_->is_over()) engine_->stop(std::move(why));
  has_ended_ = true;
  auto observation = engine_->finish();
  observation.host = host_;
  count_cpus(observation.health, cpus_of_this_process());
  observation.is_hopeless = is_hopeless_;
  auto& seconds = observation.seconds;
  seconds.erase(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(std::min(reported_, seconds.size())));
  return observation;
}

}  // namespace hairpin
