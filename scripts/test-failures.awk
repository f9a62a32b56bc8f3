# SPDX-License-Identifier: Apache-2.0
# What a log of scripts/test says of its failures, and nothing else: ctest's tests that failed with what they printed, the
# matrix's differences, gtest's failures. At most `most` lines (60) of each, since who reads them may have this output only.
function show(line) {
  if (++shown <= limit) print line
  else if (shown == limit + 1) print "  …"
}
function open_block() { is_open = 1; shown = 0; limit = most ? most : 60 }

/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ || /^ +Start +[0-9]+:/ {
  is_open = 0
  if (/\*\*\*/) { open_block(); gsub(/\.\.\.+/, " "); show($0) }
  next
}
/^DIFFERS / { open_block(); show($0); is_matrix = 1; next }
is_matrix && !/^  / { is_open = is_matrix = 0 }
/: Failure$/ && !is_open { open_block(); limit = 12; is_gtest = 1 }
is_gtest && /^\[/ { show($0); is_open = is_gtest = 0; next }
/^FAIL / { print; next }
is_open && !/^$/ { show($0) }
