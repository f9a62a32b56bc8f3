// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "checks/pairs.hpp"

/// What a load balancer itself says of the run (topology: `state`), for the checks: evidence of its own, and words that explain.
namespace hairpin::checks {

/// Null: it was not asked.
const BalancerFacts* facts_of_balancer(const Case& c, const std::string& balancer);

/// By its own word, before the run and after it.
bool was_active(const Case& c, const std::string& balancer);
bool was_standby(const Case& c, const std::string& balancer);

/// The entry of the balancer's connection table as evidence.
Evidence entry_evidence(const ConnectionObservation& entry);

/// It counted packets of both ends of this connection: what the member sent came back through it.
bool is_witness(const ConnectionObservation& entry, const std::string& balancer);

/// It says that it asked the member under this address, and it was not the client's.
bool is_translation(const ConnectionObservation& entry, const Endpoint& seen);

/// "bigip took the connection to 10.137.2.22:444 …": what failed behind the balancer is not the VIP's.
std::string words_about_server_side(const ConnectionObservation& entry);

/// Every member of the pool of which it says something is not available to it, and it knows all of them.
bool has_no_member(const Case& c, const Pair& pair);

/// "; bigip says of /Common/pool01_444: offline, disabled (REASON)": where its virtual server or pool is not available.
std::string words_about_service(const Case& c, const Pair& pair);
/// "bigip says of 10.137.2.22:444: offline, disabled (REASON)"; empty: it is available, or nothing is said.
std::string words_about_member(const Case& c, const Pair& pair);
/// "; meanwhile bigip counted resets: \"No local listener\" 3 times"; of the whole machine, so it is a quotation and no verdict.
std::string words_about_resets(const Case& c, const std::string& balancer);

/// The record that keeps the pair's source on another member than the pair's; null: none.
const PersistenceRecord* kept_elsewhere(const Case& c, const Pair& pair);

}  // namespace hairpin::checks
