// SPDX-License-Identifier: Apache-2.0
#include <net/if.h>

#include <cerrno>

#include "capture/canary.hpp"
#include "capture/live.hpp"
#include "capture/pcap_handle.hpp"

namespace hairpin::capture {
namespace {

constexpr int kBufferBytes = 8 << 20;

std::string interface_names() {
  std::string names;
  auto* all = ::if_nameindex();
  for (auto* each = all; each && each->if_index != 0; ++each)
    names += (names.empty() ? "" : ", ") + std::string(each->if_name);
  if (all) ::if_freenameindex(all);
  return names;
}

/// What pcap_activate says, as an error of ours.
Error activation_error(pcap_t* handle, int status, const std::string& interface) {
  const auto doing = "capture on interface " + interface;
  const auto error = [&](boost::system::errc::errc_t code, std::string mend) {
    return Error{boost::system::errc::make_error_code(code), doing, std::move(mend)};
  };
  using namespace boost::system::errc;
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return error(operation_not_permitted, kMendPrivilege);
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return error(no_such_device, "interfaces here: " + interface_names());
    case PCAP_ERROR_IFACE_NOT_UP:
      return error(network_down, "ip link set " + interface + " up");
    default:
      return Error{make_error_code(io_error), doing + " (" + pcap_geterr(handle) + ")", {}};
  }
}

}  // namespace

Result<Pcap> open_interface(const std::string& interface) {
  char text[PCAP_ERRBUF_SIZE] = {};
  Pcap handle(pcap_create(interface.c_str(), text));
  if (!handle) return refusal("capture on interface " + interface + " (" + text + ")");
  // Before activation none of these can fail.
  pcap_set_snaplen(handle.get(), kSnapshotBytes);
  pcap_set_promisc(handle.get(), 0);
  pcap_set_immediate_mode(handle.get(), 1);
  pcap_set_buffer_size(handle.get(), kBufferBytes);
  pcap_set_tstamp_precision(handle.get(),
                            PCAP_TSTAMP_PRECISION_NANO);  // refused: microseconds, asked for below
  const int status = pcap_activate(handle.get());
  if (status < 0) return activation_error(handle.get(), status, interface);
  if (pcap_setnonblock(handle.get(), 1, text) != 0)
    return refusal("capture on interface " + interface + " without blocking (" + text + ")");
  return handle;
}

Result<> set_filter(pcap_t* handle, const std::string& filter) {
  bpf_program program{};
  if (pcap_compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    return refusal("compile the capture filter (" + std::string(pcap_geterr(handle)) + "): " + filter);
  const Handle<bpf_program, pcap_freecode> compiled(&program);
  if (pcap_setfilter(handle, &program) != 0)
    return refusal("set the capture filter (" + std::string(pcap_geterr(handle)) + "): " + filter);
  return {};
}

}  // namespace hairpin::capture
