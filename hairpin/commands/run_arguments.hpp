// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hairpin/caller/run_options.hpp"

namespace CLI {
class App;
}

namespace hairpin {

/// Adds the options that `run` and `lab run` share; `options` must outlive the parse. Call
/// `check_run_options` in the command's callback.
void add_run_options(CLI::App& command, RunOptions& options);

/// Those of a run that needs no agent but its own: `check`.
void add_local_options(CLI::App& command, RunOptions& options);

/// Those of a judgement that leaves no file: `tls`.
void add_judged_options(CLI::App& command, RunOptions& options);

/// What follows from options together: `--json` is `--format json`. Throws CLI::ValidationError on
/// contradictions.
void check_run_options(RunOptions& options);

}  // namespace hairpin
