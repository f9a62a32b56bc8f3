// SPDX-License-Identifier: Apache-2.0
// The loads of a run on this host: who may be loaded, and that somebody of ours behind it agrees.
#include <fmt/format.h>

#include "base/identifier.hpp"
#include "hairpin/agent/run.hpp"
#include "hairpin/messages/source_ports.hpp"
#include "topology/host/host_view.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kConsentLimit{3'000};
constexpr milliseconds kSignedLimit{1'500};  // below kLoadSilence
constexpr milliseconds kBetweenLooks{5};
/// Each is looked up before a load, and each has a place for each port.
constexpr std::size_t kMostSourceAddresses = 1'024;

/// Whatever the coordinator says: addresses that this host has, ports that its samples do not need, one for each connection.
Result<> check_own_places(const LoadShape& part, const std::string& host) {
  if (part.sources.size() > kMostSourceAddresses)
    return refusal(fmt::format("load from {} addresses of {}", part.sources.size(), host), fmt::format("use {} at most", kMostSourceAddresses));
  for (const auto& source : part.sources) {
    const auto route = host::route_to(source);
    if (!route) return route.error();
    if (!route->is_local)
      return refusal(fmt::format("load from {}: {} has no such address", to_string(source), host),
                     "a load comes from a host's own addresses: give it this one, or correct the topology or --source-addresses");
  }
  if (part.first_port == 0) return {};
  if (auto fit = check_source_range(part.first_port, part.last_port); !fit) return fit;
  return check_source_ports(part, host);
}

/// True as long as this lives, however that ends.
class Raised {
 public:
  explicit Raised(bool& flag) : flag_(flag) { flag_ = true; }
  ~Raised() { flag_ = false; }
  Raised(const Raised&) = delete;
  Raised& operator=(const Raised&) = delete;

 private:
  bool& flag_;
};

}  // namespace

/// Before anything is sent for it. An agent sees its own part of a load alone, so it cannot tell a little one: consent is always asked.
Result<> AgentRun::may_prepare(const LoadWanted& wanted) {
  if (!is_prepared_) return refusal("prepare a load before prepare");
  if (!is_of_plan(wanted.target.endpoint)) return refusal(fmt::format("load {}: it is not of the plan", to_string(wanted.target.endpoint)));
  if (is_preparing_load_) return refusal("prepare a load while one is prepared");
  if (!open_.empty()) return refusal("prepare a load while a probe is under way");
  if (load_ && load_->is_under_way()) return refusal("prepare a load while one is under way");
  if (auto own = check_own_places(wanted.shape, host_); !own) return own;
  if (load_turn_) return {};
  auto turn = LoadTurn::take(host_);
  if (!turn) return turn.error();
  load_turn_ = std::move(*turn);
  return {};
}

net::Task<AgentRun::Answer> AgentRun::prepare_load(Self self, boost::json::value body) {
  auto wanted = from_json<LoadWanted>(body, "load_prepare");
  if (!wanted) co_return wanted.error();
  LoadPrepared prepared;
  auto lends = check_ceiling(wanted->shape, self->ceiling_, self->lent_);
  if (lends) lends = check_threads(wanted->shape.threads, cpus_of_this_process());
  if (!lends) {
    prepared.beyond = describe(lends.error());
    co_return to_json(prepared);
  }
  if (const auto may = self->may_prepare(*wanted); !may) co_return may.error();
  const Raised preparing(self->is_preparing_load_);
  auto asking = consent(self, *wanted);
  auto consented = co_await std::move(asking);
  if (!consented) co_return consented.error();
  prepared.consented = std::move(*consented);
  auto signing = signed_consent(self, *wanted);
  const auto is_signed = co_await std::move(signing);
  if (!is_signed) co_return is_signed.error();
  const auto takes = time_of(wanted->shape);
  auto load = self->make_load(std::move(*wanted));
  if (!load) co_return load.error();
  if (const auto kept = self->keep(std::move(*load)); !kept) co_return kept.error();
  self->next_loan_ = takes;
  co_return to_json(prepared);
}

