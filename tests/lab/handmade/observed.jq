# SPDX-License-Identifier: Apache-2.0
# A run (hairpin.run/1) as facts like those of plan.awk, one a line. An empty source or member is `*`.
def named: if . == null or . == "" then "*" else . end;
def subject:
  if (.subject.host // "") != "" then .subject.host
  else "\(.subject.source | named)>\(.subject.member | named)/\(.subject.family)" end;
(.findings[]
  | if IN(.verdict; "fail", "inconclusive", "warn") then
      "\(.verdict):\(if (.cause // "") == "" then .check + "-without-cause" else .cause end):\(subject)"
    elif IN(.check; "return-path", "snat") then
      "\(.verdict):\(.check):\(subject)",
      (if .check == "return-path" and .verdict == "pass" then "grade:\(.grade):\(subject)" else empty end)
    else empty end),
(.diagnoses | group_by(.cause)[] | "fail:diagnosed-\(.[0].cause):\(length)")
