// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/f5/input.hpp"

namespace hairpin::f5 {

/// What an archive may cost. A qkview has thousands of members; only configuration is unpacked, into memory, never to disk.
struct ArchiveLimits {
  std::size_t members = 200'000;
  std::size_t member_bytes = 256u << 20;          ///< of one configuration file, unpacked
  std::size_t configuration_bytes = 512u << 20;   ///< of all of them
  std::uint64_t unpacked_bytes = 16ull << 30;     ///< of everything that is passed over
  std::uint64_t harmless_bytes = 64u << 20;       ///< that may be unpacked whatever the ratio is
  std::uint64_t most_ratio = 400;                 ///< unpacked to packed; a bomb has a thousand
};

/// An archive of which `first` was read from `fd` already.
Result<std::vector<Tree>> read_archive_from(int fd, std::string first, const std::string& file, const ArchiveLimits& limits = {});
Result<std::vector<Tree>> read_archive(const std::string& file, std::string_view bytes, const ArchiveLimits& limits);

/// config/bigip.conf, config/partitions/P/bigip_base.conf and the like; false for every other member of a UCS or qkview.
bool is_configuration_member(std::string_view path);

}  // namespace hairpin::f5
