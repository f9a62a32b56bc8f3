# SPDX-License-Identifier: Apache-2.0
# Reads cases.txt; prints one line a case: NAME SETTING;SETTING;... FACT;FACT;... With -v sample=yes those of `sample`.
# A fact is VERDICT:CAUSE:PAIR/FAMILY, pass:CHECK:PAIR/FAMILY or grade:GRADE:PAIR/FAMILY, after `maybe-` when it is
# allowed but not demanded; scripts/matrix-compare.awk compares them with what observed.jq prints.
# With -f scripts/matrix-tables.awk.
BEGIN { subject = "pair and no host" }
function is_subject(word) {
  return word ~ /^(desk-[ab]|web[123]|lb)$/ || word ~ /^(desk-[ab]|web[123])>(web[123]|\*)$/ || word ~ /^([0-9]|\*)$/
}

# Pairs in both families; a host and a number have none.
function facts(kind, cause, text,   n, s, one) {
  n = split(text, one, " ")
  if (n == 0) die("nobody to expect this of")
  for (s = 1; s <= n; s++) {
    if (one[s] ~ />/)
      body = body kind ":" cause ":" one[s] "/ipv4;" kind ":" cause ":" one[s] "/ipv6;"
    else body = body kind ":" cause ":" one[s] ";"
  }
}

function emit(suffix, settings,   text) {
  if ((title suffix) in seen) die(title suffix " is in two cases")
  seen[title suffix] = 1
  text = body
  if (settings ~ /family=ipv4;/) gsub(/[^;]*\/ipv6;/, "", text)
  if (settings ~ /family=ipv6;/) gsub(/[^;]*\/ipv4;/, "", text)
  if (sample == "" || (title suffix) in sampled) print title suffix, settings, text
}

# What a setting adds to the name of its case: the balancer, whether it is watched, and what the case has several of.
function name_part(key, value, is_choice) {
  if (key == "watch") return value == "yes" ? "-watched" : ""
  return is_choice || key == "lb" ? "-" value : ""
}

# Every combination of the keys from KEY on.
function expand(key, suffix, settings,   n, v, value) {
  if (key > keys) { emit(suffix, settings); return }
  n = split(list[key], value, ",")
  for (v = 1; v <= n; v++)
    expand(key + 1, suffix name_part(word[key], value[v], n > 1), settings word[key] "=" value[v] ";")
}

function finish() {
  if (title != "") expand(1, "", "")
  title = ""
}

{ sub(/^[ \t]*#.*/, "") }
NF == 0 { next }
$1 == "set" { set[$2] = subjects(4); next }
$1 == "sample" { for (f = 2; f <= NF; f++) sampled[$f] = 1; next }
$1 == "case" {
  finish()
  title = $2; body = ""; keys = 0
  for (f = 3; f <= NF; f++) {
    if ($f !~ /^(lb|snat|promise|watch|control|patience|callers|family|fault|without|alone)=[a-z0-9,-]+$/) die("\"" $f "\" is no setting")
    at = index($f, "=")
    word[++keys] = substr($f, 1, at - 1); list[keys] = substr($f, at + 1)
  }
  next
}
$1 == "returns" { facts("pass", "return-path", subjects(2)); next }
$1 == "keeps" { facts("pass", "snat", subjects(2)); next }
$1 == "grade" { facts("grade", $2, subjects(3)); next }
$1 == "diagnosis" { for (f = 2; f <= NF; f++) facts("fail", "diagnosed-" $f, "1"); next }
$1 == "fail" || $1 == "inconclusive" || $1 == "warn" { facts($1, $2, subjects(3)); next }
$1 == "exit" { body = body "exit:" $2 ";"; next }
$1 == "maybe" { facts("maybe-" $2, $3, subjects(4)); next }
{ die("\"" $1 "\" is no word of this file") }
END {
  if (failed) exit 2
  finish()
  for (name in sampled) if (!(name in seen)) die("the sample names " name ", which is no case")
}
