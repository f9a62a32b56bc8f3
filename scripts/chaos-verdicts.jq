# SPDX-License-Identifier: Apache-2.0
# What a disturbed run ($now) says that an undisturbed one of the same site ($truth) contradicts, a line each.
($truth[0].findings | map({key: .id, value: .verdict}) | from_entries) as $true
| $now[0] as $run
| ($run.findings[]
   | ($true[.id] // "absent") as $was
   | select((.verdict == "fail" and $was != "fail") or (.verdict == "pass" and $was == "fail"))
   | "\(.id) is \(.verdict) (\(.cause // "")), undisturbed it is \($was): \(.summary)"),
  (select($status == 0 and $run.counts.pass < $truth[0].counts.pass)
   | "exit status 0, although only \($run.counts.pass) of \($truth[0].counts.pass) findings pass"),
  (select($status == 3 and ([$run.findings[] | select(.verdict == "inconclusive")] | length) == 0)
   | "exit status 3 and nothing is inconclusive"),
  ($run.findings[] | select(.verdict == "inconclusive" and (.reason // "") == "") | "\(.id) is inconclusive without a reason"),
  ($run.findings[] | select(.verdict == "inconclusive" and (.next_step // "") == "") | "\(.id) is inconclusive without a next step")
