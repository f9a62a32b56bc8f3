// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "checks/causes.hpp"

/// Of the checks that behave as a bad or unusual client.
namespace hairpin::checks {
namespace {

using enum Owner;
using enum Verdict;

constexpr std::array kCauses{
    Cause{"tls.hello-segments", "tls-hello-segments", load_balancer, fail, "a ClientHello in several TCP segments is not answered",
          "The same ClientHello in one segment is answered. Something on the way, or the server, takes the first segment for the whole: it "
          "chooses by the server's name, or inspects, before the rest has come. Clients with long hellos or a small MTU fail, sometimes.",
          "Try the members directly, then each device between. An iRule or a proxy that reads the ClientHello has to wait for the whole "
          "record (HAProxy: tcp-request inspect-delay, and accept only if { req.ssl_hello_type 1 })."},
    Cause{"tls.hello-records", "tls-hello-records", load_balancer, warn, "a ClientHello in several TLS records is not answered",
          "The same ClientHello in one record is answered. TLS allows more, and few clients use it; what reads the server's name on the way mostly "
          "looks at the first record alone.",
          "Nothing has to be done for browsers and Windows. Try the members directly to see who does it."},
    Cause{"tls.hello-key-share", "tls-hello-key-share", load_balancer, fail, "a ClientHello with a long key share is not answered",
          "Clients that offer X25519MLKEM768 (browsers since 2024) send such a hello, and hang or are refused here. The server has to pass over groups "
          "that it does not know (RFC 8446 §4.2.8).",
          "Update what ends TLS (BIG-IP: TMOS); turn off the inspection of TLS on devices between. Try the members directly."},
    Cause{"tls.record-too-long", "tls-record-sizes", service, fail, "the server sends a record that is longer than TLS allows",
          "Our side ends the connection with record_overflow, as every client does.", "Update the server's TLS stack."},
    Cause{"tls.fragment-length-broken", "tls-fragment-length", service, warn, "records are longer than the server has granted",
          "The server agreed to records of 512 bytes (max_fragment_length) and sends longer ones: small devices, which have no room, cannot connect.",
          "Update the server's TLS stack, or have it ignore the extension."},
    Cause{"tls.handshake-never-ends", "tls-patience", service, warn, "a handshake that does not go on is waited for",
          "A client that falls silent after the TCP handshake or the ClientHello is still connected after the time that was given. A few thousand of "
          "those fill a server's memory or its table of connections.",
          "Client-SSL profile: Handshake Timeout (handshake-timeout, 10 s by default). nginx: client_header_timeout; HAProxy: timeout client."},
    Cause{"mtls.anybody-accepted", "mtls-verification", service, fail, "a client certificate of anybody is taken",
          "The server requires a client certificate and takes one that signed itself, or whose authority nobody knows: it does not verify it, or "
          "only writes the error down. Everybody gets in.",
          "Client-SSL profile: Client Certificate require, and Trusted Certificate Authorities (ca-file) with the clients' root and nothing wider; no iRule that "
          "passes over the error. HAProxy: no crt-ignore-err, no ca-ignore-err. nginx: ssl_verify_client on, not optional_no_ca."},
    Cause{"mtls.issuer-by-name", "mtls-verification", service, fail, "an authority is recognized by its name alone",
          "A certificate of an authority that only has the name of the true one was taken. Anybody can make one.",
          "Replace what verifies: a comparison of issuer names (in an application, an iRule) is no verification of a chain."},
    Cause{"mtls.possession-unproven", "mtls-possession", service, fail, "a client certificate is taken without its key",
          "The signature that proves that the client has the certificate's key was wrong, and the server went on. Certificates are no secret: "
          "whoever has seen one gets in.",
          "Replace the server's TLS stack at once, and report it to its maker."},
    Cause{"mtls.revoked-accepted", "mtls-defects", service, fail, "a revoked client certificate is taken",
          "The server looks into no revocation list, or into an old one, or has none of this authority.",
          "Client-SSL profile: Certificate Revocation List (crl-file), kept up to date, or OCSP. Windows: certificate revocation checking of the binding; "
          "nginx: ssl_crl; HAProxy: crl-file."},
    Cause{"mtls.wrong-purpose-accepted", "mtls-defects", service, fail, "a certificate that is for servers alone is taken from a client",
          "The extended key usage lacks clientAuth. Every server with a certificate of this authority can pass for a client.",
          "HAProxy: no crt-ignore-err. Otherwise an authority of its own for clients, as the only one in Trusted Certificate Authorities (ca-file)."},
    Cause{"mtls.dates-not-checked", "mtls-defects", service, fail, "a client certificate outside its dates is taken",
          "A certificate that has expired, or is not valid yet, was taken.",
          "HAProxy: no crt-ignore-err. See the clock of whatever verifies, and whether an iRule passes over the error."},
    Cause{"mtls.long-chain-lost", "mtls-chain", network, warn, "a long client certificate is met with silence",
          "The client certificate alone is answered; followed by more certificates it is not. The message has several records and a dozen packets: a "
          "small MTU on the way whose ICMP is filtered looks so, and a server that waits for a message it cannot hold.",
          "Look at the members' captures: whether all packets arrive. BIG-IP: MSS and MTU of the virtual server's VLANs."},
};

}  // namespace

std::span<const Cause> tls_client_causes() { return kCauses; }

}  // namespace hairpin::checks
