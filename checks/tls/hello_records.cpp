// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/tls/hello_answer.hpp"

namespace hairpin::checks {
namespace {

constexpr HelloForm kForms[] = {{TlsQuestion::small_records, "in records of 100 bytes"}};

Finding judge_endpoint(const Examined& e) { return judge_forms("tls-hello-records", "tls.hello-records", e, kForms); }

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::small_records); }

}  // namespace

const Check tls_hello_records{
    .id = "tls-hello-records",
    .claim = "A ClientHello is answered in however many TLS records it comes",
    .source = "RFC 8446 §5.1, RFC 5246 §6.2.1",
    .needs = "probe",
    .explanation =
        "OpenSSL's ClientHello is sent in records of 100 bytes. Few clients do so, and servers take it; what chooses by the server's "
        "name on the way often reads the first record alone. A hello that is answered whole and not in records is `tls.hello-records`, a warning.",
    .judge = judge};

}  // namespace hairpin::checks
