// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.hpp"
#include "topology/lab/site.hpp"

namespace hairpin {

/// The site's own certificates (lab::LaunchOptions::make_certificates): one authority that every host trusts, and a certificate
/// for each host and its pool. What Site::certificates names is wrong with those of the last member.
Result<> make_site_certificates(const lab::Site& site, const std::string& directory);

}  // namespace hairpin
