// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "topology/f5/secrets.hpp"
#include "topology/predict/report.hpp"

namespace hairpin::f5 {
namespace {

using Key = std::tuple<Name, std::string, std::string>;
Key key_of(const Prediction& path) { return {path.server->name, endpoint_text(*path.member), path.source}; }

bool is_same(const Prediction& left, const Prediction& right) {
  return left.verdict == right.verdict && left.without_rules == right.without_rules && left.snat == right.snat && left.seen_as == right.seen_as &&
         destination_text(*left.server) == destination_text(*right.server);
}

bool is_asymmetric(const Prediction* path) {
  return path && (path->verdict == PathVerdict::asymmetric_certain || path->verdict == PathVerdict::asymmetric_likely);
}
bool is_settled(const Prediction* path) { return path && (path->verdict == PathVerdict::symmetric || path->verdict == PathVerdict::dsr_by_design); }

std::string_view words_of(Effect effect) {
  switch (effect) {
    case Effect::becomes_asymmetric:
      return "become asymmetric";
    case Effect::is_lost:
      return "are lost";
    case Effect::becomes_uncertain:
      return "become uncertain";
    case Effect::changes:
      return "change otherwise";
    case Effect::gets_better:
      return "get better";
  }
  return "";
}

/// Who is served where, whatever the virtual server is called.
class Served {
 public:
  explicit Served(const Predictions& predictions) : predictions_(predictions) {
    for (const auto& path : predictions.paths) places_.emplace(destination_text(*path.server), path.source);
  }
  bool has(const Prediction& path) const { return places_.contains({destination_text(*path.server), path.source}); }
  std::string why_not(const Prediction& path) const {
    for (const auto& each : predictions_.left_out)
      if (each.server->name == path.server->name && (each.source.empty() || each.source == path.source)) return each.why;
    return "no virtual server has that address and port";
  }

 private:
  const Predictions& predictions_;
  std::set<std::pair<std::string, std::string>> places_;
};

std::string state_text(const Prediction* path, const std::string& why = {}) {
  if (!path) return why.empty() ? "no such path" : "no such path: " + why;
  return fmt::format("{}, SNAT {}, seen as {}", to_string(path->verdict), boost::describe::enum_to_string(path->snat, ""), seen_text(*path));
}

std::string head_text(const Difference& difference) {
  std::map<Effect, std::size_t> counts;
  for (const auto& change : difference.changes) ++counts[effect_of(change)];
  auto text = fmt::format("{} of {} paths differ", difference.changes.size(), difference.changes.size() + difference.unchanged);
  const char* separator = ": ";
  for (const auto& [effect, count] : counts) {
    text += fmt::format("{}{} {}", separator, count, words_of(effect));
    separator = ", ";
  }
  return text + "\n";
}

std::string reasons_text(const Config& config, const Prediction& path) {
  std::string text;
  for (const auto& reason : path.reasons) {
    const auto place = cited(config, reason);
    text += fmt::format("      - {}{}\n", reason.text, place.empty() ? "" : " [" + place + "]");
  }
  return text;
}

constexpr std::size_t kMostChanges = 50;

boost::json::value path_json(const Config& config, const Prediction& path) {
  boost::json::array seen;
  for (const auto& address : path.seen_as) seen.emplace_back(to_string(address));
  return {{"verdict", to_string(path.verdict)}, {"snat", boost::describe::enum_to_string(path.snat, "")}, {"seen_as", std::move(seen)},
          {"place", config.place(path.server->origin)}};
}

}  // namespace

Effect effect_of(const PathChange& change) {
  if (change.is_lost) return Effect::is_lost;
  if (is_asymmetric(change.after) && !is_asymmetric(change.before)) return Effect::becomes_asymmetric;
  if (change.after && is_settled(change.after) && !is_settled(change.before)) return change.before ? Effect::gets_better : Effect::changes;
  if (change.after && !is_settled(change.after) && !is_asymmetric(change.after) && (is_settled(change.before) || !change.before))
    return Effect::becomes_uncertain;
  return Effect::changes;
}

Difference difference(const Predictions& before, const Predictions& after) {
  std::map<Key, const Prediction*> known;
  for (const auto& path : before.paths) known.try_emplace(key_of(path), &path);
  Difference result;
  for (const auto& path : after.paths) {
    const auto found = known.find(key_of(path));
    const auto* earlier = found == known.end() ? nullptr : found->second;
    if (found != known.end()) known.erase(found);
    if (earlier && is_same(*earlier, path))
      ++result.unchanged;
    else
      result.changes.push_back({earlier, &path, false, {}});
  }
  const Served served(after);
  for (const auto& [key, path] : known)
    result.changes.push_back({path, nullptr, !served.has(*path), served.has(*path) ? std::string() : served.why_not(*path)});
  std::stable_sort(result.changes.begin(), result.changes.end(),
                   [](const PathChange& left, const PathChange& right) { return effect_of(left) < effect_of(right); });
  return result;
}

std::string difference_text(const Config& before, const Config& after, const Difference& difference, bool is_verbose) {
  auto text = head_text(difference);
  std::size_t count = 0;
  for (const auto& change : difference.changes) {
    if (count++ == kMostChanges && !is_verbose) {
      text += fmt::format("\nand {} more (-v lists them)\n", difference.changes.size() - kMostChanges);
      break;
    }
    const auto& path = change.after ? *change.after : *change.before;
    const auto& config = change.after ? after : before;
    text += fmt::format("\n{}  {}  {} → {}  ({})\n", shown(path.server->name), destination_text(*path.server), printable(path.source),
                        endpoint_text(*path.member), config.place(path.server->origin));
    text += fmt::format("  before  {}\n  after   {}\n", state_text(change.before), state_text(change.after, change.why));
    if (is_verbose || effect_of(change) == Effect::becomes_asymmetric) text += reasons_text(config, path);
  }
  return text;
}

boost::json::value difference_json(const Config& before, const Config& after, const Difference& difference) {
  boost::json::array rows;
  for (const auto& change : difference.changes) {
    const auto& path = change.after ? *change.after : *change.before;
    boost::json::object row{{"effect", boost::describe::enum_to_string(effect_of(change), "")},
                            {"virtual_server", shown(path.server->name)},
                            {"source", printable(path.source)},
                            {"member", endpoint_text(*path.member)}};
    if (change.before) row["before"] = path_json(before, *change.before);
    if (change.is_lost) row["why"] = change.why;
    if (change.after) row["after"] = path_json(after, *change.after);
    rows.push_back(std::move(row));
  }
  return {{"schema", "hairpin.config-diff/1"}, {"unchanged", difference.unchanged}, {"changes", std::move(rows)}};
}

}  // namespace hairpin::f5
