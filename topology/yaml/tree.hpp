// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "topology/yaml.hpp"

namespace hairpin::yaml {

inline constexpr std::size_t kMostLevels = 32;
inline constexpr std::size_t kMostNodes = 100'000;
inline constexpr std::size_t kMostDuplicates = 100;

enum class Kind { empty, scalar, list, map };

/// One value of a YAML file and where it stands. yaml-cpp's own nodes keep duplicate keys silently, and
/// resolve aliases; this tree is built from the parser's events and has neither.
struct Value {
  Kind kind = Kind::empty;
  std::size_t line = 1, column = 1;  ///< from 1, in bytes; of an empty value: its key's
  std::string text;                  ///< of a scalar
  bool is_quoted = false;
  std::vector<Value> keys;   ///< of a map: scalars, without duplicates
  std::vector<Value> items;  ///< of a list; of a map: the values of `keys`
};

struct Tree {
  std::optional<Value> root;              ///< absent when the file could not be parsed
  std::vector<TopologyProblem> problems;  ///< duplicate keys; or the one that ended the parsing
};

/// Parses bytes that the guard let pass. Refuses anchors, aliases, tags, a second document, keys that are no
/// scalars, more than 32 levels, more than 100,000 values.
Tree parse_tree(std::string_view text);

}  // namespace hairpin::yaml
