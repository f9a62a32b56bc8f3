# SPDX-License-Identifier: Apache-2.0
# What the tables of expected runs have in common (matrix-plan.awk, tests/lab/handmade/plan.awk): complaints with the line, and
# sets. Whoever reads one defines is_subject(WORD), and says in `subject` what it asks for.
function die(why) { printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"; failed = 1; exit 2 }

# Whom fields FROM to NF name, themselves or by a set, each followed by a blank.
function subjects(from,   f, name, text) {
  text = ""
  for (f = from; f <= NF; f++) {
    if ($f ~ /^@/) {
      name = substr($f, 2)
      if (!(name in set)) die("no set " $f)
      text = text set[name]
    } else if (is_subject($f)) text = text $f " "
    else die("\"" $f "\" is no " subject)
  }
  return text
}
