// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/check.hpp"

/// One declaration per check; catalogue.cpp has one line each.
namespace hairpin::checks {

extern const Check config;
extern const Check coverage;
extern const Check idle;
extern const Check load_check;
extern const Check loss;
extern const Check member;
extern const Check name_check;
extern const Check reachability;
extern const Check reset;
extern const Check return_path;
extern const Check snat;
extern const Check state;
extern const Check vantage;

extern const Check tls_certificate_form;
extern const Check tls_chain;
extern const Check tls_cipher;
extern const Check tls_compression;
extern const Check tls_downgrade;
extern const Check tls_early_data;
extern const Check tls_ending;
extern const Check tls_groups;
extern const Check tls_handshake;
extern const Check tls_hello_size;
extern const Check tls_key_types;
extern const Check tls_key_update;
extern const Check tls_master_secret;
extern const Check tls_member_leg;
extern const Check tls_mode;
extern const Check tls_name;
extern const Check tls_one_certificate;
extern const Check tls_plaintext;
extern const Check tls_protocol;
extern const Check tls_renegotiation;
extern const Check tls_resumption;
extern const Check tls_resumption_members;
extern const Check tls_revocation;
extern const Check tls_same_certificate;
extern const Check tls_server_name;
extern const Check tls_signature;
extern const Check tls_staple;
extern const Check tls_strength;
extern const Check tls_trust;
extern const Check tls_unknown_values;
extern const Check tls_usage;
extern const Check tls_validity;
extern const Check tls_version;
extern const Check tls_fragment_length;
extern const Check tls_half_close;
extern const Check tls_hello_key_share;
extern const Check tls_hello_records;
extern const Check tls_hello_segments;
extern const Check tls_patience;
extern const Check tls_record_sizes;
extern const Check mtls_accepted;
extern const Check mtls_chain;
extern const Check mtls_defects;
extern const Check mtls_identity;
extern const Check mtls_resumed_identity;
extern const Check mtls_own_connections;
extern const Check mtls_later;
extern const Check mtls_possession;
extern const Check mtls_verification;
extern const Check mtls_issuers;
extern const Check mtls_request;
extern const Check mtls_sessions;
extern const Check mtls_signatures;

}  // namespace hairpin::checks
