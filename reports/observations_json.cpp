// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "reports/bundle.hpp"

// observations.jsonl: one JSON object on each line, {"kind": "probe", "value": {…}}, so that a run of any
// length can be read, searched and joined with the tools of a shell.
namespace hairpin::reports {
namespace {

constexpr std::size_t kMostLine_bytes = 1 << 20;

/// The kinds and where their values go: writing and reading follow the same rows.
template <class Action>
void for_each_kind(Action action) {
  action("agent", &Observations::agents);
  action("host", &Observations::hosts);
  action("capture", &Observations::captures);
  action("probe", &Observations::probes);
  action("responder", &Observations::responders);
  action("packet", &Observations::packets);
  action("balancer", &Observations::balancers);
  action("connection", &Observations::connections);
}

/// Takes one value into its list; `place` names file and line.
Result<> take(Observations& observations, const boost::json::value& line, const std::string& place) {
  const auto* object = line.if_object();
  if (!object) return json_detail::wrong_type(place, "an object", line);
  for (const char* key : {"kind", "value"})
    if (!object->contains(key)) return json_detail::missing_key(place, key);
  for (const auto& pair : *object)
    if (pair.key() != "kind" && pair.key() != "value") return json_detail::unknown_key(place, pair.key());
  std::optional<Error> error;
  bool is_known = false;
  for_each_kind([&](const char* kind, auto list) {
    if (is_known || object->at("kind") != kind) return;
    is_known = true;
    using Value = typename std::remove_reference_t<decltype(observations.*list)>::value_type;
    auto value = from_json<Value>(object->at("value"), place + "value");
    if (value)
      (observations.*list).push_back(std::move(*value));
    else
      error = value.error();
  });
  if (error) return *error;
  if (is_known) return {};
  return json_detail::wrong_type(place + "kind", "one of agent host capture probe responder packet balancer connection",
                                 object->at("kind"));
}

}  // namespace

std::string to_json_lines(const Observations& observations) {
  std::string text;
  for_each_kind([&](const char* kind, auto list) {
    for (const auto& value : observations.*list) {
      const boost::json::object line{{"kind", kind}, {"value", to_json(value)}};
      text += valid_utf8(boost::json::serialize(line)) + "\n";
    }
  });
  return text;
}

Result<Observations> observations_from_json_lines(std::string_view text) {
  Observations observations;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto name = fmt::format("observations.jsonl:{}", number);
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
      return refusal(fmt::format("read {}: the line has no end", name), "the file is cut off");
    if (end > kMostLine_bytes)
      return refusal(
          fmt::format("read {}: the line has {} bytes, at most {} are read", name, end, kMostLine_bytes));
    const auto line = parse_json(text.substr(0, end), name);
    if (!line) return line.error();
    if (auto taken = take(observations, *line, name + ": "); !taken) return taken.error();
    text.remove_prefix(end + 1);
  }
  return observations;
}

}  // namespace hairpin::reports
