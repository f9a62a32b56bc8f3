// SPDX-License-Identifier: Apache-2.0
#include "hairpin/caller/outputs.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "base/complain.hpp"
#include "hairpin/caller/print.hpp"
#include "reports/bundle.hpp"
#include "reports/files.hpp"
#include "reports/report.hpp"

namespace hairpin {
namespace {

constexpr std::string_view kRuns = "hairpin-runs";

}  // namespace

int refused(const Error& error, ExitStatus status) {
  complain("hairpin: {}\n", describe(error));
  return number(status);
}

Result<> check_outputs(const RunOptions& options) {
  if (options.prepare_only) return {};
  const auto directory = options.bundle_directory.empty() ? std::string(kRuns) + "/new" : options.bundle_directory;
  if (auto fit = reports::check_bundle_directory(directory); !fit) return fit;
  return options.junit_file.empty() ? Result<>() : reports::check_new_file(options.junit_file, "--junit");
}

Result<std::string> place_of_bundle(const Run& run, const RunOptions& options) {
  if (!options.bundle_directory.empty()) return options.bundle_directory;
  return reports::make_new_bundle_directory(std::string(kRuns) + "/" + reports::bundle_name(run));
}

Result<> write_junit(const Run& run, const std::string& path) {
  if (path.empty()) return {};
  std::ofstream file(path, std::ios::binary);
  file << reports::junit(run);
  file.close();
  if (!file) return last_system_error("write " + path);
  return {};
}

void print_run(const Run& run, const RunOptions& options) {
  fmt::print("{}", shown(run, {options.format, options.is_quiet, options.is_verbose}));
  std::fflush(stdout);
}

void print_place(const RunOptions& options, const std::string& bundle) {
  if (options.is_quiet) return;
  fmt::print(options.format == "text" ? stdout : stderr, "Bundle: {}\n", bundle);
}

int status_of(const Run& run, const Observations& observations, const RunOptions& options) {
  if (options.format == "nagios") return reports::nagios_status(run);
  return number(exit_status(run, observations, options.is_strict));
}

}  // namespace hairpin
