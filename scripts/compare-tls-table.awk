# SPDX-License-Identifier: Apache-2.0
# The table of scripts/compare-tls. Reads lines with tabs between: `server NUMBER DESCRIPTION HANDSHAKE VERSIONS CLIENT-CERTIFICATE
# CHAIN NAME DATES ROOT`, the truth; `says NUMBER TOOL QUESTION ANSWER WORDS`; `ended NUMBER TOOL HOW`, of a tool that did not end well.
# A tool that says nothing about a question is not wrong; only a false statement is. Then lists these, in the tool's words.
function expected(server, question, tool,   fact) {
  fact = truth[server, question]
  if (question == "client certificate") return fact == "none" ? "none" : fact "/asked for"
  if (question != "handshake") return fact
  if (tool ~ /\+/ || fact == "yes") return "yes"
  return fact == "late" ? "yes/no" : "no"
}
function shown(fact, question) {
  if (question == "handshake" && fact == "late") return "yes, refused afterwards without certificate"
  if (question == "handshake" && fact == "with") return "yes, not without certificate"
  gsub(/,/, ", ", fact)
  return fact
}
function cell(server, question, tool,   answer) {
  answer = said[server, question, tool]
  if (answer == "") { count["nothing", tool]++; return "–" (((server, tool) in ended) ? " (" ended[server, tool] ")" : "") }
  if (index("/" expected(server, question, tool) "/", "/" answer "/")) { count["right", tool]++; return shown(answer) }
  count["wrong", tool]++
  wrong[++wrongs] = "- " server ", " question ", " tool ": `" words[server, question, tool] "`"
  return "**wrong: " shown(answer) "**"
}
BEGIN {
  FS = "\t"
  questions = split("handshake,versions,client certificate,chain,name,dates,root", question, ",")
  tools = split("hairpin,hairpin + certificate,testssl.sh,sslscan,sslscan + certificate", tool, ",")
}
$1 == "server" { servers = $2; name[$2] = $3; for (q = 1; q <= questions; q++) truth[$2, question[q]] = $(q + 3) }
$1 == "says" {
  # Two certificates of one server: what is said of the first.
  if (!(($2, $4, $3) in said)) { said[$2, $4, $3] = $5; words[$2, $4, $3] = $6 }
}
$1 == "ended" { ended[$2, $3] = $4 }
END {
  printf "| server | question | truth |"
  for (t = 1; t <= tools; t++) printf " %s |", tool[t]
  printf "\n|---|---|---|"
  for (t = 1; t <= tools; t++) printf "---|"
  print ""
  for (s = 1; s <= servers; s++) {
    for (q = 1; q <= questions; q++) {
      printf "| %s | %s | %s |", q == 1 ? "**" s "** " name[s] : s, question[q], shown(truth[s, question[q]], question[q])
      for (t = 1; t <= tools; t++) printf " %s |", cell(s, question[q], tool[t])
      print ""
    }
  }
  split("right,wrong,nothing", sums, ",")
  for (i = 1; i <= 3; i++) {
    printf "| all | %s | |", sums[i] == "nothing" ? "says nothing" : sums[i]
    for (t = 1; t <= tools; t++) printf " %d |", count[sums[i], tool[t]]
    print ""
  }
  print "\nWrong, in the tool's own words:\n"
  for (w = 1; w <= wrongs; w++) print wrong[w]
  if (!wrongs) print "nothing"
}
