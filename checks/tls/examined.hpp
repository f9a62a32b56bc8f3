// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/check.hpp"

namespace hairpin::checks {

/// Everything that one source asked about the TLS of one endpoint: the unit of judgement of the checks `tls-…`, `mtls-…`.
struct Examined {
  Subject subject;
  const Expectation* expect = nullptr;               ///< never null
  std::vector<const ProbeObservation*> connections;  ///< in their order
  bool is_of_run = false;    ///< asked by a run, beside its trips: what the path does is judged by those
  bool is_stand_in = false;  ///< in a run: TLS ends at hairpin's responder, which has the service's certificate and roots, no more
  bool trusts_nobody = false;///< in a run: the topology names no roots of this member
  std::optional<std::string> asked_by_balancer;  ///< of a member to which the balancer speaks TLS: the name that it asks for; empty: none

  const ProbeObservation* asked(TlsQuestion question) const;  ///< null when it was not; the last one, when it was twice
  std::vector<const ProbeObservation*> all(TlsQuestion question) const;
  /// The answer that shows the server's certificates: the usual one, or another that got so far; null when none did.
  const ProbeObservation* certified() const;
  /// The connection without a client certificate: asked for on purpose, or usual because there is none.
  const ProbeObservation* uncertified() const;
};

std::vector<Examined> examined(const Case& c);
bool ends_at_balancer(const Expectation& expect);  ///< by the topology's promise
/// Both ends of one connection to it prove that nobody ends TLS between them, whatever is promised.
bool is_passed_through(const Case& c, const Target& target);
/// What `judge_endpoint` says of each of them. A run asks about certificates alone; who needs the answer to another question
/// says nothing where it was not asked.
std::vector<Finding> judge_each(const Case& c, Finding (*judge_endpoint)(const Examined&), TlsQuestion needed = TlsQuestion::usual);

bool has_connected(const ProbeObservation& probe);     ///< TCP
bool has_shaken_hands(const ProbeObservation& probe);  ///< the TLS handshake was complete for the client
bool has_negotiated(const ProbeObservation& probe);    ///< the server chose a version and a cipher, whatever came then

/// What became of a client's certificate, or of its want. In TLS 1.3 the handshake is complete before the server has
/// judged it, so only what comes afterwards tells.
enum class Reception { taken, refused, unknown };
Reception reception_of(const ProbeObservation& probe);

/// "the alert unknown_ca", "a page 400 No required SSL certificate was sent", "closed in phase tls".
std::string ending_text(const ProbeObservation& probe);

/// "takes A, B; refuses C; not known: D", without the parts that are empty.
std::string taken_text(const std::vector<std::string>& taken, const std::vector<std::string>& refused,
                       const std::vector<std::string>& unknown);

/// A finding whose evidence is this connection.
Finding finding_about(std::string_view check, const Examined& e, const ProbeObservation& probe);
/// Verdict and cause from the row; the one connection shows it, and another would show the same.
void blame(Finding& finding, std::string_view cause, std::string summary = {});
/// Skipped, because nobody could look: what stopped it is judged by `tls-handshake`.
Finding skip_unseen(std::string_view check, const Examined& e);
std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");

}  // namespace hairpin::checks
