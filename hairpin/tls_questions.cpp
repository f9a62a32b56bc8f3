// SPDX-License-Identifier: Apache-2.0
#include "hairpin/tls_questions.hpp"

#include <array>
#include <boost/describe/enum_to_string.hpp>

#include "net/tls/session_memory.hpp"

namespace hairpin {
namespace {

/// Two members that share no ticket keys, chosen at random, then show both outcomes with probability 7/8; in turns for certain.
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

/// As deep as the question goes: of what OpenSSL cannot offer itself, only the ServerHello is looked at.
Depth depth_for(TlsQuestion question) {
  if (question == plaintext) return Depth::http;
  const bool has_own_hello = (question >= compression && question <= cipher_cbc) || (question >= hello_300 && question <= hello_17000);
  return has_own_hello ? Depth::hello : Depth::tls;
}

}  // namespace

TlsQuestions::TlsQuestions(probe::Questioner questioner, probe::Order order, std::string host, Progress& progress)
    : questioner_(std::move(questioner)), order_(std::move(order)), host_(std::move(host)), progress_(progress) {
  questioner_.sessions = std::make_shared<net::SessionMemory>();
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

net::Task<> TlsQuestions::ask_for_sessions(TlsQuestion session, TlsQuestion resumed) {
  questioner_.sessions->keep(nullptr);
  auto first = ask(session, depth_);
  co_await std::move(first);
  for (int i = 0; i < kResumptions && !failure_ && questioner_.sessions->last(); ++i) {
    auto next = ask(resumed, depth_);
    co_await std::move(next);
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
  }
  const bool has_tls = answers_.back().tls && !answers_.back().tls->version.empty();
  std::vector<TlsQuestion> others{only_tls10, only_tls11, only_tls12, only_tls13, fallback};
  if (!questioner_.server_name.empty() && !parse_address(questioner_.server_name)) {
    others.push_back(without_name);
    others.push_back(other_name);
  }
  // Also where the usual hello was not answered: its size may be why.
  others.insert(others.end(), {hello_300, hello_511, hello_1600, hello_17000});
  if (has_tls) others.insert(others.end(), kOfServersWithTls.begin(), kOfServersWithTls.end());
  for (std::size_t i = 0; i < others.size() && !failure_; ++i) {
    auto next = ask(others[i], depth_for(others[i]));
    co_await std::move(next);
  }
  auto old_sessions = ask_for_sessions(session_tls12, resumed_tls12);
  co_await std::move(old_sessions);
  auto new_sessions = ask_for_sessions(session_tls13, resumed_tls13);
  co_await std::move(new_sessions);
}

}  // namespace hairpin
