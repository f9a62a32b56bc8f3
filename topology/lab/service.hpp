// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lab/site.hpp"

namespace hairpin::lab {

/// The real service of a host: nginx speaks HTTPS on that port, with the certificate of the pool.
void run_service(SiteHost& host, std::uint16_t port, bool requires_client_certificate);

}  // namespace hairpin::lab
