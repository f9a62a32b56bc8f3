// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "checks/causes.hpp"

namespace hairpin::checks {
namespace {

using enum Owner;
using enum Verdict;

constexpr std::array kCauses{
    Cause{"tls.mode-differs", "tls-mode", load_balancer, fail, "TLS does not end where the topology says",
          "Who ends TLS differs from the promise. Where the balancer ends it, the member sees the balancer's certificate or none, and "
          "a client certificate does not get through; where it does not, the balancer can neither insert nor inspect anything.",
          "Compare the client-SSL and server-SSL profiles of the virtual server with the topology (BIG-IP: tmsh list ltm virtual "
          "NAME profiles)."},
    Cause{"tls.members-unverified", "tls-member-leg", load_balancer, warn, "the balancer takes any certificate of a member",
          "The balancer opened TLS to a member that showed a certificate which nobody can trust, and went on. Whoever stands between "
          "them, or takes a member's address, reads and changes everything; and a member's wrong or expired certificate is noticed by nobody.",
          "Server-SSL profile: Server Certificate require, Trusted Certificate Authorities, Authenticate Name, Server Name (BIG-IP: tmsh modify "
          "ltm profile server-ssl NAME peer-cert-mode require ca-file … authenticate-name …). HAProxy: \"verify required\", \"ca-file\", \"verifyhost\"."},
    Cause{"tls.certificates-differ", "tls-same-certificate", load_balancer, warn, "one service shows different certificates",
          "Connections to the same VIP, at which the balancer ends TLS, got different certificates: units, blades or profiles that were not "
          "renewed together. What clients meet depends on chance.",
          "Install the same certificate on every unit (BIG-IP: synchronise the device group), and see which profiles are on the virtual server."},
    Cause{"tls.unreachable", "tls-handshake", network, fail, "no TCP connection",
          "Nobody completed the TCP handshake at this address and port, so nothing can be said about TLS.",
          "See whether the service listens there, and whether the way to it is open: hairpin check."},
    Cause{"tls.handshake-refused", "tls-handshake", service, fail, "the server refuses the handshake",
          "The server answered the ClientHello with an alert: it shares no version or cipher with this client, knows no such "
          "name, or is broken itself. handshake_failure says nothing in common, protocol_version the version, unrecognized_name the name.",
          "Compare the versions and ciphers of the client-SSL profile with what clients offer; see the server's log of that second."},
    Cause{"tls.handshake-broken", "tls-handshake", service, fail, "the handshake ends without an answer",
          "The connection was closed or reset, or fell silent, in the middle of the TLS handshake, without an alert that says why. "
          "A balancer whose pool member does not answer does that, a service without a certificate, and a filter that looks into TLS.",
          "Look at the server's log, and at the balancer's reset cause: tmsh show net rst-cause. Try the members directly."},
    Cause{"tls.not-understood", "tls-handshake", service, fail, "what answers does not speak TLS that this client understands",
          "The bytes that came back are no TLS, or break its rules: plaintext on the port, another protocol, or a broken stack.",
          "See which service listens on the port, and whether a client-SSL profile is on the virtual server."},
    Cause{"tls.chain-incomplete", "tls-chain", certificate, fail, "nobody sent the issuer of the server's certificate, and it is not trusted",
          "The issuer of the server's certificate was neither sent nor is it trusted here: an intermediate that the server leaves out, "
          "or a root that this test does not know. Clients that fetch or remember intermediates (browsers, Windows) hide the first; "
          "Java, OpenSSL and phones fail.",
          "Add the intermediate to the chain of the client-SSL profile (Chain), or to the file that the server reads; if the issuer is a "
          "root, trust it: --ca FILE."},
    Cause{"tls.chain-surplus", "tls-chain", certificate, warn, "the server sends certificates for nothing",
          "A root that every client has to know by itself, a certificate that issued nothing of the chain, or a wrong order: bytes "
          "and time in every handshake, and some old clients fail.",
          "Send the leaf, then its issuer, and so on, without the root."},
    Cause{"tls.untrusted", "tls-trust", certificate, fail, "the chain does not lead to a trusted root",
          "The chain ends at a certificate whose issuer is not trusted here: a private authority that clients do not know, a "
          "self-signed certificate, or the wrong root in the store.",
          "Give clients the root (Windows: Trusted Root Certification Authorities of the computer), or use a certificate of an "
          "authority that they know. For this test: --ca FILE."},
    Cause{"tls.issuer-not-for-servers", "tls-trust", certificate, fail, "the root or an intermediate may not name servers",
          "The certificate is fine, but an authority above it is not trusted for this use: its extended key usage lacks serverAuth, "
          "or the entry in the trust store forbids it.",
          "Windows: certificate store, properties of the root, \"Enable all purposes for this certificate\". OpenSSL: the trust "
          "settings of the TRUSTED CERTIFICATE. Or use a root that is meant for servers."},
    Cause{"tls.path-hidden", "tls-trust", certificate, fail, "a valid path exists, but OpenSSL clients do not find it",
          "The chain has two certificates of one authority (cross-signed by another root). OpenSSL takes the first and never goes back, so "
          "clients with OpenSSL refuse what browsers and Windows, which try every path, accept.",
          "Leave the cross-signed certificate that leads nowhere out of the chain, or send it last (client-SSL profile: Chain)."},
    Cause{"tls.revoked", "tls-revocation", certificate, fail, "a certificate of the chain is revoked",
          "The revocation list that was given names the certificate: clients that look at lists refuse it.",
          "Replace the certificate on every unit and every member."},
    Cause{"tls.revocation-unknown", "tls-revocation", test, inconclusive, "no revocation list tells about the server's certificate",
          "None of the lists that were given is its issuer's, or it cannot be used: its signature does not verify, or its time has not come.",
          "Give the list of the authority that issued the server's certificate: --crl FILE. Its address is in the certificate (CRL distribution points)."},
    Cause{"tls.revocation-list-expired", "tls-revocation", test, inconclusive, "the revocation list is out of date",
          "The list's next update is past: what was revoked since is not in there. Clients that demand a fresh list refuse the certificate "
          "when the authority has no newer one.",
          "Fetch a new list. If the authority publishes none, that is the fault: clients with hard revocation checks fail."},
    Cause{"tls.certificate-fails-sometimes", "tls-one-certificate", certificate, fail, "some connections get a certificate that does not hold",
          "The same question got different certificates, or chains, of which some verify for the name and others do not: one member, or "
          "one unit, was left out when the certificate was renewed. Clients fail sometimes, depending on where they land.",
          "Give the member with the certificate in the evidence (serial number) the one that verifies; then ask again."},
    Cause{"tls.certificate-varies", "tls-one-certificate", certificate, warn, "connections get different certificates",
          "The same question got different certificates, none better than the others: each member has its own, or a renewal has not reached all of them. "
          "Clients that pin, or that compare, stumble, and each has its own last day.",
          "If it is not meant so, deploy one certificate to every member; BIG-IP: config-sync of the device group."},
    Cause{"tls.chain-varies", "tls-one-certificate", certificate, warn, "connections get different chains with one certificate",
          "The leaf is the same everywhere, the certificates that come with it are not: a member lacks the intermediate, or sends another.",
          "Deploy the same chain to every member."},
    Cause{"tls.staple-missing", "tls-staple", service, fail, "the certificate demands an OCSP staple, and none came",
          "The certificate says that it is only good with a fresh OCSP response (must-staple, RFC 7633). Clients that heed it refuse the connection.",
          "Client-SSL profile: OCSP stapling (AS3 staplerOCSPEnabled); nginx: ssl_stapling on. Or have the certificate issued without must-staple."},
    Cause{"tls.staple-revoked", "tls-staple", certificate, fail, "the OCSP staple says that the certificate is revoked",
          "The server itself sends the proof that its certificate is revoked.", "Replace the certificate on every unit and every member."},
    Cause{"tls.staple-stale", "tls-staple", service, fail, "the OCSP staple is out of date",
          "The response that came with the handshake is past its next update, or not valid yet: clients that look at it refuse it, or "
          "take it for none.",
          "See why the server does not fetch a new one: its way to the responder (DNS, proxy, route), its clock."},
    Cause{"tls.staple-invalid", "tls-staple", service, fail, "the OCSP staple proves nothing",
          "The response is no answer about this certificate, or was not signed by its issuer or by somebody whom the issuer named for that. "
          "Clients that look at it refuse the connection.",
          "See the responder that the server asks, and the file that it staples."},
    Cause{"tls.chain-invalid", "tls-trust", certificate, fail, "the chain is not valid",
          "The certificates do not form a valid path: a signature that does not verify, an issuer that is no authority, a constraint "
          "that is broken.",
          "Compare the chain in the evidence with what the authority issued; install it again."},
    Cause{"tls.name-mismatch", "tls-name", certificate, fail, "the certificate is for another name",
          "No subject alternative name of the certificate covers the name that clients ask for.",
          "Issue the certificate with that name as dNSName, or correct the name that clients use."},
    Cause{"tls.expired", "tls-validity", certificate, fail, "a certificate has expired",
          "A certificate of the chain, or the trusted one at its end, is past its last day.", "Renew it on every unit and every member."},
    Cause{"tls.not-yet-valid", "tls-validity", certificate, fail, "a certificate is not valid yet",
          "A certificate of the chain begins in the future, or the clock of the host that asked is wrong.",
          "See the clock first; then use a certificate that is valid."},
    Cause{"tls.expires-soon", "tls-validity", certificate, warn, "a certificate expires soon",
          "A certificate of the chain has less than 30 days left.", "Renew it now."},
    Cause{"tls.wrong-purpose", "tls-usage", certificate, fail, "the certificate is not for servers",
          "The extended key usage of the server's certificate lacks serverAuth.", "Issue a certificate for server authentication."},
    Cause{"tls.no-digital-signature", "tls-usage", certificate, fail, "the certificate's key may not sign",
          "The key usage of the certificate lacks digitalSignature, and the handshake was signed with it. OpenSSL lets it pass, "
          "other clients do not.",
          "Issue a certificate with key usage digitalSignature."},
    Cause{"tls.weak-key", "tls-strength", certificate, fail, "a key is weaker than the policy demands",
          "The key of a certificate in the chain is shorter than the policy allows, or on another curve.", "Issue it again with a stronger key."},
    Cause{"tls.key-kind-forbidden", "tls-strength", certificate, fail, "the certificate's key is of a kind that the policy does not list",
          "The server signs with a key of a kind (RSA, EC) that the policy does not allow.",
          "Issue a certificate for a key of a kind that the policy lists."},
    Cause{"tls.weak-signature", "tls-strength", certificate, fail, "a signature is weaker than the policy demands",
          "A certificate in the chain is signed with a digest that the policy does not allow.", "Have it issued again with SHA-256."},
    Cause{"tls.lifetime-too-long", "tls-strength", certificate, fail, "the certificate lives longer than the policy allows",
          "Browsers refuse public certificates that live too long, and a stolen key is of use for as long.", "Issue it for a shorter time."},
    Cause{"tls.version-missing", "tls-version", service, fail, "a version of TLS that the policy requires is not spoken",
          "Clients that speak only this version cannot connect.",
          "Turn the version on in the client-SSL profile (Options List), or in Schannel on the member."},
    Cause{"tls.version-forbidden", "tls-version", service, fail, "a version of TLS that the policy forbids is spoken",
          "The server still speaks a version that the policy has ruled out.",
          "Turn it off in the client-SSL profile (No TLSv1, No TLSv1.1), or in Schannel on the member."},
    Cause{"tls.fallback-accepted", "tls-downgrade", service, warn, "a fallback to an older version is accepted",
          "The client said that this was a second try with an older version, and a server that speaks a newer one went on: somebody "
          "between them could force old clients down.",
          "Update the server's TLS stack; nothing can be configured."},
    Cause{"tls.early-data-replayed", "tls-early-data", service, fail, "early data can be sent a second time",
          "The same ClientHello with the same request was accepted by two connections: whoever sees it on the way can have the server act on it again.",
          "Client-SSL profile: Data Zero Round Trip Time disabled, or with anti-replay (AS3 dataZeroRoundTripTime). nginx: ssl_early_data off; HAProxy: no allow-0rtt; or let the "
          "service answer 425 (RFC 8470). OpenSSL: no SSL_OP_NO_ANTI_REPLAY. Members that share ticket keys need a shared memory of what was used."},
    Cause{"tls.downgrade-unmarked", "tls-downgrade", service, warn, "the choice of an older version is not marked",
          "The server speaks TLS 1.3, and its random for TLS 1.2 lacks the mark that says so: clients cannot see that somebody between "
          "took TLS 1.3 out of their offer. A balancer that hands old clients to another server than new ones does that.",
          "Update the server's TLS stack; one listener for both versions. Client-SSL profile: TLS 1.2 and 1.3 in one profile."},
    Cause{"tls.name-case-sensitive", "tls-server-name", service, warn, "the server name in capitals leads elsewhere",
          "The same name in capitals got another certificate, or a refusal. Names have no case (RFC 4343), and some clients send them as "
          "somebody typed them.",
          "Compare without regard to case where names are chosen: an iRule or policy on SSL::sni, HAProxy req.ssl_sni with -i."},
    Cause{"tls.unknown-values-refused", "tls-unknown-values", service, fail, "a ClientHello with values that nobody knows is refused",
          "Chrome and its relatives put values that nobody knows into each list of the ClientHello (GREASE, RFC 8701), and new "
          "versions and groups look the same to an old server. It has to leave out what it does not know.",
          "Update the server's TLS stack, or the device on the way that inspects TLS: try the members directly."},
    Cause{"tls.key-update-refused", "tls-key-update", service, fail, "a change of keys ends the connection",
          "The client changed its keys within TLS 1.3 and asked for the server's change, and then got no answer, where the same request without "
          "it is answered. Long connections (SIP, streams, much data) break. A device that reads TLS as it passes, or a broken stack, does that.",
          "Update the server's TLS stack; try the members directly, then each device between."},
    Cause{"tls.key-update-ignored", "tls-key-update", service, warn, "the server does not change its keys when it is asked to",
          "The server went on with its old keys, which TLS 1.3 does not allow after a KeyUpdate that asks for its own.",
          "Update the server's TLS stack."},
    Cause{"tls.signature-weak", "tls-signature", service, warn, "the handshake is signed with SHA-1 or MD5",
          "We offered SHA-256 first, and the server signed the key exchange of TLS 1.2 with a digest that is broken; newer clients "
          "refuse it.",
          "Client-SSL profile: SSL Sign Hash any or sha256; Windows: update Schannel; OpenSSL: SignatureAlgorithms, security level 1 or more."},
    Cause{"tls.resumption-partial", "tls-resumption", service, warn, "sessions are resumed only sometimes",
          "The same session was resumed by some connections and not by others: members do not share their ticket keys, or each "
          "processor of the balancer has a session cache of its own.",
          "Share ticket keys between members, or live with full handshakes; BIG-IP: session tickets instead of the cache."},
    Cause{"tls.sessions-not-shared", "tls-resumption-members", service, warn, "who answers for the VIP does not resume the sessions of others",
          "A session that one member, or one unit of the balancer, gave was not resumed by another one: it costs a whole handshake there.",
          "Give every member the same ticket key, and change it everywhere at once (nginx ssl_session_ticket_key, HAProxy tls-ticket-keys); or let the balancer bring "
          "clients back to their member. BIG-IP: client-SSL profile, Session Ticket, and session mirroring between units."},
    Cause{"tls.plaintext-served", "tls-plaintext", service, fail, "the port serves requests without TLS",
          "A request in the clear was answered as if nothing were missing: what clients send there can be read, and changed, on the way.",
          "Client-SSL profile: Non-SSL Connections off. nginx: no \"listen\" without \"ssl\" on that port; HAProxy: \"ssl\" on the bind."},
    Cause{"tls.renegotiation-insecure", "tls-renegotiation", service, fail, "the server does not know secure renegotiation",
          "The ServerHello of TLS 1.2 lacks renegotiation_info (RFC 5746): somebody between can put his own request before a client's, "
          "and clients with OpenSSL 3 refuse to connect (\"unsafe legacy renegotiation disabled\").",
          "Update the server's TLS stack. Client-SSL profile: Secure Renegotiation Require; Windows: KB 980436, AllowInsecureRenegoClients 0."},
    Cause{"tls.renegotiation-accepted", "tls-renegotiation", service, warn, "clients may renegotiate",
          "A client of TLS 1.2 got a second handshake within its connection. Each costs the server much more than the client.",
          "Client-SSL profile: Renegotiation disabled, unless client certificates are asked for on demand. Windows: DisableRenegoOnServer 1 "
          "(KB 977377)."},
    Cause{"tls.master-secret-not-extended", "tls-master-secret", service, warn, "TLS 1.2 without extended master secret",
          "The server left out extended_master_secret (RFC 7627), which we offered: sessions are not bound to their handshake.",
          "Update the server's TLS stack. Windows: KB 3081320, and no registry value DisableServerExtendedMasterSecret."},
    Cause{"tls.compression-on", "tls-compression", service, fail, "TLS compresses",
          "The server takes DEFLATE: from the length of encrypted requests their secrets can be guessed (CRIME).",
          "Turn compression off: OpenSSL SSL_OP_NO_COMPRESSION; Apache SSLCompression off; or update the server's TLS stack."},
    Cause{"tls.cipher-useless", "tls-cipher", service, fail, "the server takes ciphers that protect nothing",
          "Without encryption everybody reads along, without certificate anybody can be the server, and export ciphers are "
          "broken within hours.",
          "Client-SSL profile: Ciphers DEFAULT, without NULL, ADH, EXPORT; Schannel: SSL Cipher Suite Order; OpenSSL: !aNULL:!eNULL:!EXPORT."},
    Cause{"tls.cipher-forbidden", "tls-cipher", service, fail, "the server takes ciphers that the policy forbids",
          "The server chose a cipher of a class that the policy has ruled out, when nothing else was offered.",
          "Client-SSL profile: Ciphers with !RC4:!3DES:!RSA, or a cipher group; Schannel: SSL Cipher Suite Order (group policy); "
          "OpenSSL: !RC4:!3DES:!kRSA."},
    Cause{"tls.answer-cut-off", "tls-ending", service, warn, "the answer breaks off",
          "The beginning of an answer came, then a RST or the end of the connection without close_notify.",
          "See the server's log and the balancer's reset cause (tmsh show net rst-cause); then fetch the same from the member directly."},
    Cause{"tls.certificate-malformed", "tls-certificate-form", certificate, warn, "the certificate has a form that some clients refuse",
          "OpenSSL takes it; Java, Go, browsers and newer versions may not.",
          "Have it issued again: version 3, random serial number, CA:FALSE, DNS names of letters, digits and hyphens."},
    Cause{"tls.hello-size", "tls-hello-size", service, fail, "a ClientHello is not answered because of its size",
          "The same ClientHello, filled up to another size, is answered. Something on the way, or the server, stumbles over its length: old "
          "BIG-IPs over 256 to 511 bytes, filters over more than one packet or one record.",
          "BIG-IP: update TMOS. Otherwise try the members directly, then each device between; turn off its inspection of TLS."},
    Cause{"tls.group-missing", "tls-groups", service, fail, "the server takes no group that the policy names",
          "Offered alone, each of the policy's groups for the key exchange was refused.",
          "Client-SSL profile: a cipher rule with DH groups X25519, P256 or P384; Schannel: ECC Curve Order; OpenSSL: Groups."},
    Cause{"mtls.not-required", "mtls-request", service, fail, "no client certificate is required",
          "The topology promises that a client certificate is required, and a connection without one went on: everybody gets in.",
          "Client-SSL profile: Client Certificate require; IIS: SSL Settings, Require."},
    Cause{"mtls.request-varies", "mtls-request", service, fail, "members treat clients without a certificate differently",
          "The same question was answered in two ways: some who answer there ask for a client certificate, or require it, and others do not. "
          "Whoever meets the open one gets in.",
          "Compare the members' settings, and those of the virtual servers and units that share the address, with the one that is right."},
    Cause{"mtls.required-unexpectedly", "mtls-request", service, fail, "a client certificate is required, unexpectedly",
          "Clients without a certificate are refused, which the topology does not promise.",
          "Client-SSL profile: Client Certificate request or ignore."},
    Cause{"mtls.not-as-promised", "mtls-request", service, fail, "client certificates are asked for otherwise than promised",
          "Whether the server asks for a client certificate differs from the topology.",
          "Compare the client-SSL profile's Client Certificate with the topology."},
    Cause{"mtls.certificate-required", "mtls-accepted", test, inconclusive, "the server requires a client certificate, and none was given",
          "Nothing is wrong with the server: what comes after its refusal could not be looked at.", "Give one: --cert FILE --key FILE."},
    Cause{"mtls.none-sent", "mtls-accepted", certificate, fail, "the server says that no client certificate came",
          "The server asked for a certificate and got none that it could use: none fits its signature algorithms, or something "
          "between dropped it.",
          "Compare the key and signature of the client certificate with what the server asks for."},
    Cause{"mtls.unknown-issuer", "mtls-accepted", certificate, fail, "the server does not know the issuer of our certificate",
          "The server found no path from the client certificate to an authority that it trusts: the root is in the wrong store "
          "(Intermediate instead of Trusted Root), or our chain lacks an intermediate that it does not have.",
          "Client-SSL profile: Trusted Certificate Authorities. Windows: put the root into the computer's Trusted Root "
          "Certification Authorities. Or send the intermediate with the client certificate."},
    Cause{"mtls.wrong-purpose", "mtls-accepted", certificate, fail, "our certificate is not for clients",
          "The extended key usage of the client certificate, or of an authority above it, lacks clientAuth.",
          "Issue a certificate with Client Authentication; for front ends that also serve, with both."},
    Cause{"mtls.not-for-clients", "mtls-accepted", certificate, fail, "the root of our certificate is not trusted for clients",
          "Who refused it says so: the root is trusted, but not for client authentication (Windows: \"Enable only the following purposes\" without "
          "Client Authentication).",
          "Windows: properties of the root in the computer's store, enable Client Authentication. OpenSSL: openssl x509 -addtrust clientAuth."},
    Cause{"mtls.held-to-be-bad", "mtls-accepted", certificate, fail, "the server holds our certificate to be bad",
          "bad_certificate, which has several reasons. OpenSSL says so when the root is trusted, but not for client authentication (Windows: \"Enable "
          "only the following purposes\" without Client Authentication); when the certificate is not valid yet, cannot be read, or has a key that is "
          "too weak; and when the server knows its clients one by one, and this is none of them (stunnel verifyPeer).",
          "Look into the server's log. Windows: properties of the root in the computer's store, enable Client Authentication; OpenSSL: openssl x509 "
          "-addtrust clientAuth. Then the certificate's dates, and the list of clients that the server keeps."},
    Cause{"mtls.expired", "mtls-accepted", certificate, fail, "the server says that our certificate has expired",
          "The client certificate, or an authority above it, is past its last day by the server's clock.", "Renew it; compare the clocks."},
    Cause{"mtls.revoked", "mtls-accepted", certificate, fail, "the server says that our certificate is revoked",
          "A revocation list that the server reads names the client certificate.", "Replace it."},
    Cause{"mtls.key-not-proven", "mtls-accepted", certificate, fail, "the server could not verify our signature",
          "decrypt_error: the signature of the handshake does not fit the client certificate, or something changed the handshake on the way.",
          "See that key and certificate belong together on every host that uses them."},
    Cause{"mtls.refused", "mtls-accepted", certificate, fail, "the server refuses our certificate",
          "The connection with the client certificate was refused, without an alert that says why: Schannel and BIG-IP often hang up, nginx "
          "sends a page. Its issuer may be unknown there, or an intermediate be missing from what we show.",
          "See that --cert has the leaf and then its intermediates. Look into the server's log: Windows Schannel events 36874 to 36888; BIG-IP /var/log/ltm."},
    Cause{"mtls.identity-forged", "mtls-identity", load_balancer, fail, "members believe what a client says it is",
          "The balancer passes on the header field in which it names the client by its certificate, also when a client sent it: whoever "
          "has any certificate, or none where it is optional, is whoever he claims to be.",
          "Remove the field from requests before setting it. BIG-IP iRule: HTTP::header remove NAME, then insert; HAProxy: http-request set-header "
          "instead of add-header, and del-header where no certificate came."},
    Cause{"mtls.identity-missing", "mtls-identity", load_balancer, fail, "members are not told who the client is",
          "The balancer took the client certificate, and the header field in which the topology promises its subject did not come.",
          "See the iRule or policy that inserts it (BIG-IP: X509::subject [SSL::cert 0]), and whether the virtual server has an HTTP profile."},
    Cause{"mtls.identity-lost-by-session", "mtls-resumed-identity", load_balancer, fail, "members do not know the client of a resumed session",
          "The session of a client with a certificate was resumed, which shows no certificate again, and the member was told of nobody, or of somebody else.",
          "Read the certificate of the session, not of the handshake. HAProxy: ssl_c_used instead of ssl_fc_has_crt; BIG-IP iRule: [SSL::cert 0] in HTTP_REQUEST "
          "instead of CLIENTSSL_CLIENTCERT, which need not come for a resumed session."},
    Cause{"mtls.connections-shared", "mtls-own-connections", load_balancer, fail, "clients share connections to members",
          "Requests of different clients came to a member over one connection of the balancer's. Who takes the connection for the client's answers one client as if it "
          "were another.",
          "BIG-IP: no OneConnect profile on the virtual server, or with source mask 255.255.255.255; HAProxy: http-reuse never. Or have members read who the client is from "
          "each request."},
    Cause{"mtls.issuer-not-named", "mtls-issuers", service, fail, "the server does not name the issuer of our certificate",
          "The list of authorities in the CertificateRequest lacks every issuer of our chain. Clients that choose by that list "
          "(Windows, Java, browsers) send no certificate at all.",
          "Client-SSL profile: Advertised Certificate Authorities. Windows: the root in the computer's Trusted Root store, or "
          "SendTrustedIssuerList 0."},
    Cause{"mtls.signature-not-asked", "mtls-signatures", service, warn, "the server does not ask for the signatures that our certificate has",
          "The CertificateRequest lists the signatures that the server takes, and ours is not among them: clients that go by the list "
          "send no certificate at all. BIG-IP left out SHA-512 (bug 499280).",
          "BIG-IP: update TMOS; client-SSL profile: SSL Sign Hash any. Or have the certificate issued again with SHA-256."},
    Cause{"mtls.bypassed-by-session", "mtls-sessions", service, fail, "a session without client certificate opens what requires one",
          "A session that was made with another name, without a client certificate, was resumed where one is required, and answered: "
          "everybody gets in. Virtual hosts with different demands that share their session cache or ticket keys do that (nginx CVE-2025-23419).",
          "Update the server; nginx: its own ssl_session_cache and ssl_session_ticket_key per server, or ssl_session_tickets off; HAProxy: a bind of its own, not a crt-list. Client-SSL profile: authenticate always "
          "(AS3 authenticationFrequency every-time)."},
    Cause{"mtls.issuer-list-too-long", "mtls-issuers", service, warn, "the list of authorities is longer than Schannel takes",
          "Schannel takes 16,384 bytes and cuts off the rest (event 36885); a client whose issuer is beyond sends no certificate.",
          "Windows: remove roots that nobody needs from Trusted Root, or set SendTrustedIssuerList 0 (KB 933430). BIG-IP: a smaller bundle."},
};

}  // namespace

std::span<const Cause> tls_causes() { return kCauses; }

}  // namespace hairpin::checks