/// A responder of hairpin has to answer through the target and repeat a number that only this connection had: what
/// is no responder of ours, or hears nothing, is never loaded.
net::Task<Result<std::string>> AgentRun::consent(Self self, LoadWanted wanted) {
  ProbeWanted question;
  question.order.trip = TripId::random();
  question.order.target = wanted.target;
  question.order.server_name = wanted.server_name;
  question.order.path = wanted.path;
  question.order.limit = kConsentLimit;
  question.order.run = wanted.run;
  question.is_plaintext = wanted.is_plaintext;
  question.shows_site = wanted.shows_site;
  net::TlsContext tls;
  if (!question.is_plaintext) {
    auto context = self->context_for(question);
    if (!context) co_return context.error();
    tls = *context;
  }
  const auto trip = question.order.trip;
  const auto interruption = std::make_shared<probe::Interruption>();
  self->open_.emplace(trip, interruption);
  std::function<void(const Tuple&)> on_dialled = [](const Tuple&) {};
  auto attempt = probe::run(question.order, tls, self->host_, *interruption, std::move(on_dialled));
  const auto seen = co_await std::move(attempt);
  self->open_.erase(trip);
  if (seen.answer && seen.answer->trip == trip) co_return seen.answer->name;
  co_return refusal(fmt::format("load {}: no responder of hairpin answers through it{}", to_string(wanted.target.endpoint),
                                seen.error.empty() ? "" : " (" + seen.error + ")"),
                    "a load needs a hairpin agent on the members behind it, and a path that works (hairpin run)");
}

Result<std::shared_ptr<AgentLoad>> AgentRun::make_load(LoadWanted wanted) const {
  const auto key = net::parse_load_key(wanted_.load_key);
  if (!key) return refusal("make a load in a run that has no key for it");
  const auto& own = shown(wanted.shows_site);
  const net::Identity identity{own.certificate_pem, own.key_pem};
  return AgentLoad::prepare(std::move(wanted), host_, ceiling_, identity, key);
}

/// In the place of the one before, unless that goes on: what nobody holds nobody stops.
Result<> AgentRun::keep(std::shared_ptr<AgentLoad> load) {
  if (load_ && load_->is_under_way()) return refusal("prepare a load while one is under way");
  load_ = std::move(load);
  return {};
}

/// One transaction of the very load, whose answer has to be signed with the run's key: who answered the trip might be a
/// responder of another run.
net::Task<Result<>> AgentRun::signed_consent(Self self, LoadWanted wanted) {
  const auto target = to_string(wanted.target.endpoint);
  auto& shape = wanted.shape;
  shape.arrivals = Arrivals::constant;  // one is due, at the beginning
  shape.rate = 1;
  shape.phases = {};
  shape.phases.sustain = milliseconds(1);
  shape.connections = shape.threads = shape.parts = 1;
  shape.part = shape.transactions = 0;
  shape.objects = {};
  shape.limit = kSignedLimit;
  auto load = self->make_load(std::move(wanted));
  if (!load) co_return load.error();
  // It is one: no other is prepared or begun beside it, and it ends with the run.
  if (const auto kept = self->keep(*load); !kept) co_return kept.error();
  if (const auto started = (*load)->start(self->executor_, system_clock().wall()); !started) co_return started.error();
  while ((*load)->is_under_way()) co_await net::sleep_for(kBetweenLooks);
  const auto seen = (*load)->end("");
  if (self->load_ == *load) self->load_.reset();
  if (seen.counts.completed > 0) co_return Result<>();
  if (seen.counts.failed.foreign > 0)
    co_return refusal("load " + target + ": who answers through it is no responder of this run",
                      "find out who it is; two runs on the same members disturb each other");
  co_return refusal("load " + target + ": no responder of this run signs an answer through it (" + seen.first_failure + ")",
                    "hairpin run tests the path");
}

AgentRun::Answer AgentRun::start_load(const boost::json::value& body) {
  const auto wanted = from_json<LoadStart>(body, "load_start");
  if (!wanted) return wanted.error();
  if (is_preparing_load_) return refusal("start a load while one is prepared");
  if (!load_) return refusal("start a load that was not prepared");
  if (const auto started = load_->start(executor_, wanted->at); !started) return started.error();
  lent_ += std::exchange(next_loan_, milliseconds(0));
  return boost::json::value(boost::json::object{});
}

AgentRun::Answer AgentRun::report_load() {
  if (!load_ || is_preparing_load_) return refusal("report a load that was not prepared");
  const auto report = load_->report();
  if (!report) return report.error();
  return to_json(*report);
}

AgentRun::Answer AgentRun::end_load() {
  if (!load_ || is_preparing_load_ || !load_->is_started()) return refusal("end a load that was not started");
  auto load = std::exchange(load_, nullptr);
  return to_json(load->end("the coordinator ended it"));
}

}  // namespace hairpin
