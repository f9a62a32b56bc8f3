// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "topology/lab/site.hpp"

namespace hairpin::lab {

/// A BIG-IP configuration that says what the site's balancer does, as tmsh saves it: written for tests of prediction and
/// lint, never loaded into a BIG-IP. Faults of the network are not in it.
std::string bigip_configuration(const Site& site);

}  // namespace hairpin::lab
