// SPDX-License-Identifier: Apache-2.0
#include "hairpin/tls/questions.hpp"

#include <algorithm>
#include <array>
#include <boost/describe/enum_to_string.hpp>

#include "net/http1.hpp"
#include "net/tls/session_memory.hpp"
#include "probe/exchange.hpp"

namespace hairpin {
namespace {

/// Two members that share no ticket keys, chosen at random, then show both outcomes with probability 7/8. In turns for certain, because one connection
/// without a session comes between: each that is not resumed brings a session of the wrong one for the next.
constexpr int kResumptions = 4;

bool is_answered_by_http(const ProbeObservation& probe) { return probe.http_status.has_value(); }

/// Complete for the client, and then nothing that tells what the server made of it.
bool is_open(const ProbeObservation& probe) {
  return probe.ended_in > Phase::tls && !probe.alert && !is_answered_by_http(probe);
}

using enum TlsQuestion;
constexpr std::array kOfServersWithTls{plaintext,          renegotiation,    compression,       cipher_unencrypted, cipher_anonymous, cipher_export_grade,
                                       cipher_rc4,         cipher_triple_des, cipher_static_rsa, cipher_cbc, protocol_http,      protocol_unknown, only_rsa,
                                       only_ecdsa,         group_x25519,     group_p256,        group_p384};
constexpr std::array kFormsOfTheHello{segments_first_byte, segments_record_header, segments_random, segments_at_once, small_records, post_quantum};

/// Its session was used up by a replay, and no other came.
bool has_spent_its_session(const ProbeObservation& probe) {
  return (probe.question == early_data || probe.question == early_replay) && !(probe.details && probe.details->tickets > 0);
}

bool was_asked(const ProbeObservation& probe) { return probe.details && probe.details->was_asked; }

/// As deep as the question goes: of what OpenSSL cannot offer itself, only the ServerHello is looked at.
Depth depth_for(TlsQuestion question) {
  if (question == plaintext) return Depth::http;
  const bool has_own_hello = (question >= compression && question <= cipher_cbc) || (question >= hello_300 && question <= post_quantum);
  return has_own_hello ? Depth::hello : Depth::tls;
}

constexpr std::array kWithRequests{small_fragments, asked_later, half_close};

struct Stop {
  TlsQuestion question;
  Depth depth;
};
constexpr std::array kStops{Stop{stalled_connection, Depth::tcp}, Stop{stalled_hello, Depth::hello}, Stop{stalled_session, Depth::tls}};

bool stalls(TlsQuestion question) { return question == stalled_connection || question == stalled_hello || question == stalled_session; }

/// A server that asked for our certificate and did not refuse it may be shown others.
constexpr std::array kOfClients{client_leaf_alone, client_self_signed, client_stranger, client_namesake, client_other_key, client_long,
                                client_revoked,    client_issued,      client_for_servers, client_expired, client_future,
                                client_chain_1,    client_chain_3,     client_chain_9,  client_chain_10};

bool takes_client_certificate(const ProbeObservation& probe) {
  return probe.question == usual && probe.details && probe.details->was_asked && probe.details->has_spoken && !probe.alert;
}

}  // namespace

TlsQuestions::TlsQuestions(probe::Questioner questioner, probe::Order order, std::uint32_t repetitions, std::string host, Progress& progress)
    : questioner_(std::move(questioner)), order_(std::move(order)), repetitions_(repetitions), host_(std::move(host)), progress_(progress) {
  questioner_.sessions = std::make_shared<net::SessionMemory>();
  if (auto request = net::http1::write(probe::request_of(order_))) questioner_.early_request = std::move(*request);
}

net::Task<> TlsQuestions::ask(TlsQuestion question, Depth depth) {
  progress_.update(std::string("asking: ") + boost::describe::enum_to_string(question, ""));
  Result<net::TlsContext> tls = net::TlsContext();
  if (question != TlsQuestion::plaintext) tls = net::TlsContext::client(probe::settings_for(question, questioner_));
  if (!tls) {
    failure_ = tls.error();
    co_return;
  }
  auto order = order_;
  order.trip = TripId::random();
  order.question = question;
  order.depth = depth;
  if (!stalls(question)) order.patience.reset();
  order.attempt = static_cast<std::uint32_t>(answers_.size() + 1);
  probe::Interruption interruption;
  auto work = probe::run(std::move(order), std::move(*tls), host_, interruption, {});
  auto observation = co_await std::move(work);
  answers_.push_back(std::move(observation));
}

net::Task<> TlsQuestions::ask_deep(TlsQuestion question) {
  auto first = ask(question, depth_);
  co_await std::move(first);
  if (failure_ || depth_ == Depth::tls || !is_open(answers_.back())) co_return;
  auto second = ask(question, Depth::tls);
  co_await std::move(second);
}

net::Task<> TlsQuestions::ask_twice_at_most(TlsQuestion question, Depth depth) {
  auto first = ask(question, depth);
  co_await std::move(first);
  const bool is_well = failure_ || answers_.back().end == End::answered || answers_.back().ended_in == Phase::connect;
  if (is_well) co_return;
  auto second = ask(question, depth);
  co_await std::move(second);
}

net::Task<> TlsQuestions::ask_for_sessions(TlsQuestion session, TlsQuestion resumed) {
  questioner_.sessions->keep(nullptr);
  auto first = ask(session, depth_);
  co_await std::move(first);
  for (int i = 0; i < kResumptions && !failure_ && questioner_.sessions->last(); ++i) {
    if (i == kResumptions / 2) {
      auto between = ask(same_again, Depth::tls);
      co_await std::move(between);
    }
    auto next = ask(resumed, depth_);
    co_await std::move(next);
  }
}

net::Task<> TlsQuestions::ask_as_other_clients() {
  if (std::none_of(answers_.begin(), answers_.end(), takes_client_certificate)) co_return;
  for (std::size_t i = 0; i < kOfClients.size() && !failure_; ++i) {
    if (!questioner_.clients.contains(kOfClients[i])) continue;
    auto next = ask(kOfClients[i], depth_);
    co_await std::move(next);
  }
}

net::Task<> TlsQuestions::ask_with_requests() {
  for (const auto question : kWithRequests) {
    const bool is_known = question != half_close || depth_ == Depth::http;  // who answers no request need not end it
    if (failure_ || !is_known) continue;
    auto next = ask(question, depth_);
    co_await std::move(next);
  }
}

net::Task<> TlsQuestions::ask_slowly() {
  for (const auto& stop : kStops) {
    if (failure_ || !order_.patience) continue;
    auto next = ask(stop.question, stop.depth);
    co_await std::move(next);
  }
}

net::Task<> TlsQuestions::ask_for_early_data() {
  if (failure_ || !questioner_.sessions->allows_early_data()) co_return;
  auto early = ask(early_data, depth_);
  co_await std::move(early);
  const bool is_accepted = !failure_ && answers_.back().details && answers_.back().details->early_data == EarlyData::accepted;
  if (!is_accepted) co_return;
  if (has_spent_its_session(answers_.back())) {  // a second use of the ticket would not be the replay
    questioner_.sessions->keep(nullptr);
    auto another = ask(session_tls13, depth_);
    co_await std::move(another);
  }
  if (failure_ || !questioner_.sessions->last()) co_return;
  auto replay = ask(early_replay, depth_);
  co_await std::move(replay);
}

net::Task<> TlsQuestions::ask_without_certificate(TlsQuestion session, TlsQuestion resumed) {
  questioner_.sessions->keep(nullptr);
  auto first = ask(session, depth_);
  co_await std::move(first);
  if (failure_ || !questioner_.sessions->last()) co_return;
  // With a request, although nobody answered the usual one: that may have been for want of a certificate.
  auto second = ask(resumed, Depth::http);
  co_await std::move(second);
}

net::Task<> TlsQuestions::ask_bare_again() {
  const auto last = std::find_if(answers_.rbegin(), answers_.rend(), [](const auto& probe) { return probe.question == without_certificate; });
  if (last == answers_.rend() || std::none_of(answers_.begin(), answers_.end(), was_asked)) co_return;
  const auto depth = last->depth;
  for (std::uint32_t i = 1; i < repetitions_ && !failure_; ++i) {
    auto again = ask(without_certificate, depth);
    co_await std::move(again);
  }
}

net::Task<> TlsQuestions::ask_all() {
  auto first = ask_deep(usual);
  co_await std::move(first);
  if (failure_ || answers_.back().ended_in == Phase::connect) co_return;
  if (!is_answered_by_http(answers_.back())) depth_ = Depth::tls;
  if (!questioner_.identity.certificate_pem.empty()) {
    auto bare = ask_deep(without_certificate);
    co_await std::move(bare);
    auto others = ask_as_other_clients();
    co_await std::move(others);
  }
  const bool has_tls = std::any_of(answers_.begin(), answers_.end(), [](const auto& probe) { return probe.tls && !probe.tls->version.empty(); });
  const bool has_name = !questioner_.server_name.empty() && !parse_address(questioner_.server_name);
  std::vector<TlsQuestion> others{only_tls10, only_tls11, only_tls12, only_tls13, fallback};
  if (has_name) others.insert(others.end(), {without_name, other_name, name_upper, name_dotted, segments_name});
  // Also where the usual hello was not answered: its size may be why.
  others.insert(others.end(), {hello_300, hello_511, hello_1600, hello_17000});
  if (has_tls) others.insert(others.end(), kOfServersWithTls.begin(), kOfServersWithTls.end());
  if (has_tls) others.insert(others.end(), kFormsOfTheHello.begin(), kFormsOfTheHello.end());
  for (std::size_t i = 0; i < others.size() && !failure_; ++i) {
    auto next = ask(others[i], depth_for(others[i]));
    co_await std::move(next);
  }
  if (has_tls) {
    for (std::uint32_t i = 1; i < repetitions_ && !failure_; ++i) {
      auto again = ask(same_again, Depth::tls);
      co_await std::move(again);
    }
    auto bare = ask_bare_again();
    co_await std::move(bare);
    auto unknown = ask_twice_at_most(unknown_values, Depth::hello);
    co_await std::move(unknown);
    auto updated = ask_twice_at_most(key_update, depth_);
    co_await std::move(updated);
    auto more = ask_with_requests();
    co_await std::move(more);
    auto slow = ask_slowly();
    co_await std::move(slow);
  }
  auto sessions = ask_about_sessions();
  co_await std::move(sessions);
}

net::Task<> TlsQuestions::ask_about_sessions() {
  auto old_sessions = ask_for_sessions(session_tls12, resumed_tls12);
  co_await std::move(old_sessions);
  if (!failure_ && questioner_.sessions->last()) {
    auto moved = ask(moved_tls12, Depth::tls);
    co_await std::move(moved);
  }
  auto new_sessions = ask_for_sessions(session_tls13, resumed_tls13);
  co_await std::move(new_sessions);
  auto early = ask_for_early_data();
  co_await std::move(early);
  if (!failure_ && questioner_.sessions->last() && !has_spent_its_session(answers_.back())) {
    auto moved = ask(moved_tls13, Depth::tls);
    co_await std::move(moved);
  }
  if (failure_ || std::none_of(answers_.begin(), answers_.end(), was_asked)) co_return;
  auto old_bare = ask_without_certificate(bare_session_tls12, bare_resumed_tls12);
  co_await std::move(old_bare);
  auto new_bare = ask_without_certificate(bare_session_tls13, bare_resumed_tls13);
  co_await std::move(new_bare);
}

}  // namespace hairpin
