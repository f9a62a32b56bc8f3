// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pcap/pcap.h>

#include <optional>
#include <string>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "capture/decode.hpp"

namespace hairpin::capture {

using Pcap = Handle<pcap_t, pcap_close>;

/// An interface of this host, opened as capture/live.hpp says. Errors: operation_not_permitted,
/// no_such_device, network_down, each with what mends it.
Result<Pcap> open_interface(const std::string& interface);
Result<> set_filter(pcap_t* handle, const std::string& filter);

/// The link type of an open handle; nullopt: one that we cannot decode.
std::optional<LinkType> link_type_of(pcap_t* handle);
/// pcap's name of a link type, which is not always its number in files (DLT_RAW).
int data_link_of(LinkType link);
/// A packet that pcap handed out, as a Frame; its time has nanoseconds when the handle's precision has.
Frame frame_of(pcap_t* handle, const pcap_pkthdr& header, const u_char* bytes);

}  // namespace hairpin::capture
