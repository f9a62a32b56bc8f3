// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hairpin::reports {

/// Makes DIRECTORY (0755, parents too). One that exists is refused unless it is empty or holds nothing but
/// the folder `captures`, which is written while the run goes on.
Result<> make_bundle_directory(const std::string& directory);

/// Makes a directory that nobody had: DIRECTORY, or DIRECTORY-2, -3 … where another run was quicker. Its name.
Result<std::string> make_new_bundle_directory(const std::string& directory);

/// Whether make_bundle_directory would succeed now. Changes nothing: it is asked before a run, so that nobody probes
/// for a bundle that cannot be written. Errors name --out.
Result<> check_bundle_directory(const std::string& directory);

/// Whether PATH can be written: an existing file, or a new one in a directory that exists. `option` named it.
Result<> check_new_file(const std::string& path, const std::string& option);

/// "captures/HOST-INTERFACE.pcap", where a bundle holds what was captured there. Names come from other machines: the
/// file's has safe characters only.
std::string capture_file(std::string_view host, std::string_view interface);

/// Writes DIRECTORY/NAME whole or not at all: temporary name, fsync, rename. Errors are those of the system,
/// such as no space left on device; then nothing of the file stays.
Result<> write_file(const std::string& directory, const std::string& name, std::string_view bytes);

/// A regular file (no symbolic link, no device) of at most `most_bytes`.
Result<std::string> read_file(const std::string& directory, const std::string& name, std::size_t most_bytes);

}  // namespace hairpin::reports
