# SPDX-License-Identifier: Apache-2.0
# What a load generator printed, as one line: OPERATIONS ERRORS RESUMED. -v tool=wrk|h2load|s_time|load_engine
# Resumed is 0 where the tool does not say it.
function number(text) { gsub(/[^0-9.]/, "", text); return text + 0 }

tool == "wrk" && /requests in/ { operations = $1 }
tool == "wrk" && /Socket errors/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+,?$/) errors += number($i) }
tool == "wrk" && /Non-2xx or 3xx/ { errors += $NF }

# "100 total, 100 started, 100 done, 100 succeeded, 0 failed, 0 errored, 0 timeout"; what was open at the end is no error
tool == "h2load" && /^requests:/ {
  for (i = 2; i < NF; i += 2) {
    what = $(i + 1); sub(/,/, "", what)
    if (what == "succeeded") operations = $i
    if (what == "failed") errors = $i
  }
}
tool == "h2load" && /^status codes:/ { errors += number($5) + number($7) + number($9) }

# A star for each full handshake, an r for each resumed one.
tool == "s_time" && /^[*r]+$/ { resumed += gsub(/r/, "") }
tool == "s_time" && /connections in .* real seconds/ { operations = $1 }

tool == "load_engine" && /^\{"completed"/ {
  split($0, pair, /[,{}] ?/)
  for (i in pair) {
    split(pair[i], part, /: ?/)
    if (part[1] == "\"completed\"") operations = part[2]
    if (part[1] == "\"failed\"") errors = part[2]
    if (part[1] == "\"resumed\"") resumed = part[2]
  }
}

END { printf "%d %d %d\n", operations, errors, resumed }
