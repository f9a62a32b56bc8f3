// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lab/site.hpp"

/// The full proxy of several modes: HAProxy on the balancer.
namespace hairpin::lab {

/// On which legs the balancer itself speaks TLS; on none: it passes what clients and members speak.
struct ProxyTls {
  bool from_clients = false;
  bool to_members = false;
};

/// The balancer's HAProxy, and what lets it use foreign addresses or a SNAT pool.
void configure_proxy(Site& site, const ProxyTls& tls);

/// Stands for the lab's folder in a configuration, which is known only when the lab is built.
inline constexpr const char* kFolderMark = "@FOLDER@";
/// Certificate and key of the pool's name and VIP in that folder, PEM; made when a configuration mentions it.
inline constexpr const char* kServiceKey = "service.pem";

/// In which a balancer that reads requests names the client, where the site's certificates say so.
inline constexpr const char* kIdentityHeader = "X-Client-Subject";

/// Where LaunchOptions::make_certificates puts a balancer's, below kFolderMark; each with its key, or roots.
inline constexpr const char* kCertificateFolder = "/certificates";
namespace balancer_file {
inline constexpr const char* kVip = "/vip.pem";                    ///< shown to clients
inline constexpr const char* kOtherVip = "/other-vip.pem";         ///< … by its second unit, where that has one of its own
inline constexpr const char* kTicketKeys = "/tickets.keys";        ///< of all its units; HAProxy's form
inline constexpr const char* kOwn = "/bigip.pem";                  ///< shown to members
inline constexpr const char* kClientRoots = "/clients.trusted";    ///< of client certificates
inline constexpr const char* kMemberRoots = "/members.trusted";    ///< of members' certificates
}  // namespace balancer_file

}  // namespace hairpin::lab
