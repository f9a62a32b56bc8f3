// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hairpin/caller/progress.hpp"
#include "net/task.hpp"
#include "probe/probe.hpp"
#include "probe/question.hpp"

namespace hairpin {

/// Every question about one endpoint, each with a connection of its own, one after the other.
class TlsQuestions {
 public:
  /// `order` has what all connections have in common: target, path, limit, server name.
  /// `repetitions`: how often the usual question is asked, to meet every member.
  TlsQuestions(probe::Questioner questioner, probe::Order order, std::uint32_t repetitions, std::string host, Progress& progress);
  /// All of them; only the first where nothing answers. Lives as long as this.
  net::Task<> ask_all();
  const std::vector<ProbeObservation>& answers() const { return answers_; }
  const std::optional<Error>& failure() const { return failure_; }  ///< a client that OpenSSL would not set up

 private:
  net::Task<> ask(TlsQuestion question, Depth depth);
  /// With a request; where the server is none that answers one, by the end of the connection.
  net::Task<> ask_deep(TlsQuestion question);
  net::Task<> ask_as_other_clients();  ///< with the questioner's other certificates, where ours was taken
  net::Task<> ask_with_requests();
  net::Task<> ask_bare_again();        ///< as often as each member is met, where somebody asks for a certificate
  net::Task<> ask_slowly();            ///< only with `patience` in the order
  /// Again where it did not end well: one connection may fail for a reason of its own.
  net::Task<> ask_twice_at_most(TlsQuestion question, Depth depth);
  net::Task<> ask_for_sessions(TlsQuestion session, TlsQuestion resumed);
  net::Task<> ask_about_sessions();
  /// Data with the ClientHello, and the same bytes twice, where the last session allows it.
  net::Task<> ask_for_early_data();
  /// A session of another name, made without client certificate, shown where one is required.
  net::Task<> ask_without_certificate(TlsQuestion session, TlsQuestion resumed);

  probe::Questioner questioner_;
  probe::Order order_;
  std::uint32_t repetitions_;
  std::string host_;
  Progress& progress_;
  Depth depth_ = Depth::http;
  std::vector<ProbeObservation> answers_;
  std::optional<Error> failure_;
};

}  // namespace hairpin
