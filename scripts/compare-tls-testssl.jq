# SPDX-License-Identifier: Apache-2.0
# What the flat JSON of testssl.sh says: QUESTION, ANSWER and its own words, with tabs between. A handshake works where it
# detected HTTP; its own sockets, which go no further than the server's certificate, are no handshake, and "Your OpenSSL cannot
# connect" says nothing of the server. A chain that failed because of a date is called neither whole nor trusted.
def own: "\(.id): \(.finding)";
def version: { SSLv2: "SSL 2", SSLv3: "SSL 3", TLS1: "1.0", TLS1_1: "1.1", TLS1_2: "1.2", TLS1_3: "1.3" }[.id];
def chain: if startswith("passed") then ["chain", "complete"], ["root", "trusted"]
  elif test("chain incomplete|issuer cert missing") then ["chain", "incomplete"], ["root", "untrusted"]
  elif test("self signed") then ["root", "untrusted"]
  else empty end;
([.[] | select(version and (.finding | startswith("offered")))]
 | if length > 0 then ["versions", (map(version) | join(",")), (map(own) | join("; "))] else empty end),
(.[]
 | own as $own
 | (if .id == "service" and .finding == "HTTP" then ["handshake", "yes"]
    elif .id == "service" and (.finding | startswith("certificate-based authentication")) then ["client certificate", "required"]
    elif (.id | startswith("cert_trust")) then ["name", if .finding | test("does not match") then "other" else "matches" end]
    elif (.id | startswith("cert_expirationStatus")) then ["dates", if .finding | startswith("expired") then "expired" else "valid" end]
    elif (.id | startswith("cert_chain_of_trust")) then (.finding | chain)
    else empty end)
 | . + [$own])
| @tsv
