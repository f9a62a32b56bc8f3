// SPDX-License-Identifier: Apache-2.0
#include "hairpin/commands/catalogue_text.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <vector>

#include "base/json.hpp"
#include "base/spelling.hpp"
#include "checks/causes.hpp"
#include "checks/check.hpp"

namespace hairpin {
namespace {

using checks::Cause;
using checks::Check;

std::vector<const Cause*> causes_of(const Check& check) {
  std::vector<const Cause*> mine;
  for (const auto& cause : checks::causes())
    if (cause.check == check.id) mine.push_back(&cause);
  return mine;
}

std::string_view word(Verdict verdict) { return boost::describe::enum_to_string(verdict, "?"); }

std::string explain(const Check& check) {
  auto text = fmt::format("{}: {}\n\nSource: {}\nNeeds: {}\n\n{}\n", check.id, check.claim, check.source,
                          check.needs, check.explanation);
  const auto mine = causes_of(check);
  if (!mine.empty()) text += "\nCauses:\n";
  for (const auto* cause : mine) text += fmt::format("  {:<44} {}\n", cause->id, cause->title);
  return text;
}

std::string explain(const Cause& cause) {
  return fmt::format("{}: {}\n\n{}\n\nWhat mends it: {}\n\nVerdict: {}. Who acts: {}. Check: {}.\n", cause.id,
                     cause.title, cause.meaning, cause.mend, word(cause.verdict), to_string(cause.owner),
                     cause.check);
}

boost::json::object json_of(const Cause& cause) {
  boost::json::object object;
  object["id"] = cause.id;
  object["owner"] = to_string(cause.owner);
  object["verdict"] = word(cause.verdict);
  object["title"] = cause.title;
  return object;
}

}  // namespace

std::optional<std::string> explanation(std::string_view id) {
  if (const auto* check = checks::find_check(id)) return explain(*check);
  if (const auto* cause = checks::find_cause(id)) return explain(*cause);
  return {};
}

std::string_view nearest_id(std::string_view id) {
  std::vector<std::string_view> ids;
  for (const auto& check : checks::catalogue()) ids.push_back(check.id);
  for (const auto& cause : checks::causes()) ids.push_back(cause.id);
  return nearest_spelling(id, ids);
}

std::string catalogue_text() {
  std::string text;
  for (const auto& check : checks::catalogue()) {
    text += fmt::format("{}: {}\n", check.id, check.claim);
    for (const auto* cause : causes_of(check))
      text += fmt::format("  {:<44} {:<12} {}\n", cause->id, word(cause->verdict), cause->title);
  }
  return text;
}

std::string catalogue_json() {
  boost::json::array all;
  for (const auto& check : checks::catalogue()) {
    boost::json::object object;
    object["id"] = check.id;
    object["claim"] = check.claim;
    object["source"] = check.source;
    object["needs"] = check.needs;
    boost::json::array causes;
    for (const auto* cause : causes_of(check)) causes.push_back(json_of(*cause));
    object["causes"] = std::move(causes);
    all.push_back(std::move(object));
  }
  boost::json::object document;
  document["checks"] = std::move(all);
  return boost::json::serialize(document) + "\n";
}

}  // namespace hairpin
