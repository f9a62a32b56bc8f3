// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/modes/rows.hpp"
#include "topology/lab/proxy.hpp"

namespace hairpin::lab {

const Mode kTerminate{.name = "terminate",
                     .summary = "a full proxy that ends TLS and speaks plaintext to members (F5: client-SSL profile); HAProxy",
                     .lay_out = [](Site& site) { site.promise.tls_mode = "terminate"; },
                     .configure = [](Site& site) { configure_proxy(site, {.from_clients = true}); }};

}  // namespace hairpin::lab
