// SPDX-License-Identifier: Apache-2.0
// Capture files from anywhere. They are read by path, so the input lies in a file that exists in memory only.
#include "capture/pcap_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "base/handle.hpp"

using namespace hairpin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Descriptor file(::memfd_create("capture", MFD_CLOEXEC));
  if (!file || ::write(file.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
  const auto path = "/proc/self/fd/" + std::to_string(file.get());
  static_cast<void>(capture::read_pcap(path, [&](const capture::Frame& frame, capture::LinkType link) {
    if (frame.bytes.size() > size) std::abort();
    static_cast<void>(capture::decode(frame, link));
  }));
  return 0;
}
