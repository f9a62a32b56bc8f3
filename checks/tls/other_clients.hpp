// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "checks/tls/mutual.hpp"

/// What the checks share that show a server other client certificates than the sound one.
namespace hairpin::checks {

/// A client certificate that a question shows.
struct OtherClient {
  TlsQuestion question;
  std::string_view words;  ///< "self-signed"
};

/// What web servers say to a client that may not come in; IIS refuses untrusted and revoked certificates so (403.16, 403.13).
bool is_forbidden(std::uint32_t status);

/// The server's outcome for this certificate, beside the connection with the sound one, which it takes. Who is refused on a page
/// and who is hung up on is refused; another answer than the sound one's is not known.
Reception reception_beside(const ProbeObservation& usual, const ProbeObservation& probe);

struct OtherClients {
  std::vector<const ProbeObservation*> tried;
  std::vector<TlsQuestion> taken_questions;
  std::vector<std::string> taken, refused, unknown;  ///< with the alert: "expired (the alert certificate_expired)"
  bool took(TlsQuestion question) const;
};
OtherClients outcomes_of(const Examined& e, std::span<const OtherClient> clients);

/// Why nothing can be said: there is no client certificate, nobody asks for it, or the sound one is refused. Absent: go on.
std::optional<Finding> unfit_for_other_clients(std::string_view check, const Examined& e);
bool is_certificate_required(const Examined& e);

/// What the server made of certificates that are to be refused, as a finding without a verdict yet.
Finding finding_about_clients(std::string_view check, const Examined& e, const OtherClients& outcomes);
/// Fails with `cause` where one was taken; inconclusive where one may have been.
Finding judge_refusals(Finding finding, const OtherClients& outcomes, std::string_view cause);
/// The same where the server requires a certificate; otherwise it may do with them what it likes: info.
Finding judge_required_refusals(std::string_view check, const Examined& e, const OtherClients& outcomes, std::string_view cause);

}  // namespace hairpin::checks
