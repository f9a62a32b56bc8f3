# SPDX-License-Identifier: Apache-2.0
# Reads tests/matrix/expected.txt; prints one line a combination: MODE SNAT EXPECT FAULT FAMILY ONCE FACT;FACT;...
# A fact is VERDICT:CAUSE:PAIR, PRESENT:CHECK:PAIR (pass, pass-or-info, skip), maybe-VERDICT:CAUSE:PAIR or exit:LIST:.
# With -f scripts/matrix-tables.awk.
BEGIN { subject = "pair" }
function is_subject(word) { return word ~ /^(client1|oc01|oc02)?>(oc01|oc02|\*|10\.137\.2\.99|2001:db8:137:2::99)?$/ }
function list_of(key,   f, part) {
  for (f = 2; f <= NF; f++) {
    if (index($f, key "=") == 1) return substr($f, length(key) + 2)
  }
  die("no " key "=")
}
function facts(kind, cause, text,   n, p, pair) {
  n = split(text, pair, " ")
  for (p = 1; p <= n; p++) body = body kind ":" cause ":" pair[p] ";"
}
function add(kind, text) { kept[kind] = kept[kind] text }

function promise_facts(snat, expect, fault,   built, n, p, pair) {
  built = fault == "snat-wrong-address" ? "wrong" : snat
  if ((built, expect) in promise) facts("fail", promise[built, expect], kept["arrives"])
  else facts("pass", "snat", kept["pass"] kept["pass-or-info"])
}

function emit(mode, snat, expect, fault, family,   combination, own, in_once) {
  combination = mode " " snat " " expect " " fault " " family
  if (combination in seen) die(combination " is in two cases")
  seen[combination] = 1
  own = body
  if (mode != "npath") promise_facts(snat, expect, fault)
  in_once = expect == snat && (once == "" || index(" " once " ", " " snat " "))
  # one broken promise of each kind, in one mode and family each, belongs to the short matrix
  if (once_in != "" && index(" " once_in " ", " " family " ") == 0) in_once = 0
  if (fault == "none" && expect != snat) in_once = (mode family == "fastl4ipv4" || mode family == "standardipv6")
  print combination, in_once ? "once" : "full", body
  body = own
}

function finish(   m, s, f, a, e, modes, snats, faults, families, expects, count_e) {
  if (header == "") return
  facts("pass", "return-path", kept["pass"])
  facts("pass-or-info", "return-path", kept["pass-or-info"])
  facts("skip", "return-path", kept["skip"])
  for (m = split(mode_list, modes, ","); m >= 1; m--)
    for (s = split(snat_list, snats, ","); s >= 1; s--)
      for (f = split(fault_list, faults, ","); f >= 1; f--)
        for (a = split(family_list, families, ","); a >= 1; a--) {
          count_e = split(modes[m] == "npath" || as_built ? snats[s] : "none automap pool", expects, " ")
          for (e = 1; e <= count_e; e++) emit(modes[m], snats[s], expects[e], faults[f], families[a])
        }
  header = ""
}

{ sub(/^[ \t]*#.*/, "") }
NF == 0 { next }
$1 == "set" { set[$2] = subjects(4); next }
$1 == "promise" {
  n = split(list_of("built"), builts, ","); m = split(list_of("expected"), expecteds, ",")
  for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) promise[builts[i], expecteds[j]] = $NF
  next
}
$1 == "case" {
  finish()
  header = $0; body = ""; once = ""; once_in = ""; as_built = 0
  split("", kept)
  mode_list = list_of("mode"); snat_list = list_of("snat")
  fault_list = list_of("fault"); family_list = list_of("family")
  next
}
$1 == "once-in" { once_in = $2; next }
$1 == "as-built" { as_built = 1; next }
$1 == "exit" { body = body "exit:" $2 ($3 == "" ? "" : "," $3) ":;"; next }
$1 == "once" { once = $0; sub(/^[ \t]*once[ \t]+/, "", once); next }
$1 == "arrives" || $1 == "pass" || $1 == "pass-or-info" || $1 == "skip" { add($1, subjects(2)); next }
$1 == "fail" || $1 == "inconclusive" || $1 == "warn" { facts($1, $2, subjects(3)); next }
$1 == "maybe" { facts("maybe-" $2, $3, subjects(4)); next }
{ die("\"" $1 "\" is no word of this file") }
END { if (!failed) finish() }
