# SPDX-License-Identifier: Apache-2.0
# What a log of scripts/test says of its failures, and nothing else: ctest's tests that failed with what they printed, the
# matrix's differences, faults of chaos, failures of gtest, what sanitizers found, and compilers' errors. Of each block the first
# and the last `half` lines (30): who reads them may have this output only.
function show(line) {
  if (++shown <= half) print line
  else kept[shown % half] = line
}
function close_block(   i) {
  if (shown > 2 * half) print "  …"
  for (i = shown - half + 1 > half + 1 ? shown - half + 1 : half + 1; i <= shown; i++) print kept[i % half]
  kind = ""
  shown = 0
}
function open_block(name) {
  close_block()
  kind = name
}
BEGIN { if (!half) half = 30 }
END { close_block() }

/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ || /^ +Start +[0-9]+:/ {
  close_block()
  if (/\*\*\*/ && !/\*\*\*Skipped/) { open_block("ctest"); gsub(/\.\.\.+/, " "); show($0) }
  next
}
kind == "ctest" { if (!/^$/) show($0); next }

/^DIFFERS / { open_block("matrix"); show($0); next }
kind == "matrix" && !/^  / { close_block() }
/^\[  FAILED  \] .*\(/ { close_block(); print; next }
/^unit_.* tests, / { close_block(); next }
/: Failure$/ { open_block("gtest"); show($0); next }
/ERROR: [A-Za-z]+Sanitizer|: runtime error: |^WARNING: ThreadSanitizer/ { if (kind != "sanitizer") open_block("sanitizer"); show($0); next }
kind == "sanitizer" && /^SUMMARY/ { show($0); close_block(); next }
/^(FAIL|FAILED|FAILED:) / || /: (fatal )?error: / { close_block(); print; next }
kind != "" && !/^$/ { show($0) }
