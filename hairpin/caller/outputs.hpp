// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evidence/finding.hpp"
#include "evidence/observation.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/caller/run_options.hpp"

/// What every command that makes a run does with it in the end.
namespace hairpin {

/// "hairpin: could not …" on stderr; the status as a number.
int refused(const Error& error, ExitStatus status);

/// Before the first packet: what the run found must not be lost for want of a place.
Result<> check_outputs(const RunOptions& options);

/// The directory of --out, or a new one named after the run.
Result<std::string> place_of_bundle(const Run& run, const RunOptions& options);

/// Nothing where no file was named.
Result<> write_junit(const Run& run, const std::string& path);

/// The run in the wanted format, on stdout.
void print_run(const Run& run, const RunOptions& options);

/// "Bundle: PATH": below the report where a person reads it, on stderr where a program reads stdout.
void print_place(const RunOptions& options, const std::string& bundle);

int status_of(const Run& run, const Observations& observations, const RunOptions& options);

}  // namespace hairpin
