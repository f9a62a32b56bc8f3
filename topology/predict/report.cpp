// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <set>

#include "base/text.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::size_t kMostNames = 3;

/// The paths of one virtual server.
using Group = std::vector<const Prediction*>;

PathVerdict heaviest(const Group& group) {
  const auto rank = [](const Prediction* path) { return path->verdict == PathVerdict::unknown ? 3 : static_cast<int>(path->verdict); };
  return (*std::min_element(group.begin(), group.end(), [&](auto* left, auto* right) { return rank(left) < rank(right); }))->verdict;
}

/// Certain and likely asymmetry first, then what is not known.
int rank(const Group& group) {
  const auto verdict = heaviest(group);
  return verdict == PathVerdict::unknown ? 3 : static_cast<int>(verdict);
}

std::vector<Group> groups_of(const Predictions& predictions) {
  std::vector<Group> groups;
  for (const auto& path : predictions.paths) {
    if (groups.empty() || groups.back().front()->server != path.server) groups.emplace_back();
    groups.back().push_back(&path);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& left, const Group& right) { return rank(left) < rank(right); });
  return groups;
}

std::string count_text(const Predictions& predictions, std::size_t servers) {
  std::map<PathVerdict, std::size_t> counts;
  for (const auto& path : predictions.paths) ++counts[path.verdict];
  auto text = fmt::format("{} path{} of {} virtual server{}", predictions.paths.size(), predictions.paths.size() == 1 ? "" : "s", servers,
                          servers == 1 ? "" : "s");
  const char* separator = ": ";
  for (const auto& [verdict, count] : counts) {
    text += fmt::format("{}{} {}", separator, count, to_string(verdict));
    separator = ", ";
  }
  return text + "\n";
}

std::string source_text(const Prediction& path) {
  const auto& network = path.network;
  const auto address = is_host(network) ? to_string(RoutedAddress{network.prefix.network, network.route_domain}) : to_string(network);
  const bool says_it = path.source.find(address) != std::string::npos || path.source.find(' ') != std::string::npos;
  return printable(path.source) + (says_it ? "" : " (" + address + ")");
}

std::string verdict_text(const Prediction& path) {
  auto text = std::string(to_string(path.verdict));
  if (path.without_rules != path.verdict && path.verdict == PathVerdict::unknown)
    text += fmt::format(" ({} but for the iRule or policy)", to_string(path.without_rules));
  return text;
}

std::string padded(const std::string& text, std::size_t width) { return text + std::string(width - std::min(width, columns(text)), ' '); }

/// Rows in columns as wide as their widest cell; the last one is as it is.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i + 1 < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  std::string text;
  for (const auto& row : rows) {
    text += "  ";
    for (std::size_t i = 0; i < row.size(); ++i) text += i + 1 < row.size() ? padded(row[i], widths[i]) + "  " : row[i];
    text += "\n";
  }
  return text;
}

std::string reasons_text(const Config& config, const Prediction& path) {
  std::string text;
  for (const auto& reason : path.reasons) {
    const auto place = cited(config, reason);
    text += fmt::format("    - {}{}\n", reason.text, place.empty() ? "" : " [" + place + "]");
  }
  return text;
}

/// Each path, or the first of each verdict, the heaviest first.
std::string why_text(const Config& config, Group group, bool is_verbose) {
  std::string text;
  std::set<PathVerdict> said;
  if (!is_verbose) std::stable_sort(group.begin(), group.end(), [](auto* left, auto* right) { return left->verdict < right->verdict; });
  for (const auto* path : group) {
    if (!is_verbose && !said.insert(path->verdict).second) continue;
    const auto what = is_verbose ? fmt::format("{} → {}: {}", source_text(*path), endpoint_text(*path->member), verdict_text(*path))
                                 : fmt::format("{}, as {} → {}:", to_string(path->verdict), source_text(*path), endpoint_text(*path->member));
    text += "  " + what + "\n" + reasons_text(config, *path);
  }
  return text;
}

std::string group_text(const Config& config, const Group& group, bool is_verbose) {
  const auto& server = *group.front()->server;
  std::vector<std::vector<std::string>> rows{{"source", "member", "SNAT", "member sees", "path"}};
  for (const auto* path : group)
    rows.push_back({source_text(*path), endpoint_text(*path->member), snat_text(config, *path), seen_text(*path), verdict_text(*path)});
  return fmt::format("\n{}  {}  ({})\n", shown(server.name), destination_text(server), config.place(server.origin)) + table(rows) +
         why_text(config, group, is_verbose);
}

std::string left_out_text(const Config& config, const Predictions& predictions, bool is_verbose) {
  if (predictions.left_out.empty()) return {};
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& each : predictions.left_out)
    by_reason[each.why].push_back((each.source.empty() ? "" : printable(each.source) + " to ") + config.cite(*each.server));
  std::string text = "\nNot predicted\n";
  for (const auto& [why, names] : by_reason) {
    const auto shown_names = is_verbose ? names.size() : std::min(kMostNames, names.size());
    text += fmt::format("  {} × {}: {}", names.size(), why, fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown_names), ", "));
    text += shown_names < names.size() ? fmt::format(", and {} more\n", names.size() - shown_names) : "\n";
  }
  return text;
}

boost::json::value path_json(const Config& config, const Prediction& path) {
  boost::json::array seen, reasons;
  for (const auto& address : path.seen_as) seen.emplace_back(to_string(address));
  for (const auto& reason : path.reasons) {
    const auto origin = place_of(reason);
    boost::json::object row{{"text", reason.text}};
    if (reason.object) row["object"] = fmt::format("{} {}", reason.object->kind, shown(reason.object->name));
    if (origin) row["place"] = config.place(origin);
    reasons.push_back(std::move(row));
  }
  boost::json::object row{{"virtual_server", shown(path.server->name)},
                          {"place", config.place(path.server->origin)},
                          {"destination", destination_text(*path.server)},
                          {"pool", shown(path.pool->name)},
                          {"source", printable(path.source)},
                          {"network", to_string(path.network)},
                          {"source_is_member", path.is_member},
                          {"member", endpoint_text(*path.member)},
                          {"snat", snat_text(config, path)},
                          {"seen_as", std::move(seen)},
                          {"verdict", to_string(path.verdict)},
                          {"reasons", std::move(reasons)}};
  if (path.without_rules != path.verdict) row["without_rules"] = to_string(path.without_rules);
  return row;
}

}  // namespace

std::string predictions_text(const Config& config, const Predictions& predictions, bool is_verbose) {
  const auto groups = groups_of(predictions);
  auto text = count_text(predictions, groups.size());
  for (const auto& group : groups) text += group_text(config, group, is_verbose);
  return text + left_out_text(config, predictions, is_verbose);
}

boost::json::value predictions_json(const Config& config, const Predictions& predictions) {
  boost::json::array paths, left_out;
  boost::json::object counts;
  for (const auto& path : predictions.paths) {
    paths.push_back(path_json(config, path));
    auto& count = counts[to_string(path.verdict)];
    count = count.is_null() ? 1 : count.to_number<std::uint64_t>() + 1;
  }
  for (const auto& each : predictions.left_out)
    left_out.push_back({{"virtual_server", shown(each.server->name)}, {"place", config.place(each.server->origin)},
                        {"source", printable(each.source)}, {"why", each.why}});
  return {{"schema", "hairpin.predict/1"}, {"counts", std::move(counts)}, {"paths", std::move(paths)},
          {"left_out", std::move(left_out)}, {"remarks", remarks_json(config)}};
}

}  // namespace hairpin::f5
