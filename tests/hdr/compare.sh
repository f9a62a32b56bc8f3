#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# compare.sh SAMPLES: what the program SAMPLES prints, read by hdr-histogram-js. Exit status 77: cannot be looked at here.
set -euo pipefail

skip() { printf 'skipped: %s\n' "$1"; exit 77; }
command -v node >/dev/null || skip "there is no node"
modules=${HAIRPIN_NODE_MODULES:-$(dirname "$0")/../../build/npm/node_modules}
[ -d "$modules/hdr-histogram-js" ] || skip "there is no $modules/hdr-histogram-js (scripts/setup --tests)"
"$1" | NODE_PATH=$modules node "$(dirname "$0")/compare.js"
