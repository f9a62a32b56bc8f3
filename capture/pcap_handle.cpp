// SPDX-License-Identifier: Apache-2.0
#include "capture/pcap_handle.hpp"

namespace hairpin::capture {

std::optional<LinkType> link_type_of(pcap_t* handle) {
  for (const auto link : {LinkType::ethernet, LinkType::linux_sll2, LinkType::raw_ip})
    if (pcap_datalink(handle) == data_link_of(link)) return link;
  return {};
}

int data_link_of(LinkType link) {
  switch (link) {
    case LinkType::ethernet:
      return DLT_EN10MB;
    case LinkType::linux_sll2:
      return DLT_LINUX_SLL2;
    case LinkType::raw_ip:
      return DLT_RAW;
  }
  return DLT_EN10MB;
}

Frame frame_of(pcap_t* handle, const pcap_pkthdr& header, const u_char* bytes) {
  // With nanosecond precision tv_usec holds nanoseconds.
  const std::int64_t unit = pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
  const auto time =
      std::chrono::seconds(header.ts.tv_sec) + nanoseconds(std::int64_t{header.ts.tv_usec} * unit);
  return Frame{WallTime(time), header.len, std::span<const std::uint8_t>(bytes, header.caplen)};
}

}  // namespace hairpin::capture
