// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace hairpin {

/// What a person sees on stderr while a run goes on. On a terminal the current state is one line that is
/// rewritten; elsewhere only `say` prints. Quiet: nothing at all.
class Progress {
 public:
  explicit Progress(bool is_quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void say(const std::string& line);     ///< stays
  void update(const std::string& line);  ///< until the next one
  void clear();

 private:
  bool is_quiet_;
  std::optional<std::size_t> columns_;
  bool is_shown_ = false;
};

}  // namespace hairpin
