// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "evidence/tls_question.hpp"
#include "net/tls.hpp"

namespace hairpin::probe {

/// What client certificates are made of.
struct ClientMaterial {
  net::Identity sound;      ///< a server takes it
  net::Identity authority;  ///< a server trusts what it issues; empty: what only such an authority can make is left out
  net::Identity revoked;    ///< a server is to refuse it; empty: left out
};

/// The client certificates of the questions about bad and unusual clients. What cannot be made of this material, for the kind
/// of its key or because there are no intermediates to leave out, is left out, and its question is not asked.
std::map<TlsQuestion, net::Identity> unusual_clients(const ClientMaterial& material);

}  // namespace hairpin::probe
