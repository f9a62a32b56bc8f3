#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# compare.sh SAMPLES: what the program SAMPLES prints, read by hdr-histogram-js. Exit status 77: cannot be looked at here.
set -euo pipefail

skip() { printf 'skipped: %s\n' "$1"; exit 77; }
command -v node >/dev/null || skip "there is no node"
[ -d "${HAIRPIN_NODE_MODULES:-}/hdr-histogram-js" ] ||
  skip "HAIRPIN_NODE_MODULES names no directory with hdr-histogram-js (npm install --prefix DIR hdr-histogram-js@3.0.1)"
"$1" | NODE_PATH=$HAIRPIN_NODE_MODULES node "$(dirname "$0")/compare.js"
