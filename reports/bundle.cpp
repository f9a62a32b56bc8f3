// SPDX-License-Identifier: Apache-2.0
#include "reports/bundle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"
#include "reports/files.hpp"
#include "reports/for_f5.hpp"
#include "reports/indented.hpp"
#include "reports/report.hpp"
#include "reports/versions.hpp"

namespace hairpin::reports {
namespace {

constexpr std::size_t kMostFile_bytes = 256UL << 20;
constexpr std::size_t kMostName_bytes = 64;

std::uint64_t lines_of(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Puts the file's name in front of what is wrong in it.
Error in_file(const std::string& name, Error error) {
  constexpr std::string_view kRead = "read ";
  if (error.doing.starts_with(kRead)) error.doing.erase(0, kRead.size());
  error.doing = fmt::format("read {}: {}", name, error.doing);
  return error;
}

template <class T>
Result<T> read_document(const std::string& directory, const std::string& name,
                        Result<T> (*understand)(const boost::json::value&)) {
  const auto text = read_file(directory, name, kMostFile_bytes);
  if (!text) return text.error();
  const auto document = parse_json(*text, name);
  if (!document) return document.error();
  auto value = understand(*document);
  if (!value) return in_file(name, value.error());
  return value;
}

Result<Versions> versions_from_json(const boost::json::value& document) {
  const auto* object = document.if_object();
  const auto* schema = object ? object->if_contains("schema") : nullptr;
  if (schema && schema->is_string() &&
      schema->get_string() != kBundleSchema)  // another version may have other keys: say that first
    return refusal(fmt::format("read a bundle that is not of version \"{}\"", kBundleSchema),
                   "use the hairpin version that wrote it");
  return from_json<Versions>(document);
}

}  // namespace

std::string bundle_name(const Run& run) {
  std::string name = run.topology.name.substr(0, kMostName_bytes);
  const auto is_safe = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
  };
  for (char& letter : name)
    if (!is_safe(letter)) letter = '_';
  if (name.empty()) name = "run";
  if (name.front() == '.' || name.front() == '-') name.front() = '_';
  auto time = iso8601(run.run.started, 0);
  std::erase_if(time, [](char letter) { return letter == '-' || letter == ':'; });
  return fmt::format("{}-{}-{}", name, time, boost::describe::enum_to_string(run.verdict, ""));
}

Result<> write_bundle(const std::string& directory, const Run& run, const std::string& topology_text,
                      const Observations& observations, const WriteCaptures& write_captures) {
  if (auto made = make_bundle_directory(directory); !made) return made;
  const auto lines = to_json_lines(observations);
  auto versions = versions_of_this_process(run.run.version);
  versions.observation_lines = lines_of(lines);
  std::vector<std::pair<const char*, std::string>> files = {
      {"topology.yaml", topology_text},
      {"observations.jsonl", lines},
      {"versions.json", indented(to_json(versions))},
      {"report.txt", text(run, {.is_verbose = true})},
      {"junit.xml", junit(run)},
  };
  if (auto hand_over = for_f5(run, observations.captures); !hand_over.empty())
    files.insert(files.begin(), {"for-f5.txt", std::move(hand_over)});
  for (const auto& [name, bytes] : files)
    if (auto written = write_file(directory, name, bytes); !written) return written;
  if (write_captures)
    if (auto written = write_captures(directory); !written) return written;
  return write_file(directory, "run.json", json(run));  // last: a bundle that has it is complete
}

Result<Bundle> read_bundle(const std::string& directory) {
  const auto versions = read_document<Versions>(directory, "versions.json", versions_from_json);
  if (!versions) return versions.error();
  auto run = read_document<Run>(directory, "run.json", run_from_json);
  if (!run) return run.error();
  auto topology = read_file(directory, "topology.yaml", kMostFile_bytes);
  if (!topology) return topology.error();
  const auto lines = read_file(directory, "observations.jsonl", kMostFile_bytes);
  if (!lines) return lines.error();
  auto observations = observations_from_json_lines(*lines);
  if (!observations) return observations.error();
  if (lines_of(*lines) != versions->observation_lines)
    return refusal(fmt::format("read observations.jsonl: it has {} lines, versions.json promises {}",
                               lines_of(*lines), versions->observation_lines),
                   "the file is cut off or was changed");
  return Bundle{std::move(*run), std::move(*topology), std::move(*observations)};
}

}  // namespace hairpin::reports
