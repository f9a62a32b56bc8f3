// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <tuple>

#include "base/text.hpp"
#include "topology/f5/secrets.hpp"
#include "topology/predict/report.hpp"

namespace hairpin::f5 {
namespace {

/// Who is asked, whatever the virtual server is called; by which member; by whom.
using Key = std::tuple<std::string, Text, std::string, std::string>;
Key key_of(const Prediction& path) { return {destination_text(*path.server), path.server->ip_protocol.value, endpoint_text(*path.member), path.source}; }

bool is_same_text(const Object* left, const Object* right) {
  if (left->kind != right->kind) return false;
  if (left->kind == "ltm virtual") return true;  // it names what is in no file: its lists are compared
  return left->name == right->name && (left->node ? left->node->text : Text()) == (right->node ? right->node->text : Text());
}

bool names_the_same(const std::vector<Reference>& left, const std::vector<Reference>& right) {
  return std::ranges::equal(left, right, {}, &Reference::value, &Reference::value);
}

/// What may decide the path besides the settings says the same in both configurations.
bool has_same_overrides(const Prediction& left, const Prediction& right) {
  if (left.overridden_by.empty() && right.overridden_by.empty()) return true;
  return std::ranges::equal(left.overridden_by, right.overridden_by, is_same_text) && names_the_same(left.server->rules, right.server->rules) &&
         names_the_same(left.server->policies, right.server->policies);
}

bool is_same(const Prediction& left, const Prediction& right) {
  return left.verdict == right.verdict && left.without_rules == right.without_rules && left.snat == right.snat && left.seen_as == right.seen_as &&
         left.network == right.network && left.except == right.except && has_same_overrides(left, right);
}

bool is_asymmetric(const Prediction* path) {
  return path && (path->verdict == PathVerdict::asymmetric_certain || path->verdict == PathVerdict::asymmetric_likely);
}
bool is_settled(const Prediction* path) { return path && (path->verdict == PathVerdict::symmetric || path->verdict == PathVerdict::dsr_by_design); }

std::string_view words_of(Effect effect) {
  switch (effect) {
    case Effect::becomes_asymmetric:
      return "become asymmetric";
    case Effect::is_new_and_asymmetric:
      return "are new and asymmetric";
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
    for (const auto& path : predictions.paths) places_[path.server->destination.value->network].push_back(&path);
  }
  /// Some member takes every connection of that path.
  bool has(const Prediction& path) const {
    const auto found = places_.find(path.server->destination.value->network);
    return found != places_.end() && has(found->second, path, path.network);
  }
  std::string why_not(const Prediction& path) const {
    const auto place = destination_text(*path.server);
    const auto says = [&](const LeftOut& each) {
      if (each.member || (each.network && !overlap(*each.network, path.network))) return false;
      return each.server->name == path.server->name || destination_text(*each.server) == place;
    };
    const auto found = std::ranges::find_if(predictions_.left_out, says);
    if (found != predictions_.left_out.end()) return found->why;
    return places_.contains(path.server->destination.value->network) ? "no virtual server of that address takes all of it" : "no virtual server has that address and port";
  }

 private:
  using Paths = std::vector<const Prediction*>;

  static bool is_for(const Prediction& row, const Prediction& path) {
    const auto port = row.server->destination.value->port;
    const auto protocol = row.server->ip_protocol.value;
    return (port == 0 || port == path.server->destination.value->port) && (protocol == "any" || protocol == path.server->ip_protocol.value);
  }
  /// What a row excepts is asked again, of narrower rows.
  static bool has(const Paths& rows, const Prediction& path, const RoutedPrefix& network) {
    return std::ranges::any_of(rows, [&](const Prediction* row) {
      return is_for(*row, path) && holds(row->network, network) && std::ranges::all_of(row->except, [&](const RoutedPrefix& part) {
               const bool is_path_s = std::ranges::any_of(path.except, [&](const RoutedPrefix& own) { return holds(own, part); });
               return is_path_s || !overlap(part, network) || (!holds(part, network) && has(rows, path, part));
             });
    });
  }

  const Predictions& predictions_;
  std::map<RoutedPrefix, Paths> places_;
};

std::string place_text(const Virtual& server) {
  const auto protocol = server.ip_protocol.value;
  return destination_text(server) + (protocol == "tcp" ? std::string() : " " + shown(protocol));
}

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
  if (is_asymmetric(change.after) && !is_asymmetric(change.before)) return change.before ? Effect::becomes_asymmetric : Effect::is_new_and_asymmetric;
  if (change.after && is_settled(change.after) && !is_settled(change.before)) return change.before ? Effect::gets_better : Effect::changes;
  if (change.after && !is_settled(change.after) && !is_asymmetric(change.after) && (is_settled(change.before) || !change.before))
    return Effect::becomes_uncertain;
  if (change.before && change.after && !has_same_overrides(*change.before, *change.after)) return Effect::becomes_uncertain;
  return Effect::changes;
}

namespace {

/// The earlier path of that key, of several that of the same virtual server; taken out of `known`. Null: none.
const Prediction* take(std::multimap<Key, const Prediction*>& known, const Prediction& path) {
  const auto [begin, end] = known.equal_range(key_of(path));
  if (begin == end) return nullptr;
  const auto same = std::find_if(begin, end, [&](const auto& each) { return each.second->server->name == path.server->name; });
  const auto found = same == end ? begin : same;
  const auto* earlier = found->second;
  known.erase(found);
  return earlier;
}

}  // namespace

Difference difference(const Predictions& before, const Predictions& after) {
  std::multimap<Key, const Prediction*> known;
  for (const auto& path : before.paths) known.emplace(key_of(path), &path);
  Difference result;
  for (const auto& path : after.paths) {
    const auto* earlier = take(known, path);
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
    text += fmt::format("\n{}  {}  {} → {}  ({})\n", shown(path.server->name), place_text(*path.server), printable(path.source),
                        endpoint_text(*path.member), config.place(path.server->origin));
    text += fmt::format("  before  {}\n  after   {}\n", state_text(change.before), state_text(change.after, change.why));
    if (is_verbose || effect_of(change) <= Effect::is_new_and_asymmetric) text += reasons_text(config, path);
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
