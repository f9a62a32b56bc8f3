// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hairpin {

/// The known word that was probably meant: the one with the fewest edits (insert, delete, replace, swap of
/// neighbours; case does not count), at most a third of its length and at least one; empty when none is near.
/// Of equals the first.
std::string_view nearest_spelling(std::string_view written, std::span<const std::string_view> known);

/// `did you mean "addresses"?`, or nothing when no known word is near.
std::string did_you_mean(std::string_view written, std::span<const std::string_view> known);

}  // namespace hairpin
