// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "topology/yaml/keys.hpp"
#include "topology/yaml/tree.hpp"

namespace hairpin::yaml {

/// The problems of one reading, in the order in which they were found.
class Reading {
 public:
  void problem(const Value& at, std::string what, std::string mend = {});
  /// PATH must be WANTED, not what it is.
  void wrong(const Value& at, std::string_view path, std::string_view wanted, std::string mend = {});
  /// So many problems that looking for more, and for spellings, is a waste.
  bool is_full() const;
  bool has_problems() const { return !problems_.empty(); }
  std::vector<TopologyProblem> take() { return std::move(problems_); }

 private:
  std::vector<TopologyProblem> problems_;
};

/// What a reader of values returns: an optional.
template <class Read>
using ValueOf = std::invoke_result_t<Read&, const Value&, const std::string&, Reading&>;

/// A map with a closed set of keys. Unknown keys are problems as soon as one is made.
class Section {
 public:
  Section(const Value& node, std::string path, std::span<const Key> keys, Reading& reading);

  const std::string& path() const { return path_; }
  std::string path(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }
  const Value& node() const { return node_; }
  const Value* find(std::string_view key) const;     ///< null when it is not given
  const Value* require(std::string_view key) const;  ///< not given: a problem

  /// The value of a key by a reader `read(node, path, reading) -> optional<T>`; nothing when absent or wrong.
  template <class Read>
  ValueOf<Read> get(std::string_view key, Read read) const {
    const auto* value = find(key);
    if (!value) return {};
    return read(*value, path(key), reading_);
  }
  template <class Read>
  ValueOf<Read> need(std::string_view key, Read read) const {
    return require(key) ? get(key, read) : ValueOf<Read>{};
  }

 private:
  void check_keys() const;

  const Value& node_;
  std::string path_;
  std::span<const Key> keys_;
  Reading& reading_;
};

/// Walks a list, or the values of a map; anything else, too many, and (where `is_needed`) none are problems.
void each_item(const Value& list, const std::string& path, std::string_view wanted, std::size_t most,
               bool is_needed, Reading& reading, const std::function<void(const Value& item)>& read);
void each_entry(const Value& map, const std::string& path, std::string_view wanted, std::size_t most,
                Reading& reading, const std::function<void(const Value& key, const Value& value)>& read);

}  // namespace hairpin::yaml
