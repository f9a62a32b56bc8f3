// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/modes/rows.hpp"
#include "topology/lab/proxy.hpp"

namespace hairpin::lab {

const Mode kStandard{.name = "standard",
                     .summary = "a full proxy, TLS passed through (F5: Standard); HAProxy",
                     .lay_out = [](Site&) {},
                     .configure = [](Site& site) { configure_proxy(site, {}); }};

}  // namespace hairpin::lab
