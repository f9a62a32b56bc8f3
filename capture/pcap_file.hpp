// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "capture/decode.hpp"

namespace hairpin::capture {

/// Writes a pcap file (nanoseconds, magic 0xa1b23c4d), one interface each.
class PcapWriter {
 public:
  static Result<std::unique_ptr<PcapWriter>> create(const std::string& path, LinkType link);
  virtual ~PcapWriter() = default;
  virtual Result<> write(const Frame& frame) = 0;
  virtual Result<> close() = 0;  ///< reports what buffering hid (a full disk)
};

/// Reads every frame of a pcap file (micro- or nanoseconds, either byte order).
Result<> read_pcap(const std::string& path, const std::function<void(const Frame&, LinkType)>& on_frame);

}  // namespace hairpin::capture
