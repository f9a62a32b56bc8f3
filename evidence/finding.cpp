// SPDX-License-Identifier: Apache-2.0
#include "evidence/finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <initializer_list>

#include "base/json.hpp"

namespace hairpin {

// Described here and not in the header: their JSON is `hairpin.run/1`, which leaves out what does not apply,
// and only the two functions below know that.
BOOST_DESCRIBE_STRUCT(Finding, (),
                      (id, check, verdict, cause, subject, grade, attempts, failed, confirmed, expected,
                       observed, summary, reason, next_step, explained_by, evidence))
BOOST_DESCRIBE_STRUCT(Run, (), (run, topology, verdict, counts, diagnoses, findings))

namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "hairpin.run/1";

using Keys = std::initializer_list<const char*>;
// The texts that `hairpin.run/1` leaves out when they are empty.
constexpr Keys kOptionalOfFinding = {"cause", "expected", "observed", "reason", "next_step", "explained_by"};
constexpr Keys kOptionalOfSubject = {"pool", "virtual_server", "vip", "source", "member", "host", "family", "way"};
constexpr Keys kOptionalOfEvidence = {"match"};
constexpr Keys kOptionalOfRemedy = {"verify"};
constexpr Keys kOptionalOfQuotedPair = {"member", "connection", "came_back"};
constexpr Keys kListsOfPairs = {"failing", "working"};

void leave_out_empty(json::value& value, Keys keys) {
  auto& object = value.as_object();
  for (const char* key : keys)
    if (object.at(key).as_string().empty()) object.stable_erase(key);
}

void fill_in_empty(json::value* value, Keys keys) {
  if (!value || !value->is_object()) return;  // from_json says what is wrong with it
  for (const char* key : keys) value->get_object().emplace(key, "");
}

/// The value under a key of a document of which nothing is known yet; null when there is none.
json::value* find(json::value& value, const char* key) {
  return value.is_object() ? value.get_object().if_contains(key) : nullptr;
}

template <class Action>
void for_each_in(json::value* list, Action action) {
  if (list && list->is_array())
    for (auto& element : list->get_array()) action(element);
}

void fill_in_evidence(json::value* list) {
  for_each_in(list, [](json::value& evidence) { fill_in_empty(&evidence, kOptionalOfEvidence); });
}

void fill_in_document(json::value& document) {
  for_each_in(find(document, "diagnoses"), [](json::value& diagnosis) {
    fill_in_empty(find(diagnosis, "remedy"), kOptionalOfRemedy);
    for (const char* list : kListsOfPairs)
      for_each_in(find(diagnosis, list), [](json::value& pair) {
        fill_in_empty(&pair, kOptionalOfQuotedPair);
        fill_in_evidence(find(pair, "packets"));
      });
  });
  for_each_in(find(document, "findings"), [](json::value& finding) {
    fill_in_empty(&finding, kOptionalOfFinding);
    fill_in_empty(find(finding, "subject"), kOptionalOfSubject);
    fill_in_evidence(find(finding, "evidence"));
  });
}

void leave_out_of_evidence(json::value& list) {
  for (auto& evidence : list.as_array()) leave_out_empty(evidence, kOptionalOfEvidence);
}

void leave_out_of_diagnosis(json::object& diagnosis) {
  leave_out_empty(diagnosis["remedy"], kOptionalOfRemedy);
  for (const char* list : kListsOfPairs)
    for (auto& pair : diagnosis[list].as_array()) {
      leave_out_empty(pair, kOptionalOfQuotedPair);
      leave_out_of_evidence(pair.as_object()["packets"]);
    }
}

/// A part of a name in an id: the separator inside it is written as in a URL, so that ids stay unique.
std::string escaped(const std::string& part) {
  std::string result;
  for (const char letter : part) {
    if (letter == '/')
      result += "%2F";
    else if (letter == '%')
      result += "%25";
    else
      result += letter;
  }
  return result;
}

bool is_same(const Counts& left, const Counts& right) { return to_json(left) == to_json(right); }

double rounded_to_milliseconds(double seconds) {
  const double rounded = std::round(seconds * 1000) / 1000;
  return std::isfinite(rounded) ? rounded : 0;  // JSON has no infinity
}

}  // namespace

