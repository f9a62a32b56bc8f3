// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "topology/import/sorting.hpp"

namespace hairpin::f5 {

/// Lines of the topology file; what comes from the configuration says from where.
class Lines {
 public:
  explicit Lines(const Config& config) : config_(config) {}

  void add(std::string line) { text_ += std::move(line) + "\n"; }
  /// LINE  # OBJECT, FILE:LINE
  void add(std::string line, const Object& object, Origin origin = {});
  void comment(const std::string& text) { add("# " + text); }
  std::string take() { return std::move(text_); }

 private:
  const Config& config_;
  std::string text_;
};

inline constexpr const char* kIndent = "          ";  ///< of a promise

void add_hosts(Lines& lines, const Config& config, const Sorted& sorted);
void add_networks(Lines& lines, const Networks& networks, const Sorted& sorted);
void add_pools(Lines& lines, const Config& config, const Networks& networks, const Sorted& sorted);
/// The expectation of one virtual server.
void add_promises(Lines& lines, const Config& config, const Networks& networks, const Virtual& server);
/// Who ends TLS.
void add_tls(Lines& lines, const Config& config, const Virtual& server);
/// What clients speak, as far as profiles say it.
void add_protocol(Lines& lines, const Config& config, const Virtual& server);

}  // namespace hairpin::f5
