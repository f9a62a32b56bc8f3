// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Text that came from somewhere else (names, answers, certificates) made fit for a screen or a file.
namespace hairpin {

/// UTF-8 as it is; every byte that is no part of valid UTF-8 (RFC 3629) becomes U+FFFD.
std::string valid_utf8(std::string_view text);

/// How many bytes stand before the first that is no part of valid UTF-8; all of them when there is none.
std::size_t valid_utf8_bytes(std::string_view text);

/// One line that cannot drive a terminal: valid UTF-8 in which control characters (C0, DEL, C1), line
/// separators and bidirectional controls are written as \x1b or \u202e.
std::string printable(std::string_view text);

/// Code points of valid UTF-8: the columns of everything that is neither wide nor combining.
std::size_t columns(std::string_view text);

}  // namespace hairpin
