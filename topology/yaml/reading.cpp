// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/reading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/spelling.hpp"
#include "topology/yaml/words.hpp"

namespace hairpin::yaml {
namespace {

constexpr std::size_t kMostProblems = 100;

std::string place(const std::string& path) { return path.empty() ? "the file" : path; }

std::string shown(const Value& node) {
  switch (node.kind) {
    case Kind::empty:
      return "empty";
    case Kind::scalar:
      return in_quotes(node.text);
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return "";
}

bool has(std::span<const Key> keys, std::string_view name) {
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
}

/// A misspelt key of this table, or a key that is right in another place.
std::string mend_for(const std::string& word, std::span<const Key> keys) {
  std::vector<std::string_view> names;
  for (const auto& key : keys) names.push_back(key.name);
  if (auto mend = did_you_mean(word, names); !mend.empty()) return mend;
  for (const auto& [title, others] : kKeyTables)
    if (has(others, word)) return fmt::format("it is a key of {}", title);
  return "known are " + fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void Reading::problem(const Value& at, std::string what, std::string mend) {
  if (problems_.size() < kMostProblems) {
    problems_.push_back({at.line, at.column, std::move(what), std::move(mend)});
    if (is_full()) problems_.push_back({at.line, at.column, "there are more problems", "mend these first"});
  }
}

void Reading::wrong(const Value& at, std::string_view path, std::string_view wanted, std::string mend) {
  problem(at, fmt::format("{} must be {}, not {}", path, wanted, shown(at)), std::move(mend));
}

bool Reading::is_full() const { return problems_.size() >= kMostProblems; }

Section::Section(const Value& node, std::string path, std::span<const Key> keys, Reading& reading)
    : node_(node), path_(std::move(path)), keys_(keys), reading_(reading) {
  if (node_.kind == Kind::map)
    check_keys();
  else
    reading_.wrong(node_, place(path_), "a map of keys");
}

void Section::check_keys() const {
  for (const auto& key : node_.keys) {
    if (reading_.is_full()) return;
    if (!has(keys_, key.text))
      reading_.problem(key, fmt::format("unknown key {} in {}", in_quotes(key.text), place(path_)),
                       mend_for(key.text, keys_));
  }
}

const Value* Section::find(std::string_view key) const {
  for (std::size_t i = 0; i < node_.keys.size(); ++i)
    if (node_.keys[i].text == key) return &node_.items[i];
  return nullptr;
}

const Value* Section::require(std::string_view key) const {
  const auto* value = find(key);
  if (value || node_.kind != Kind::map) return value;
  const auto row =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& known) { return known.name == key; });
  std::string wanted;
  if (row != keys_.end())
    std::remove_copy(row->value.begin(), row->value.end(), std::back_inserter(wanted), '`');
  reading_.problem(node_, fmt::format("the key \"{}\" is missing in {}", key, place(path_)),
                   fmt::format("add \"{}\": {}", key, wanted));
  return nullptr;
}

void each_item(const Value& list, const std::string& path, std::string_view wanted, std::size_t most,
               bool is_needed, Reading& reading, const std::function<void(const Value& item)>& read) {
  if (list.kind != Kind::list) {
    const bool is_one = list.kind == Kind::scalar && !list.text.empty();
    reading.wrong(list, path, wanted, is_one ? "put it in brackets: [ … ]" : "");
    return;
  }
  if (list.items.size() > most) {
    reading.problem(list,
                    fmt::format("{} has {} entries; at most {} are possible", path, list.items.size(), most));
    return;
  }
  if (list.items.empty() && is_needed)
    reading.problem(list, fmt::format("{} is empty", path), "name at least one");
  for (const auto& item : list.items)
    if (!reading.is_full()) read(item);
}

void each_entry(const Value& map, const std::string& path, std::string_view wanted, std::size_t most,
                Reading& reading, const std::function<void(const Value& key, const Value& value)>& read) {
  if (map.kind != Kind::map) {
    reading.wrong(map, path, wanted);
    return;
  }
  if (map.keys.size() > most) {
    reading.problem(map,
                    fmt::format("{} has {} entries; at most {} are possible", path, map.keys.size(), most));
    return;
  }
  if (map.keys.empty()) reading.problem(map, fmt::format("{} is empty", path), "name at least one");
  for (std::size_t i = 0; i < map.keys.size(); ++i)
    if (!reading.is_full()) read(map.keys[i], map.items[i]);
}

}  // namespace hairpin::yaml
