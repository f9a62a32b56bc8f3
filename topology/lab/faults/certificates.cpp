// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& what) {
  site.certificates = what;
  site.promise.mutual = "required";
}

std::string objection(const LabOptions& options) {
  const bool ends_tls = options.mode == "terminate" || options.mode == "reencrypt";
  return ends_tls ? "the balancer has a certificate of the lab's there, and asks for none" : "";
}

}  // namespace

const Fault kCertificates{
    .name = "certificates",
    .summary = "hosts have certificates of one authority that all of them trust; what is wrong with the last member's: nothing; its root "
               "trusted for servers only; another root trusted; its certificate not for clients, or for another name",
    .value = FaultValue::word,
    .default_value = "good",
    .words = "good root-for-servers other-root not-for-clients other-name",
    .objection = objection,
    .apply = apply};

}  // namespace hairpin::lab
