// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evidence/finding.hpp"
#include "evidence/observation.hpp"

/// Runs made by hand, as checks would give them, for the tests of the reports.
namespace hairpin::reports::samples {

Run broken();        ///< the seed case: FastL4 without SNAT, members that are clients too
Run mended();        ///< the same site with SNAT automap, one warning less
Run inconclusive();  ///< a member that was never seen, a capture that dropped packets
Run warned();        ///< passed with a warning
Run empty();         ///< nothing was judged
Run hostile();       ///< names and answers that try to drive the terminal or to break the format

/// What the captures of `broken` can vouch for: one is good, one lost packets, one is of a host without a fault.
std::vector<CaptureFacts> captures();

/// Every run above by its name, for the golden files.
std::vector<std::pair<std::string, Run>> all();

/// Compares with tests/golden/NAME; with HAIRPIN_UPDATE_GOLDEN=1 in the environment it writes that file
/// instead.
void expect_golden(const std::string& name, const std::string& produced);

/// A new empty directory that is gone at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write_bytes(const std::string& path, const std::string& bytes);
std::string read_bytes(const std::string& path);

}  // namespace hairpin::reports::samples
