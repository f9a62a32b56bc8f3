// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/modes/rows.hpp"
#include "topology/lab/proxy.hpp"

namespace hairpin::lab {

const Mode kReencrypt{.name = "reencrypt",
                     .summary = "a full proxy that ends TLS and speaks TLS of its own to members (F5: client-SSL and server-SSL); HAProxy",
                     .lay_out = [](Site& site) { site.promise.tls_mode = "reencrypt"; },
                     .configure = [](Site& site) { configure_proxy(site, {.from_clients = true, .to_members = true}); }};

}  // namespace hairpin::lab
