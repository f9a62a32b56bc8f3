// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "evidence/observation.hpp"
#include "net/tls.hpp"

namespace hairpin::probe {

/// What the client of all questions has and wants.
struct Questioner {
  net::Identity identity;                      ///< empty: no client certificate
  std::map<TlsQuestion, net::Identity> clients;///< other client certificates, for questions of their own (probe/bad_client.hpp)
  std::shared_ptr<const net::Anchors> anchors; ///< null: chains are recorded, not verified
  std::string server_name;                     ///< SNI, and the name that the certificate has to have
  std::string other_name = kUnknownServerName; ///< of the questions whose session is another name's
  std::string early_request;                   ///< that may go along with a ClientHello
  std::shared_ptr<net::SessionMemory> sessions;///< shared by a `session_…` question and the `resumed_…` ones after it
};

/// What is offered to get this question answered.
net::TlsClientSettings settings_for(TlsQuestion question, const Questioner& questioner);

}  // namespace hairpin::probe
