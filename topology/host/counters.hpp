// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

/// The kernel's counter files as values: pure, for host_view.
namespace hairpin::host {

using Counters = std::map<std::string, std::uint64_t>;

/// /proc/net/snmp and /proc/net/netstat: pairs of lines "Tcp: NAME…" and "Tcp: VALUE…", named as nstat does:
/// "TcpOutRsts". Values that are no counters (TcpMaxConn is -1) are left out.
Counters parse_paired_lines(std::string_view text);
/// /proc/net/snmp6: "Ip6InReceives 3".
Counters parse_named_lines(std::string_view text);
/// "martian_source" from /proc/net/stat/rt_cache: a line of names, then one line of hexadecimal numbers per
/// CPU.
Counters parse_route_cache(std::string_view text);

}  // namespace hairpin::host
