// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hairpin {

/// The known word that was probably meant: the one with the fewest edits (insert, delete, replace, swap of
/// neighbours), at most a third of its length and at least one; empty when none is near.
std::string_view nearest_spelling(std::string_view written, std::span<const std::string_view> known);

}  // namespace hairpin
