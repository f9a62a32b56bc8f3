// SPDX-License-Identifier: Apache-2.0
// What an answer says, in the words of the evidence.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "hairpin/bigip/question.hpp"
#include "topology/f5/view/rest.hpp"

namespace hairpin::bigip {
namespace {

constexpr std::size_t kMostRows = 2'000;        ///< of one answer
constexpr std::size_t kMostConnections = 20'000;  ///< of one run
constexpr std::size_t kMostText_bytes = 200;
constexpr std::size_t kMostFacts = 500;  ///< services, persistence records and causes, each: they are one line of the bundle

std::optional<Endpoint> endpoint_of(const f5::SeenEndpoint& seen) {
  if (!seen.address || !seen.port) return {};
  return Endpoint{*seen.address, *seen.port};
}

/// Cut where a character ends.
std::string short_text(const std::string& text) {
  if (text.size() <= kMostText_bytes) return text;
  return text.substr(0, valid_utf8_bytes(std::string_view(text).substr(0, kMostText_bytes)));
}

UnitState unit_of(f5::FailoverState state) {
  switch (state) {
    case f5::FailoverState::active:
      return UnitState::active;
    case f5::FailoverState::standby:
      return UnitState::standby;
    case f5::FailoverState::offline:
      return UnitState::offline;
    case f5::FailoverState::forced_offline:
      return UnitState::forced_offline;
    default:
      return UnitState::unknown;
  }
}

/// As many as are kept; others count as not understood.
template <class Fact>
void keep(Known& known, std::vector<Fact>& facts, Fact fact) {
  if (facts.size() < kMostFacts) facts.push_back(std::move(fact));
  else ++known.facts.not_understood;
}

/// Rows of a view as far as one answer may have them; the rest counts as not understood.
template <class Row, class Take>
void take_rows(Known& known, const f5::View<Row>& view, Take take) {
  known.facts.not_understood += view.not_understood;
  known.rows += view.rows.size();
  for (std::size_t i = 0; i < view.rows.size(); ++i) {
    if (i < kMostRows) take(view.rows[i]);
    else ++known.facts.not_understood;
  }
}

void take_connections(Known& known, const Question& question, const f5::View<f5::SeenConnection>& view, WallTime now) {
  take_rows(known, view, [&](const f5::SeenConnection& row) {
    const auto client = endpoint_of(row.client), server = endpoint_of(row.virtual_server);
    const bool is_asked = client && server && client->address == *question.client && *server == *question.virtual_server;
    if (!is_asked || known.connections.size() >= kMostConnections) return;
    ConnectionObservation seen;
    seen.host = known.facts.host;
    seen.time = now;
    seen.client = *client;
    seen.virtual_server = *server;
    seen.member = endpoint_of(row.member);
    if (seen.member) seen.as = endpoint_of(row.snat);
    seen.idle_s = std::min<std::uint64_t>(row.idle_s, 1'000'000);
    seen.from_client = row.from_client;
    seen.from_member = row.from_member;
    known.connections.push_back(std::move(seen));
  });
}

void take_statuses(Known& known, const Question& question, const f5::View<f5::SeenStatus>& view) {
  auto& services = known.facts.services;
  if (question.what == What::virtual_server) std::erase_if(services, [&](const auto& one) { return one.name == question.name && !one.member; });
  if (question.what == What::pool) std::erase_if(services, [&](const auto& one) { return one.name == question.name && one.member; });
  take_rows(known, view, [&](const f5::SeenStatus& row) {
    const auto member = row.member ? endpoint_of(*row.member) : std::nullopt;
    const bool is_about_members = question.what == What::pool;
    if (row.member.has_value() != is_about_members || (is_about_members && !member) || row.availability.empty()) return;
    keep(known, services, ServiceStatus{question.name, member, short_text(row.availability), short_text(row.state), short_text(row.reason)});
  });
}

void take_persistence(Known& known, const Question& question, const f5::View<f5::SeenPersistence>& view) {
  take_rows(known, view, [&](const f5::SeenPersistence& row) {
    const auto source = parse_address(row.key);
    const auto member = endpoint_of(row.member);
    if (!source || *source != *question.client || !member) return;  // cookies, hashes and other people's addresses are not kept
    keep(known, known.facts.persistence, PersistenceRecord{*source, endpoint_of(row.virtual_server), *member});
  });
}

void take_resets(Known& known, const f5::View<f5::SeenResetCause>& view) {
  std::vector<f5::SeenResetCause> now;
  take_rows(known, view, [&](const f5::SeenResetCause& row) { keep(known, now, f5::SeenResetCause{short_text(row.cause), row.count}); });
  if (!known.first_resets) {
    known.first_resets = std::move(now);
    return;
  }
  known.facts.resets.clear();
  for (auto& row : f5::grown(*known.first_resets, now)) known.facts.resets.push_back({std::move(row.cause), row.count});
}

void take_unit(Known& known, f5::FailoverState state, bool is_before) {
  (is_before ? known.facts.before : known.facts.after) = unit_of(state);
  if (state == f5::FailoverState::unknown) ++known.facts.not_understood;
  else ++known.rows;
}

void understand_text(Known& known, const Question& question, const std::string& answer, WallTime now, bool is_before) {
  switch (question.what) {
    case What::unit:
      return take_unit(known, f5::parse_failover(answer), is_before);
    case What::virtual_server:
      return take_statuses(known, question, f5::parse_virtuals(answer));
    case What::pool:
      return take_statuses(known, question, f5::parse_pools(answer));
    case What::connections:
      return take_connections(known, question, f5::parse_connection_paragraphs(answer), now);
    case What::persistence:
      return take_persistence(known, question, f5::parse_persistence(answer));
    case What::resets:
      return take_resets(known, f5::parse_reset_causes(answer));
  }
}

void understand_json(Known& known, const Question& question, const boost::json::value& answer, WallTime now, bool is_before) {
  switch (question.what) {
    case What::unit:
      return take_unit(known, f5::rest_failover(answer), is_before);
    case What::virtual_server:
    case What::pool:
      return take_statuses(known, question, f5::rest_statuses(answer));
    case What::connections:
      return take_connections(known, question, f5::rest_connections(answer), now);
    case What::persistence:
      return take_persistence(known, question, f5::rest_persistence(answer));
    case What::resets:
      return take_resets(known, f5::rest_reset_causes(answer));
  }
}

}  // namespace

bool understand(Known& known, const Question& question, const std::string& answer, Form form, WallTime now, bool is_before) {
  const auto rows = known.rows, unread = known.facts.not_understood;
  if (form == Form::tmsh) {
    understand_text(known, question, answer, now, is_before);
  } else if (const auto document = parse_json(answer, "the answer")) {
    understand_json(known, question, *document, now, is_before);
  } else {
    ++known.facts.not_understood;
  }
  const bool may_be_empty = question.what == What::connections || question.what == What::persistence || question.what == What::resets;
  return known.rows > rows || (may_be_empty && known.facts.not_understood == unread);
}

}  // namespace hairpin::bigip
