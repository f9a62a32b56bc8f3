// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/tls/hello_answer.hpp"

namespace hairpin::checks {
namespace {

constexpr HelloForm kForms[] = {{TlsQuestion::segments_first_byte, "after the first byte"},
                                {TlsQuestion::segments_record_header, "after the record's header"},
                                {TlsQuestion::segments_random, "after the random"},
                                {TlsQuestion::segments_name, "within the server's name"},
                                {TlsQuestion::segments_at_once, "at all of these without a pause"}};

Finding judge_endpoint(const Examined& e) { return judge_forms("tls-hello-segments", "tls.hello-segments", e, kForms); }

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::segments_first_byte); }

}  // namespace

const Check tls_hello_segments{
    .id = "tls-hello-segments",
    .claim = "A ClientHello is answered in however many TCP segments it comes",
    .source = "RFC 9293 §3.9.1: TCP carries a stream of bytes; RFC 8446 §5.1",
    .needs = "probe",
    .explanation =
        "OpenSSL's ClientHello is cut after its first byte, after the header of its record (5 bytes), after the random (43), within the "
        "server's name, with 50 ms between the two segments, and at all these places without a pause. A balancer that chooses "
        "by the server's name, and a filter, have to wait for the rest; clients with long hellos, or behind a small MTU, cut theirs anywhere. "
        "Where the whole hello is answered and one of these is not, it is `tls.hello-segments`.",
    .judge = judge};

}  // namespace hairpin::checks
