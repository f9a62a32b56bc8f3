# SPDX-License-Identifier: Apache-2.0
# A run (hairpin.run/1) as facts like those of scripts/matrix-plan.awk, one a line.
def pair: "\(.subject.source // "")>\(.subject.member // "")";
.findings[]
| . as $finding
| (.cause // "") as $cause
| if IN(.verdict; "fail", "inconclusive", "warn") then
    if $cause | startswith("vip.") then "\(.verdict):\($cause):\(.subject.source // "")>*"
    else "\(.verdict):\(if $cause == "" then .check + "-without-cause" else $cause end):\(pair)" end
  elif .verdict == "skip" then "skip:\(.check):\(pair)"
  elif IN(.check; "return-path", "snat") then "\(.verdict):\(.check):\(pair)"
  else empty end
