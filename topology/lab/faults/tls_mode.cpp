// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& mode) { site.promise.tls_mode = mode; }

}  // namespace

const Fault kTlsMode{.name = "tls-mode",
                     .summary = "the topology promises another way to end TLS than is built",
                     .value = FaultValue::word,
                     .default_value = "passthrough",
                     .words = "passthrough terminate reencrypt",
                     .objection = not_with_npath,
                     .apply = apply};

}  // namespace hairpin::lab
