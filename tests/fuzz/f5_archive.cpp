// SPDX-License-Identifier: Apache-2.0
// UCS and qkview archives: any bytes are read or refused, within small limits.
#include <cstdint>

#include "topology/f5/archive.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hairpin::f5::ArchiveLimits limits;
  limits.members = 100;
  limits.member_bytes = limits.configuration_bytes = 1u << 20;
  limits.unpacked_bytes = 16u << 20;
  hairpin::f5::read_archive("fuzz", {reinterpret_cast<const char*>(data), size}, limits);
  return 0;
}
