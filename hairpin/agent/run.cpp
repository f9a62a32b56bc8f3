// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include "base/json.hpp"
#include "hairpin/messages/source_ports.hpp"
#include "net/names.hpp"
#include "net/tls/session_memory.hpp"
#include "net/tls/verify.hpp"
#include "probe/question.hpp"
#include "topology/host/host_view.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kProofLimit{500};
/// What follows the packet that decides a trip (the RST to a third address) belongs into its evidence.
constexpr milliseconds kLinger{30};
constexpr milliseconds kLongestPhase{10'000};
constexpr milliseconds kLongestIdle{24 * 3'600'000};  // as the topology's durations
constexpr milliseconds kNameLimit{2'000};

constexpr capture::PortRange kSamplePorts{kFirstSamplePort, kLastSamplePort};

Error not_prepared(const char* action) { return refusal(fmt::format("{} before prepare", action)); }

}  // namespace

AgentRun::AgentRun(net::Executor executor, std::string host, Notify notify, LoadCeiling ceiling)
    : executor_(std::move(executor)), host_(std::move(host)), notify_(std::move(notify)), session_(std::make_shared<net::SessionMemory>()), ceiling_(ceiling) {}

net::Task<AgentRun::Answer> AgentRun::execute(control::Action action, boost::json::value body) {
  const auto self = shared_from_this();
  switch (action) {
    case control::Action::prepare:
      return prepare(self, std::move(body));
    case control::Action::facts:
      return facts(self, std::move(body));
    case control::Action::probe:
      return probe(self, std::move(body));
    case control::Action::served:
      return served(self);
    case control::Action::load_prepare:
      return prepare_load(self, std::move(body));
    case control::Action::load_start:
      return answered(start_load(body));
    case control::Action::load_report:
      return answered(report_load());
    case control::Action::load_end:
      return answered(end_load());
    case control::Action::show:
      return show(self, std::move(body));
    case control::Action::finish:
      return finish(self);
    default:
      return flush(self);  // hello and clock are the session's
  }
}

void AgentRun::stop() {
  notify_ = nullptr;
  for (const auto& [trip, interruption] : open_) interruption->signal();
  listeners_.clear();
  captures_.reset();
  if (load_) load_->stop("the run ended");
  load_.reset();
  load_turn_.reset();
}

void AgentRun::notify(const char* notice, boost::json::value body) {
  if (notify_) notify_(notice, std::move(body));
}

net::Task<AgentRun::Answer> AgentRun::prepare(Self self, boost::json::value body) {
  auto wanted = from_json<control::Prepare>(body, "prepare");
  if (!wanted) co_return wanted.error();
  if (self->is_prepared_) co_return refusal("prepare twice");
  if (wanted->host != self->host_)
    co_return refusal(fmt::format("be {}: this agent is {}", wanted->host, self->host_),
                      "correct the agent's address in the topology, or its --name");
  self->is_prepared_ = true;
  self->wanted_ = std::move(*wanted);
  Prepared prepared;
  // Captures first: what happens on the ports from now on is seen.
  if (self->wanted_.watch) self->start_captures(self->wanted_);
  for (const auto& listen : self->wanted_.listen) prepared.listeners.push_back(self->listen(listen));
  if (const auto captures = self->captures_) {
    // Beside a load they see sampled trips only, and behind a SNAT that changes ports not even those: never proven, so that
    // what they do not see says nothing.
    if (!self->wanted_.is_for_load) co_await AgentCaptures::prove(captures, kProofLimit);
    prepared.captures = captures->facts();
  }
  co_return to_json(prepared);
}

Result<net::TlsContext> AgentRun::server_context(const control::Listen& wanted, const control::Show& show) const {
  net::TlsServerSettings tls;
  const auto& own = shown(show.is_site);
  tls.identity = {own.certificate_pem, own.key_pem};
  tls.is_on_trial = true;
  tls.trusted_pem = wanted_.site ? wanted_.site->trusted_pem : wanted_.credentials.trusted_pem;
  // Paths are tested with the run's certificates. Who names no roots judges nobody: what it takes is recorded only.
  if (wanted_.site && !tls.trusted_pem.empty()) tls.unnamed_pem = wanted_.credentials.trusted_pem;
  if (wanted.requests_client_certificate) tls.client_certificates = net::ClientCertificates::requested;
  if (wanted.requires_client_certificate) tls.client_certificates = net::ClientCertificates::required;
  tls.serves_load = wanted.serves_load;
  tls.resumes_sessions = wanted.serves_load ? wanted.resumes_sessions : show.gives_sessions;
  if (wanted_.site && show.gives_sessions) {
    const auto& key = wanted_.site->ticket_key;
    tls.ticket_key.resize(key.empty() ? 0 : net::kTicketKeyBytes);
    if (!parse_hex(key, reinterpret_cast<std::uint8_t*>(tls.ticket_key.data()), tls.ticket_key.size())) return refusal("use the ticket key: it is none");
  }
  return net::TlsContext::server(tls);
}

Listening AgentRun::listen(const control::Listen& wanted) {
  Listening result{wanted.port, {}, false, false};
  const auto refuse = [&result](const Error& error) {
    result.error = describe(error);
    result.lacks_privilege = error.code == boost::system::errc::permission_denied;
    result.is_taken = error.code == boost::system::errc::address_in_use;
    return result;
  };
  const auto context = server_context(wanted, control::Show());
  if (!context) return refuse(context.error());
  responder::Settings settings;
  settings.name = host_;
  settings.port = wanted.port;
  settings.identity_header = wanted.identity_header;
  settings.header_limit += std::clamp(wanted.idle, milliseconds(0), kLongestIdle);
  if (wanted.serves_load) settings.load.emplace().key = net::parse_load_key(wanted_.load_key);
  const auto on_observation = [weak = weak_from_this()](ResponderObservation observation) {
    if (const auto self = weak.lock()) self->notify(kResponderNotice, to_json(observation));
  };
  auto started = responder::Responder::start(executor_, settings, *context, on_observation);
  if (!started) return refuse(started.error());
  listeners_.push_back({wanted, std::move(*started)});
  return result;
}

void AgentRun::start_captures(const control::Prepare& wanted) {
  const auto weak = weak_from_this();
  const auto send = [weak](const std::string& notice, boost::json::value body) {
    if (const auto self = weak.lock()) self->notify(notice.c_str(), std::move(body));
  };
  const auto on_packet = [weak](const PacketObservation& packet) {
    if (const auto self = weak.lock()) self->watch_->see(packet);
  };
  captures_ = std::make_shared<AgentCaptures>(host_, send, on_packet);
  // Without one of them the filter would let through everybody's traffic.
  if (wanted.watch->ports.empty() || wanted.watch->addresses.empty())
    return captures_->refuse(refusal("capture without the ports and the addresses of a plan"));
  const auto interfaces = host::interfaces();
  if (!interfaces) return captures_->refuse(interfaces.error());
  std::vector<IpAddress> own;
  for (const auto& interface : *interfaces)
    own.insert(own.end(), interface.addresses.begin(), interface.addresses.end());
  const auto on_decided = [weak](const TripId& trip, capture::Decision, const PacketObservation&) {
    if (const auto self = weak.lock()) net::spawn(self->executor_, interrupt_later(self, trip));
  };
  watch_ = std::make_unique<capture::Watch>(own, wanted.watch->members, on_decided);
  const auto ports = wanted.is_for_load ? std::optional(kSamplePorts) : std::nullopt;
  captures_->open(executor_, *interfaces, *wanted.watch, ports);
}

net::Task<> AgentRun::interrupt_later(Self self, TripId trip) {
  co_await net::sleep_for(kLinger);
  const auto open = self->open_.find(trip);
  if (open != self->open_.end()) open->second->signal();
}

net::Task<AgentRun::Answer> AgentRun::facts(Self self, boost::json::value body) {
  const auto wanted = from_json<FactsWanted>(body, "facts");
  if (!wanted) co_return wanted.error();
  HostFacts facts;
  facts.host = self->host_;
  facts.is_before = wanted->is_before;
  facts.time = system_clock().wall();
  facts.kernel = host::kernel_release();
  auto interfaces = host::interfaces();
  if (!interfaces) co_return interfaces.error();
  facts.interfaces = std::move(*interfaces);
  if (auto neighbours = host::neighbours()) facts.neighbours = std::move(*neighbours);
  for (const auto& address : self->wanted_.routes_to) {
    auto route = host::route_to(address);
    if (!route) {
      RouteFacts unknown;
      unknown.to = address;
      unknown.error = describe(route.error());
      route = unknown;
    }
    facts.routes.push_back(std::move(*route));
  }
  facts.counters = host::counters();
  if (!wanted->is_before) co_return to_json(facts);
  for (const auto& name : self->wanted_.names) {
    auto resolving = net::resolve(name, kNameLimit);
    auto resolved = co_await std::move(resolving);
    NameFacts known{name, {}, {}};
    if (resolved)
      known.addresses = std::move(*resolved);
    else
      known.error = describe(resolved.error());
    facts.names.push_back(std::move(known));
  }
  co_return to_json(facts);
}

bool AgentRun::is_of_plan(const Endpoint& endpoint) const {
  if (!wanted_.watch) return false;
  const auto holds = [&endpoint](const std::vector<Endpoint>& all) {
    return std::find(all.begin(), all.end(), endpoint) != all.end();
  };
  return holds(wanted_.watch->vips) || holds(wanted_.watch->members);
}

/// The site's certificate where it is wanted and the topology names one, else the run's.
const control::Credentials& AgentRun::shown(bool is_site) const {
  return is_site && wanted_.site && !wanted_.site->certificate_pem.empty() ? *wanted_.site : wanted_.credentials;
}

Result<net::TlsContext> AgentRun::context_for(const ProbeWanted& wanted) {
  const auto question = wanted.order.question ? boost::describe::enum_to_string(*wanted.order.question, "") : "";
  const auto key = fmt::format("{} {} {}", wanted.order.server_name, question, wanted.shows_site);
  if (const auto known = contexts_.find(key); known != contexts_.end()) return known->second;
  auto context = make_context(wanted);
  if (context) contexts_.emplace(key, *context);
  return context;
}

Result<net::TlsContext> AgentRun::make_context(const ProbeWanted& wanted) const {
  const auto& own = shown(wanted.shows_site);
  if (!wanted.order.question) {
    net::TlsClientSettings settings;
    settings.identity = {own.certificate_pem, own.key_pem};
    settings.is_on_trial = true;
    settings.server_name = wanted.order.server_name;  // certificates are recorded, not judged: paths are what is tested here
    return net::TlsContext::client(settings);
  }
  probe::Questioner questioner;
  questioner.server_name = wanted.order.server_name;
  questioner.sessions = session_;
  if (wanted_.site) {  // never the run's own: nothing that it would show is the site's
    questioner.identity = {wanted_.site->certificate_pem, wanted_.site->key_pem};
    if (!wanted_.site->trusted_pem.empty()) {
      auto anchors = net::Anchors::read(wanted_.site->trusted_pem, "trusted by " + host_);
      if (!anchors) return anchors.error();
      questioner.anchors = std::make_shared<const net::Anchors>(std::move(*anchors));
    }
  }
  return net::TlsContext::client(probe::settings_for(*wanted.order.question, questioner));
}

void AgentRun::take_sample_port(probe::Order& order) {
  // The first by chance: the ones of the load before may be in TIME-WAIT, here or behind the VIP.
  constexpr unsigned kCount = kSamplePorts.last - kSamplePorts.first + 1;
  const auto& chance = order.trip.bytes;
  const unsigned next = sample_port_ == 0 ? chance[0] * 256U + chance[1] : sample_port_ + 1U - kSamplePorts.first;
  sample_port_ = static_cast<std::uint16_t>(kSamplePorts.first + next % kCount);
  order.from = Endpoint{IpAddress{order.target.endpoint.address.family, {}}, sample_port_};
}

net::Task<AgentRun::Answer> AgentRun::probe(Self self, boost::json::value body) {
  auto wanted = from_json<ProbeWanted>(body, "probe");
  if (!wanted) co_return wanted.error();
  const auto& order = wanted->order;
  if (!self->is_prepared_) co_return not_prepared("probe");
  if (!self->is_of_plan(order.target.endpoint))
    co_return refusal(fmt::format("probe {}: it is not of the plan", to_string(order.target.endpoint)));
  if (!self->open_.empty()) co_return refusal("probe while another probe is under way");
  if (order.limit <= milliseconds(0) || order.limit > kLongestPhase)
    co_return refusal(fmt::format("probe with a limit of {} ms", order.limit.count()));
  if (order.idle < milliseconds(0) || order.idle > kLongestIdle || order.hold < milliseconds(0) || order.hold > kLongestPhase)
    co_return refusal("probe with such a rest");
  net::TlsContext tls;
  if (order.question == TlsQuestion::member_session) self->session_->forget();
  if (!wanted->is_plaintext) {
    auto context = self->context_for(*wanted);
    if (!context) co_return context.error();
    tls = *context;
  }
  if (self->wanted_.is_for_load) self->take_sample_port(wanted->order);
  const auto interruption = std::make_shared<probe::Interruption>();
  const TripId trip = order.trip;
  self->open_.emplace(trip, interruption);
  std::function<void(const Tuple&)> on_dialled = [self, trip](const Tuple& tuple) {
    if (self->watch_) self->watch_->dialled(tuple, trip);
  };
  auto attempt = probe::run(wanted->order, tls, self->host_, *interruption, std::move(on_dialled));
  const auto observation = co_await std::move(attempt);
  if (self->watch_) self->watch_->ended(trip);
  self->open_.erase(trip);
  co_return to_json(observation);
}

net::Task<AgentRun::Answer> AgentRun::show(Self self, boost::json::value body) {
  const auto wanted = from_json<control::Show>(body, "show");
  if (!wanted) co_return wanted.error();
  for (const auto& listener : self->listeners_) {
    auto context = self->server_context(listener.wanted, *wanted);
    if (!context) co_return context.error();
    listener.responder->use(std::move(*context));
    listener.responder->keep_connections(wanted->keeps_connections);
  }
  co_return boost::json::object{};
}

net::Task<AgentRun::Answer> AgentRun::flush(Self self) {
  for (const auto& listener : self->listeners_) listener.responder->flush();
  if (self->captures_) self->captures_->flush();
  co_return boost::json::object{};
}

net::Task<AgentRun::Answer> AgentRun::served(Self self) {
  Served served;
  for (const auto& [listening, responder] : self->listeners_)
    if (auto counts = responder->load()) served.listeners.push_back(std::move(*counts));
  keep_to_a_frame(served);
  co_return to_json(served);
}

net::Task<AgentRun::Answer> AgentRun::finish(Self self) {
  Finished finished;
  if (const auto captures = self->captures_) {
    if (!self->wanted_.is_for_load) co_await AgentCaptures::prove(captures, kProofLimit);
    captures->flush();
    finished.captures = captures->facts();
  }
  for (const auto& listener : self->listeners_) listener.responder->flush();
  self->listeners_.clear();
  self->captures_.reset();
  co_return to_json(finished);
}

}  // namespace hairpin
