# SPDX-License-Identifier: Apache-2.0
# What the JSON of `hairpin tls` says: QUESTION, ANSWER and the finding's own words, with tabs between. Nothing for what it does not judge.
def versions: [capture("speaks (?<list>[^;]*)").list | scan("TLSv1(?:\\.[1-3])?") | if . == "TLSv1" then "1.0" else ltrimstr("TLSv") end] | join(",");
.findings[]
| . as $finding
| (.check + "=" + (.cause // .verdict)) as $said
| { "tls-handshake=pass": ["handshake", "yes"],
    "tls-chain=pass": ["chain", "complete"],
    "tls-chain=tls.chain-surplus": ["chain", "complete"],
    "tls-chain=tls.chain-incomplete": ["chain", "incomplete"],
    "tls-name=pass": ["name", "matches"],
    "tls-name=tls.name-mismatch": ["name", "other"],
    "tls-validity=pass": ["dates", "valid"],
    "tls-validity=tls.expires-soon": ["dates", "valid"],
    "tls-validity=tls.expired": ["dates", "expired"],
    "tls-validity=tls.not-yet-valid": ["dates", "not yet valid"],
    "tls-trust=pass": ["root", "trusted"],
    "tls-trust=tls.untrusted": ["root", "untrusted"] }[$said]
  // (if .check == "tls-handshake" and .verdict == "fail" then ["handshake", "no"]
      elif .check == "tls-version" and (.summary | startswith("speaks ")) then ["versions", (.summary | versions)]
      elif .check == "mtls-request" and (.summary | startswith("requires ")) then ["client certificate", "required"]
      elif .check == "mtls-request" and (.summary | startswith("asks for no ")) then ["client certificate", "none"]
      elif .check == "mtls-request" and (.summary | startswith("asks for a ")) then ["client certificate", "requested"]
      else empty end)
| . + ["\($finding.check): \($finding.summary)"]
| @tsv
