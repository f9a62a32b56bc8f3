// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hairpin::reports {

/// Makes DIRECTORY (0755, parents too). One that exists is refused unless it is empty or holds nothing but
/// the folder `captures`, which is written while the run goes on.
Result<> make_bundle_directory(const std::string& directory);

/// Writes DIRECTORY/NAME whole or not at all: temporary name, fsync, rename. Errors are those of the system,
/// such as no space left on device; then nothing of the file stays.
Result<> write_file(const std::string& directory, const std::string& name, std::string_view bytes);

/// A regular file (no symbolic link, no device) of at most `most_bytes`.
Result<std::string> read_file(const std::string& directory, const std::string& name, std::size_t most_bytes);

}  // namespace hairpin::reports
