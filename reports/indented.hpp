// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "base/json.hpp"

namespace hairpin::reports {

/// JSON for people: two spaces a level, newline at the end, 7.2 and not 7.2E0, no control character as it is.
std::string indented(const boost::json::value& value);

}  // namespace hairpin::reports
