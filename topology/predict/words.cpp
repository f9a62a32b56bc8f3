// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "topology/f5/secrets.hpp"
#include "topology/predict/report.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::size_t kMostRemarks = 20;

std::string port_text(std::uint16_t port) { return port == 0 ? "any" : std::to_string(port); }

std::string with_port(const RoutedAddress& address, std::uint16_t port) {
  const auto text = to_string(address);
  return address.address.family == Family::ipv6 ? fmt::format("[{}]:{}", text, port_text(port))
                                                : fmt::format("{}:{}", text, port_text(port));
}

}  // namespace

std::string snat_text(const Config&, const Prediction& path) {
  switch (path.snat) {
    case SnatKind::none:
      return "none";
    case SnatKind::automap:
      return "automap";
    case SnatKind::pool:
      return "pool";
    case SnatKind::translation:
      return "global";
    case SnatKind::unknown:
      return "unknown";
  }
  return "";
}

std::string seen_text(const Prediction& path) {
  if (path.snat == SnatKind::none) return "the source itself";
  if (path.seen_as.empty()) return "not known";
  std::string text;
  for (const auto& address : path.seen_as) text += (text.empty() ? "" : ", ") + to_string(address);
  return text;
}

std::string cited(const Config& config, const Reason& reason) {
  const auto origin = place_of(reason);
  auto place = origin ? config.place(origin) : std::string();
  if (!reason.object) return place;
  const auto name = fmt::format("{} {}", reason.object->kind, shown(reason.object->name));
  return place.empty() ? name : name + ", " + place;
}

std::string destination_text(const Virtual& server) {
  const auto& destination = server.destination.value;
  if (!destination) return "not known";
  const auto& network = destination->network;
  if (is_host(network)) return with_port({network.prefix.network, network.route_domain}, destination->port);
  return fmt::format("{} port {}", to_string(network), port_text(destination->port));
}

std::string endpoint_text(const Member& member) {
  if (!member.address.value) return shown(member.key);
  return with_port(*member.address.value, member.port);
}

std::string remarks_text(const Config& config, bool is_verbose) {
  std::string text;
  const auto keys = config.not_understood.key_count(), objects = config.not_understood.object_count();
  if (keys + objects > 0) text += fmt::format("Not understood: {} keys, {} objects{}\n", keys, objects, is_verbose ? "" : " (-v lists them)");
  if (is_verbose) {
    for (const auto& [name, seen] : config.not_understood.keys)
      text += fmt::format("  {} × {}, first {}\n", seen.count, shown(name), config.place(seen.first));
    for (const auto& [name, seen] : config.not_understood.kinds)
      text += fmt::format("  {} × {}, first {}\n", seen.count, shown(name), config.place(seen.first));
  }
  std::size_t count = 0;
  for (const auto& notice : config.notices) {
    if (!is_verbose && count++ == kMostRemarks) {
      text += fmt::format("  and {} more (-v lists them)\n", config.notices.size() - kMostRemarks);
      break;
    }
    text += fmt::format("{}: {}\n", config.place(notice.origin), notice.what);
  }
  return text;
}

boost::json::value remarks_json(const Config& config) {
  boost::json::object document;
  for (const auto& [key, table] : {std::pair{"keys", &config.not_understood.keys}, {"objects", &config.not_understood.kinds}}) {
    boost::json::array list;
    for (const auto& [name, seen] : *table)
      list.push_back({{"name", shown(name)}, {"count", seen.count}, {"first", config.place(seen.first)}});
    document[key] = std::move(list);
  }
  boost::json::array notices;
  for (const auto& notice : config.notices) notices.push_back({{"place", config.place(notice.origin)}, {"what", notice.what}});
  document["notices"] = std::move(notices);
  return document;
}

}  // namespace hairpin::f5
