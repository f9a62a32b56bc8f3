# SPDX-License-Identifier: Apache-2.0
# Compares expected facts (-v facts=, -v status=: of the run) with observed ones on stdin. Prints one line a difference
# and one a judged cause: "missed FACT", "unexpected FACT", "agreed FACT". Exit status 1 when they differ.
# A fact that may be can name any cause, or any cause of anybody: `maybe-VERDICT:*:PAIR`, `maybe-VERDICT:*:*`.
function differ(what, fact) { print what, fact; differs = 1 }
function is_allowed(fact,   part) {
  split(fact, part, ":")
  return fact in wanted || fact in maybe || (part[1] ":*:" part[3]) in maybe || (part[1] ":*:*") in maybe
}
BEGIN {
  count = split(facts, list, ";")
  for (i = 1; i <= count; i++) {
    fact = list[i]
    if (fact == "") continue
    if (fact ~ /^exit:/) { split(fact, part, ":"); exits = part[2]; continue }
    if (sub(/^maybe-/, "", fact)) maybe[fact] = 1
    else wanted[fact] = 1
    if (fact ~ /^fail:/ && !(fact in maybe)) worst = 1
    if (fact ~ /^inconclusive:/ && !(fact in maybe) && worst != 1) worst = 3
  }
}
{ observed[$0] = 1 }
/^(pass|fail|info|inconclusive|warn|skip):/ { split($0, part, ":"); by_pair[part[1], part[3]] = 1 }
END {
  for (fact in wanted) {
    split(fact, part, ":")
    rest = part[2] ":" part[3]
    if (part[1] == "pass-or-info") found = (("pass:" rest) in observed) || (("info:" rest) in observed)
    else if (part[1] == "skip") found = (("skip", part[3]) in by_pair) && !(("pass", part[3]) in by_pair)
    else found = fact in observed
    if (found) print "agreed", fact
    else differ("missed", fact)
  }
  for (fact in observed)
    if (fact ~ /^(fail|inconclusive|warn):/ && !is_allowed(fact)) differ("unexpected", fact)
  if (exits == "") exits = worst + 0
  if (index("," exits ",", "," status ",") == 0) differ("missed", "exit:" exits ":got-" status)
  exit differs
}
