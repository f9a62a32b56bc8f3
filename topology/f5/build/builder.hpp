// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/f5/build/reading.hpp"

namespace hairpin::f5 {

/// Stanzas to objects, objects to typed ones, then what one object says of another.
class Builder {
 public:
  explicit Builder(Config& config) : config_(config) {}
  void build();

 private:
  void list_objects();
  void read_db();
  void read_partitions();
  void read_typed();
  Object object_of(const Node& node, std::uint32_t file);
  Text intern(const std::string& kind);

  Config& config_;
  std::unordered_map<std::string, Text> kinds_;
};

/// Addresses that another object says: the virtual address of a destination, the node of a member.
void resolve(Config& config);

}  // namespace hairpin::f5
