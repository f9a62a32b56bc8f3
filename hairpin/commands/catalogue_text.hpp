// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// The catalogue of checks and causes (checks/) as text, JSON and pages.
namespace hairpin {

/// What a check or a cause means, how it is judged, what mends it; nullopt when the id is neither.
std::optional<std::string> explanation(std::string_view id);

/// The id that was probably meant; empty when none is near.
std::string_view nearest_id(std::string_view id);

/// A line for each check and each of its causes.
std::string catalogue_text();

/// { "checks": [ { "id", "claim", "source", "needs", "causes": [ { "id", "owner", "verdict", "title" } ] } ]
/// }
std::string catalogue_json();

/// Writes DIRECTORY/ID.md for every check, and README.md that lists them; files that are right already stay
/// as they are.
Result<> write_pages(const std::string& directory);

}  // namespace hairpin
