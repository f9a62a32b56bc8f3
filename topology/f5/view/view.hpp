// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.hpp"
#include "base/describe.hpp"

/// A BIG-IP's own view: what its `show` commands print, as data. The forms are those that people published (docs/f5.md);
/// lines of another form are counted, never guessed.
namespace hairpin::f5 {

/// An endpoint as BIG-IP prints it; absent: "any", a name, or nothing.
struct SeenEndpoint {
  std::optional<IpAddress> address;
  std::uint32_t route_domain = 0;
  std::optional<std::uint16_t> port;  ///< absent: any
  std::string text;                   ///< as it was printed, fit for a screen
};

template <class T>
struct View {
  std::vector<T> rows;
  std::size_t not_understood = 0;  ///< lines that should have been a row
};

/// `show sys connection`: the four ends of a connection through the box.
struct SeenConnection {
  SeenEndpoint client;          ///< who opened it
  SeenEndpoint virtual_server;  ///< what it was opened to
  SeenEndpoint snat;            ///< as whom BIG-IP asks the member; the client itself without SNAT
  SeenEndpoint member;          ///< absent address: no server side
  std::string protocol;         ///< "tcp"
  std::uint64_t idle_s = 0;
  std::uint32_t tmm = 0;
  std::optional<std::uint64_t> from_client{}, from_member{};  ///< packets that came in on either side; 1.2K is 1200
};
View<SeenConnection> parse_connections(std::string_view text);
/// The same with `all-properties`, a paragraph for each connection.
View<SeenConnection> parse_connection_paragraphs(std::string_view text);

/// `show ltm virtual`, `show ltm pool [… members]`: status and what is open now.
struct SeenStatus {
  std::string name;                    ///< of the virtual server or pool
  std::optional<SeenEndpoint> member;  ///< of that pool; absent: the virtual server or pool itself
  std::string availability;            ///< "available", "offline", "unknown"
  std::string state;                   ///< "enabled", "disabled"
  std::string reason;
  std::optional<SeenEndpoint> destination;
  std::optional<std::uint64_t> current_connections;  ///< of the client side (virtual) or the server side; 1.2K is 1200
  std::optional<std::uint64_t> total_connections;
};
View<SeenStatus> parse_virtuals(std::string_view text);
View<SeenStatus> parse_pools(std::string_view text);

/// `show ltm persistence persist-records`
struct SeenPersistence {
  std::string mode;  ///< "source-address"
  std::string key;   ///< the client's address, a cookie
  SeenEndpoint virtual_server;
  SeenEndpoint member;
  std::uint32_t tmm = 0;
};
View<SeenPersistence> parse_persistence(std::string_view text);

/// `show net rst-cause`
struct SeenResetCause {
  std::string cause;  ///< "No local listener"
  std::uint64_t count = 0;
};
View<SeenResetCause> parse_reset_causes(std::string_view text);
/// What was counted between two looks: causes that grew, by how much. A count that shrank was reset: it is all new.
std::vector<SeenResetCause> grown(const std::vector<SeenResetCause>& before, const std::vector<SeenResetCause>& after);

BOOST_DEFINE_ENUM_CLASS(FailoverState, active, standby, offline, forced_offline, unknown)
/// `show sys failover`: "Failover active for 0d 00:22:20"; `show cm failover-status`: "Status   ACTIVE"
FailoverState parse_failover(std::string_view text);

/// As BIG-IP writes an endpoint: 10.0.0.1:443, 10.0.0.1%2:https, 2001:db8::1.443, any6.any.
SeenEndpoint parse_seen_endpoint(std::string_view word);
/// 37, 37.3K, 1.2M, 4.0G: as far as it is printed.
std::optional<std::uint64_t> parse_amount(std::string_view word);

}  // namespace hairpin::f5
