// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "checks/tls/examined.hpp"

namespace hairpin::checks {

/// What the server does about client certificates, by the connection without one and, where that alone cannot tell, by the
/// one with a certificate. Absent: not known.
std::optional<MutualTls> mutual_tls_of(const Examined& e);

}  // namespace hairpin::checks
