// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/view/rest.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace hairpin::f5 {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kTcp = 6;

const json::object* object_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value ? value->if_object() : nullptr;
}

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

/// Where REST hands on what tmsh printed.
std::optional<std::string_view> raw_text(const json::value& document) {
  const auto* object = document.if_object();
  const auto* raw = object ? object_at(*object, "apiRawValues") : nullptr;
  const auto* text = raw ? raw->if_contains("apiAnonymous") : nullptr;
  if (!text || !text->is_string()) return {};
  return view_of(text->get_string());
}

/// Calls `take(statistics)` for each of `entries`; others are counted.
template <class Take>
std::size_t each_entry(const json::value& document, Take take) {
  const auto* object = document.if_object();
  const auto* entries = object ? object_at(*object, "entries") : nullptr;
  if (!entries) return object ? 0 : 1;
  std::size_t not_understood = 0;
  for (const auto& entry : *entries) {
    const auto* value = entry.value().if_object();
    const auto* nested = value ? object_at(*value, "nestedStats") : nullptr;
    const auto* statistics = nested ? object_at(*nested, "entries") : nullptr;
    if (!statistics || !take(*statistics)) ++not_understood;
  }
  return not_understood;
}

std::string text_of(const json::object& statistics, std::string_view key) {
  const auto* field = object_at(statistics, key);
  const auto* text = field ? field->if_contains("description") : nullptr;
  return text && text->is_string() ? printable(view_of(text->get_string())) : std::string();
}

std::optional<std::uint64_t> number_of(const json::object& statistics, std::string_view key) {
  const auto* field = object_at(statistics, key);
  const auto* number = field ? field->if_contains("value") : nullptr;
  if (!number) return {};
  boost::system::error_code failed;
  const auto value = number->to_number<std::uint64_t>(failed);
  return failed ? std::nullopt : std::optional(value);
}

/// An address and a port from two fields; both have to be there.
std::optional<SeenEndpoint> endpoint_of(const json::object& statistics, std::string_view address, std::string_view port) {
  const auto host = text_of(statistics, address);
  const auto number = number_of(statistics, port);
  if (host.empty() || !number || *number > 0xffff) return {};
  const bool is_ipv6 = host.find(':') != host.npos;
  return parse_seen_endpoint(fmt::format("{}{}{}", host, is_ipv6 ? '.' : ':', *number));
}

bool take_connection(View<SeenConnection>& view, const json::object& statistics) {
  const auto client = endpoint_of(statistics, "csClientAddr", "csClientPort"), server = endpoint_of(statistics, "csServerAddr", "csServerPort");
  if (!client || !server) return false;
  if (number_of(statistics, "protocol").value_or(kTcp) != kTcp) return true;  // understood, and none of ours
  auto& row = view.rows.emplace_back();
  row.client = *client;
  row.virtual_server = *server;
  row.snat = endpoint_of(statistics, "ssClientAddr", "ssClientPort").value_or(SeenEndpoint());
  row.member = endpoint_of(statistics, "ssServerAddr", "ssServerPort").value_or(SeenEndpoint());
  row.protocol = "tcp";
  row.idle_s = number_of(statistics, "idleTime").value_or(0);
  row.tmm = static_cast<std::uint32_t>(number_of(statistics, "tmm").value_or(0));
  row.from_client = number_of(statistics, "csPacketsIn");
  row.from_member = number_of(statistics, "ssPacketsIn");
  return true;
}

}  // namespace

View<SeenConnection> rest_connections(const json::value& document) {
  if (const auto text = raw_text(document)) return parse_connections(*text);
  View<SeenConnection> view;
  view.not_understood = each_entry(document, [&](const json::object& statistics) { return take_connection(view, statistics); });
  return view;
}

View<SeenStatus> rest_statuses(const json::value& document) {
  View<SeenStatus> view;
  view.not_understood = each_entry(document, [&](const json::object& statistics) {
    SeenStatus row;
    row.member = endpoint_of(statistics, "addr", "port");
    row.name = text_of(statistics, row.member ? "poolName" : "tmName");
    row.availability = text_of(statistics, "status.availabilityState");
    row.state = text_of(statistics, "status.enabledState");
    row.reason = text_of(statistics, "status.statusReason");
    row.current_connections = number_of(statistics, row.member ? "serverside.curConns" : "clientside.curConns");
    row.total_connections = number_of(statistics, row.member ? "serverside.totConns" : "clientside.totConns");
    if (const auto destination = text_of(statistics, "destination"); !destination.empty()) row.destination = parse_seen_endpoint(destination);
    const bool is_status = !row.availability.empty();
    if (is_status) view.rows.push_back(std::move(row));
    return is_status;
  });
  return view;
}

View<SeenPersistence> rest_persistence(const json::value& document) {
  if (const auto text = raw_text(document)) return parse_persistence(*text);
  View<SeenPersistence> view;
  view.not_understood = each_entry(document, [](const json::object&) { return false; });  // a form that nobody has published
  return view;
}

View<SeenResetCause> rest_reset_causes(const json::value& document) {
  if (const auto text = raw_text(document)) return parse_reset_causes(*text);
  View<SeenResetCause> view;
  view.not_understood = each_entry(document, [&](const json::object& statistics) {
    const auto count = number_of(statistics, "count");
    auto cause = text_of(statistics, "rstCause");
    if (!count || cause.empty()) return false;
    view.rows.push_back({std::move(cause), *count});
    return true;
  });
  return view;
}

FailoverState rest_failover(const json::value& document) {
  if (const auto text = raw_text(document)) return parse_failover(*text);
  auto state = FailoverState::unknown;
  each_entry(document, [&](const json::object& statistics) {
    const auto status = text_of(statistics, "status");
    if (!status.empty()) state = parse_failover("Status " + status);
    return true;
  });
  return state;
}

}  // namespace hairpin::f5
