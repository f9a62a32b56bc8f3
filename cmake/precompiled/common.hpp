// SPDX-License-Identifier: Apache-2.0
// What most of our sources include of others, compiled once (HAIRPIN_PRECOMPILE). Nothing of Asio: its categories of errors
// would have to be linked to everything. No source may count on it: each includes what it uses, and every preset of g++
// builds without it.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
