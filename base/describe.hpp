// SPDX-License-Identifier: Apache-2.0
#pragma once

// BOOST_DESCRIBE_STRUCT and BOOST_DEFINE_ENUM_CLASS without the JSON that follows from them (base/json.hpp): what only
// declares described types compiles in half the time.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>
