// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& what) {
  site.certificates = what;
  site.promise.mutual = "required";
}

bool is_one_of(const LabOptions& options, std::initializer_list<std::string_view> words) {
  return std::any_of(options.faults.begin(), options.faults.end(), [&](const FaultChoice& choice) {
    return choice.name == "certificates" && std::find(words.begin(), words.end(), choice.value) != words.end();
  });
}

std::string objection(const LabOptions& options) {
  const bool ends_tls = options.mode == "terminate" || options.mode == "reencrypt";
  if (!ends_tls && is_one_of(options, {"not-asked"})) return "no balancer asks there for a certificate: hairpin's responder always does";
  if (options.mode != "reencrypt" && is_one_of(options, {"members-unverified", "none-shown"})) return "the balancer opens no TLS to members there";
  return {};
}

}  // namespace

const Fault kCertificates{
    .name = "certificates",
    .summary = "hosts have certificates of one authority that all of them trust, and so has a balancer that ends TLS. What is wrong with "
               "the balancer's there, elsewhere with the last member's: nothing; its root trusted for servers only; another root "
               "trusted; its certificate for another name, expired, or without its intermediate; clients not asked for theirs; "
               "(reencrypt) members not verified, or shown none. And with the last member's, in every mode: not for clients",
    .value = FaultValue::word,
    .default_value = "good",
    .words = "good root-for-servers other-root not-for-clients other-name expired incomplete not-asked members-unverified none-shown",
    .objection = objection,
    .apply = apply};

}  // namespace hairpin::lab