std::string_view to_string(Owner owner) {
  switch (owner) {
    case Owner::load_balancer:
      return "load-balancer";
    case Owner::network:
      return "network";
    case Owner::host:
      return "host";
    case Owner::service:
      return "service";
    case Owner::certificate:
      return "certificate";
    case Owner::test:
      return "test";
  }
  return "test";
}

bool is_judgement(const Finding& finding) {
  const bool is_decided = finding.verdict == Verdict::pass || finding.verdict == Verdict::warn ||
                          finding.verdict == Verdict::fail;
  return is_decided && finding.check != "vantage";
}

Verdict overall(const std::vector<Finding>& findings) {
  if (std::ranges::none_of(findings, is_judgement)) return Verdict::inconclusive;
  for (const auto verdict : {Verdict::fail, Verdict::inconclusive, Verdict::warn, Verdict::pass})
    if (std::ranges::any_of(findings, [&](const Finding& finding) { return finding.verdict == verdict; }))
      return verdict;
  return Verdict::inconclusive;
}

Counts count(const std::vector<Finding>& findings) {
  Counts counts;
  for (const auto& finding : findings) switch (finding.verdict) {
      case Verdict::pass:
        ++counts.pass;
        break;
      case Verdict::fail:
        ++counts.fail;
        break;
      case Verdict::warn:
        ++counts.warn;
        break;
      case Verdict::info:
        ++counts.info;
        break;
      case Verdict::inconclusive:
        ++counts.inconclusive;
        break;
      case Verdict::skip:
        ++counts.skip;
        break;
    }
  return counts;
}

std::string finding_id(const std::string& check, const Subject& subject) {
  std::string id = check;
  const auto append = [&](const std::string& part) {
    if (!part.empty()) id += "/" + escaped(part);
  };
  append(subject.pool);
  append(subject.virtual_server);
  // Without a place holder, "from oc01" and "to oc01" would have one id.
  append(subject.source.empty() && !subject.member.empty() ? "-" : subject.source);
  append(subject.member);
  append(subject.host);
  append(subject.family);
  append(subject.way);
  return id;
}

json::value to_json_document(const Run& run) {
  Run rounded = run;
  rounded.run.duration_s = rounded_to_milliseconds(run.run.duration_s);
  const json::value described = to_json(rounded);
  json::object document;
  document.emplace("schema", kSchema);
  for (const auto& pair : described.get_object()) document.emplace(pair.key(), pair.value());
  document["run"].as_object()["started"] = iso8601(run.run.started, 0);
  for (auto& diagnosis : document["diagnoses"].as_array()) leave_out_of_diagnosis(diagnosis.as_object());
  for (auto& finding : document["findings"].as_array()) {
    leave_out_empty(finding, kOptionalOfFinding);
    leave_out_empty(finding.as_object()["subject"], kOptionalOfSubject);
    leave_out_of_evidence(finding.as_object()["evidence"]);
  }
  return document;
}

Result<Run> run_from_json(const json::value& document) {
  if (!document.is_object()) return json_detail::wrong_type("", "an object", document);
  json::value completed = document;
  auto& object = completed.get_object();
  const auto* schema = object.if_contains("schema");
  if (!schema) return json_detail::missing_key("", "schema");
  if (!schema->is_string() || schema->get_string() != kSchema)
    return refusal(fmt::format("read the run: its schema is {}, this hairpin reads \"{}\"",
                               json::serialize(*schema).substr(0, 60), kSchema),
                   "use the hairpin version that wrote it");
  object.stable_erase("schema");
  for (const char* key :
       {"diagnoses", "findings"})  // lists may be absent elsewhere; a run without them is cut off
    if (!object.contains(key)) return json_detail::missing_key("", key);
  fill_in_document(completed);
  auto run = from_json<Run>(completed);
  if (run && !is_same(run->counts, count(run->findings)))
    return refusal("read the run: \"counts\" does not agree with the verdicts of its findings",
                   "the file was changed by hand or is damaged");
  return run;
}

}  // namespace hairpin
