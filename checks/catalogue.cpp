// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"

#include <algorithm>
#include <array>

namespace hairpin::checks {

std::span<const Check> catalogue() {
  // In the order in which a person asks: is the pool reached, on every member, and back the way it went out?
  static const std::array checks{reachability, coverage, return_path, snat, reset, idle, loss, member, name_check, config, state, load_check, vantage,
                                 // … and is its TLS what clients need?
                                 tls_mode, tls_member_leg, tls_handshake, tls_chain, tls_trust, tls_name, tls_validity, tls_usage,
                                 tls_strength, tls_revocation, tls_staple, tls_certificate_form, tls_same_certificate,
                                 tls_one_certificate, tls_key_types, tls_version,
                                 tls_downgrade, tls_cipher, tls_groups, tls_signature, tls_renegotiation, tls_master_secret,
                                 tls_compression, tls_server_name, tls_protocol, tls_key_update, tls_resumption, tls_resumption_members, tls_early_data,
                                 tls_hello_size, tls_hello_segments, tls_hello_records, tls_hello_key_share, tls_unknown_values,
                                 tls_record_sizes, tls_fragment_length, tls_plaintext, tls_ending, tls_half_close, tls_patience,
                                 mtls_request, mtls_accepted, mtls_issuers, mtls_identity, mtls_resumed_identity, mtls_own_connections, mtls_signatures, mtls_sessions,
                                 mtls_verification, mtls_possession, mtls_defects, mtls_chain, mtls_later};
  return checks;
}

const Check* find_check(std::string_view id) {
  const auto all = catalogue();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Check& check) { return check.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace hairpin::checks
