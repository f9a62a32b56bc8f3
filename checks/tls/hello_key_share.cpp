// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/hello_answer.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-hello-key-share";
constexpr HelloForm kForms[] = {{TlsQuestion::post_quantum, "with a key share of 1,216 bytes"}};

/// A ClientHello that is about as long, and has nothing new in it.
bool is_for_its_size(const Examined& e) {
  const auto* as_long = e.asked(TlsQuestion::hello_1600);
  if (!as_long) return false;
  const auto answer = answer_to_hello(*as_long);
  return answer == HelloAnswer::hanging || answer == HelloAnswer::ended;
}

Finding judge_endpoint(const Examined& e) {
  auto finding = judge_forms(kId, "tls.hello-key-share", e, kForms);
  if (finding.verdict == Verdict::fail && is_for_its_size(e))
    return skip(kId, e.subject, "a ClientHello of that size is not answered, whatever is in it", finding_id("tls-hello-size", e.subject));
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::post_quantum); }

}  // namespace

const Check tls_hello_key_share{
    .id = kId,
    .claim = "A ClientHello with a key share as long as a post-quantum one is answered",
    .source = "RFC 8446 §4.2.8, RFC 8701; draft-ietf-tls-ecdhe-mlkem; tldr.fail",
    .needs = "probe",
    .explanation =
        "Browsers offer X25519MLKEM768, whose key share has 1,216 bytes. OpenSSL 3.0 cannot; the ClientHello is its own, with a key share of "
        "that length in front, for a group that nobody knows (GREASE), and the server is to choose another. No answer, where the usual "
        "hello is answered, is `tls.hello-key-share`; where one of that size without the key share is not answered either, `tls-hello-size` judges it.",
    .judge = judge};

}  // namespace hairpin::checks
