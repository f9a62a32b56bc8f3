# SPDX-License-Identifier: Apache-2.0
# What the XML of sslscan says: QUESTION, ANSWER and its own words, with tabs between. A handshake works when it lists a cipher,
# and does not when it lists none for a server that it has reached. Authorities that the server names are a request for a client
# certificate. It shows the certificate's names and issuer, and leaves it to the reader whether they are the right ones.
function attribute(name,   part) { split($0, part, name "=\""); sub(/".*/, "", part[2]); return part[2] }
BEGIN { OFS = "\t" }
{ gsub(/^[ \t]+/, "") }
/^<protocol / && attribute("enabled") == 1 {
  versions = versions (versions == "" ? "" : ",") (attribute("type") == "ssl" ? "SSL " : "") attribute("version")
  lines = lines (lines == "" ? "" : " ") $0
}
/^<cipher / && ciphers++ == 0 { cipher = $0 }
/^<ca>/ { asks = 1; getline; ca = "<ca> " $0 }
/^<expired>/ { print "dates", (/true/ ? "expired" : "valid"), $0 }
/^<\/document>/ { whole = 1 }
END {
  if (versions != "") print "versions", versions, lines
  if (ciphers > 0) print "handshake", "yes", cipher
  else if (whole && versions != "") print "handshake", "no", "no line <cipher …>"
  if (asks) print "client certificate", "asked for", ca
}
