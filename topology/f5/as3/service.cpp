// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>

#include "topology/f5/as3/declaration.hpp"

namespace hairpin::f5::as3 {
namespace {

/// What the class of a service brings along (as3-schema.json 3.56; F5's own translation tests).
struct ServiceKind {
  std::string_view name;
  std::string_view layer4;
  std::string_view port;         ///< empty: the declaration has to say it
  std::string_view profile;      ///< "tcp": by profileTCP; otherwise the profile itself
  std::string_view persistence;  ///< empty: none
  bool is_http = false;
};
constexpr std::array<ServiceKind, 8> kServices = {
    {{"Service_TCP", "tcp", "", "tcp", "source-address"},
     {"Service_UDP", "udp", "", "/Common/udp", "source-address"},
     {"Service_HTTP", "tcp", "80", "tcp", "cookie", true},
     {"Service_HTTPS", "tcp", "443", "tcp", "cookie", true},
     {"Service_L4", "tcp", "", "/Common/fastL4", "source-address"},
     {"Service_SCTP", "sctp", "", "/Common/sctp", ""},
     {"Service_Generic", "any", "0", "/Common/ipother", ""},
     {"Service_Forwarding", "any", "0", "/Common/fastL4", ""}}};

constexpr std::array<Property, 53> kProperties = {
    {{"remark", "description"}, {"maxConnections", "connection-limit"},
     {"serviceDownImmediateAction", "service-down-immediate-action"},
     {"virtualAddresses"}, {"virtualPort"}, {"layer4"}, {"snat"}, {"pool"}, {"serverTLS"}, {"clientTLS"}, {"iRules"},
     {"policyEndpoint"}, {"persistenceMethods"}, {"fallbackPersistenceMethod"}, {"allowVlans"}, {"rejectVlans"},
     {"mirroring"}, {"translateServerAddress"}, {"translateServerPort"}, {"translateClientPort"}, {"lastHop"}, {"enable"},
     {"adminState"}, {"nat64Enabled"}, {"sourceAddress"}, {"profileTCP"}, {"profileHTTP"}, {"profileL4"}, {"profileUDP"},
     {"profileMultiplex"}, {"profileIPOther"}, {"profileSCTP"}, {"profileHTTP2"}, {"redirect80"}, {"forwardingType"},
     {"label"}, {"template"}, {"rateLimit"}, {"addressStatus"}, {"shareAddresses"}, {"serversslUseSni"}, {"securityLogProfiles"},
     {"profileAnalytics"}, {"profileHTTPCompression"}, {"profileHTTPAcceleration"}, {"profileSIP"}, {"profileFTP"},
     {"profileStream"}, {"profileDNS"}, {"profileDiameterEndpoint"}, {"profileFIX"}, {"clonePools"}, {"policyIAM"}}};

/// Names of AS3 for what BIG-IP ships.
constexpr std::array<Property, 12> kShipped = {{{"normal", "/Common/f5-tcp-progressive"},
                                                {"lan", "/Common/f5-tcp-lan"},
                                                {"wan", "/Common/f5-tcp-wan"},
                                                {"mobile", "/Common/f5-tcp-mobile"},
                                                {"cookie", "/Common/cookie"},
                                                {"source-address", "/Common/source_addr"},
                                                {"destination-address", "/Common/dest_addr"},
                                                {"tls-session-id", "/Common/ssl"},
                                                {"sip-info", "/Common/sip_info"},
                                                {"hash", "/Common/hash"},
                                                {"universal", "/Common/universal"},
                                                {"msrdp", "/Common/msrdp"}}};

std::string shipped_or_named(const Json& pointer, const Place& place) {
  if (pointer.is_string())
    for (const auto& row : kShipped)
      if (row.as3 == pointer.text) return std::string(row.tmsh);
  return name_of(pointer, place);
}

/// One address of the service: what its own virtual server listens on.
struct Listener {
  const Json* at;
  std::string destination;  ///< full name with port; empty: a traffic-matching-criteria
  std::string mask;
  std::string source;
};

class Service {
 public:
  Service(Saying& say, const Json& item, const Place& place) : say_(say), item_(item), place_(place), kind_(kServices[0]) {
    for (const auto& kind : kServices)
      if (kind.name == item.word("class")) kind_ = kind;
  }

  void run() {
    const auto* addresses = item_.find("virtualAddresses");
    const bool is_listed = (addresses && addresses->is_object() && !addresses->find("bigip")) || is_list(item_.find("virtualPort"));
    if (is_listed) return criteria(addresses);
    std::size_t count = 0;
    if (addresses && !addresses->is_array()) virtual_server(listener(*addresses), 0);
    else if (addresses)
      for (const auto& address : addresses->children) virtual_server(listener(address), count++);
    else
      virtual_server({&item_, {}, {}, {}}, 0);  // internal services have none
  }

 private:
  static bool is_list(const Json* value) { return value && value->is_object(); }
  std::string tenant() const { return "/" + place_.tenant->key; }
  std::string port() const {
    const auto* port = item_.find("virtualPort");
    if (!port) return kind_.port.empty() ? std::string("0") : std::string(kind_.port);
    return port->text == "any" ? std::string("0") : port->text;
  }

  /// An address, [address, source], {use: Service_Address}, {bigip: virtual address}.
  Listener listener(const Json& value) {
    if (value.is_array() && value.children.size() == 2) {
      auto both = listener(value.children[0]);
      both.source = value.children[1].text;
      return both;
    }
    if (value.is_object()) {
      auto name = name_of(value, place_);
      const auto* item = item_of(value, place_);
      if (item && item->word("class") == "Service_Address" && item->find("virtualAddress"))
        return {&value, with_port(name, port()), {}, {}};
      return {&value, with_port(name, port()), {}, {}};
    }
    const auto parts = parts_of(value.text);
    address_object(value, parts);
    return {&value, with_port(tenant() + "/" + parts.address, port()), parts.length, {}};
  }

  /// AS3 makes a virtual address beside the virtual server, with its own defaults.
  void address_object(const Json& at, const AddressParts& parts) {
    Stanza stanza(say_, at.line);
    stanza.add({"address", parts.address});
    stanza.add({"arp", "enabled"});
    stanza.add({"icmp-echo", "enabled"});
    if (!parts.length.empty()) stanza.add({"mask", parts.length});
    stanza.add({"route-advertisement", "disabled"});
    stanza.finish({"ltm", "virtual-address", tenant() + "/" + parts.address});
  }

  void criteria(const Json* addresses) {
    const auto name = place_.folder + item_.key + "_VS_TMC_OBJ";
    Stanza stanza(say_, item_.line);
    if (addresses && addresses->is_object()) stanza.add(*addresses, {"destination-address-list", name_of(*addresses, place_)});
    if (addresses && addresses->is_array() && !addresses->children.empty())
      stanza.add(*addresses, {"destination-address-inline", addresses->children[0].text});
    const auto* ports = item_.find("virtualPort");
    if (is_list(ports)) stanza.add(*ports, {"destination-port-list", name_of(*ports, place_)});
    else stanza.add({"destination-port-inline", port()});
    if (const auto* source = item_.find("sourceAddress")) {
      if (source->is_object()) stanza.add(*source, {"source-address-list", name_of(*source, place_)});
      else stanza.add(*source, {"source-address-inline", source->text});
    }
    stanza.finish({"ltm", "traffic-matching-criteria", name});
    Listener all{&item_, {}, {}, {}};
    criteria_ = name;
    virtual_server(all, 0);
  }

  void virtual_server(const Listener& listener, std::size_t index) {
    const auto name = index == 0 ? item_.key : fmt::format("{}-{}-", item_.key, index);
    Stanza stanza(say_, item_.line);
    if (!listener.destination.empty()) stanza.add(*listener.at, {"destination", listener.destination});
    if (!listener.mask.empty()) stanza.add(*listener.at, {"mask", listener.mask});
    if (!criteria_.empty()) stanza.add({"traffic-matching-criteria", criteria_});
    const auto* source = item_.find("sourceAddress");
    if (!listener.source.empty()) stanza.add(*listener.at, {"source", listener.source});
    else if (source && source->is_string()) stanza.add(*source, {"source", source->text});
    const auto layer4 = item_.word("layer4");
    stanza.add({"ip-protocol", layer4.empty() ? kind_.layer4 : layer4});
    snat(stanza, name, listener);
    profiles(stanza);
    objects(stanza);
    switches(stanza);
    say_properties(stanza, item_, kProperties);
    stanza.finish({"ltm", "virtual", place_.folder + name});
    redirect(listener, name);
  }

  /// Undefined and "auto" are automap; "self" is a pool that holds the VIP itself.
  void snat(Stanza& stanza, const std::string& name, const Listener& listener) {
    const auto* said = item_.find("snat");
    const auto& at = said ? *said : item_;
    const auto translate = [&](std::string_view type, std::string_view pool) {
      std::vector<Node> words = {say_.statement(at.line, {"type", type})};
      if (!pool.empty()) words.push_back(say_.statement(at.line, {"pool", pool}));
      stanza.block(at, "source-address-translation", words);
    };
    if (!said || said->text == "auto") return translate("automap", {});
    if (said->text == "none") return translate("none", {});
    if (said->is_object()) return translate("snat", name_of(*said, place_));
    if (said->text != "self") {
      stanza.add(at, {"as3:snat"});
      return translate("as3:snat", {});
    }
    const auto pool = place_.folder + name + "-self";
    translate("snat", pool);
    Stanza self(say_, at.line);
    const auto end = listener.destination.find_last_of(":.");
    self.list(at, "members", {listener.destination.substr(0, end)});
    self.finish({"ltm", "snatpool", pool});
  }

  void profile(std::vector<Node>& nodes, const Json& at, const std::string& name, std::string_view side) {
    if (name.empty()) return;
    nodes.push_back(say_.block(at.line, {name}, {say_.statement(at.line, {"context", side})}));
  }

  void transport(std::vector<Node>& nodes) {
    constexpr std::array<std::string_view, 4> kKeys = {"profileL4", "profileUDP", "profileSCTP", "profileIPOther"};
    if (kind_.profile == "tcp") {
      const auto* said = item_.find("profileTCP");
      if (said && said->is_object() && (said->find("ingress") || said->find("egress"))) {
        if (const auto* in = said->find("ingress")) profile(nodes, *in, shipped_or_named(*in, place_), "clientside");
        if (const auto* out = said->find("egress")) profile(nodes, *out, shipped_or_named(*out, place_), "serverside");
        return;
      }
      return profile(nodes, said ? *said : item_, said ? shipped_or_named(*said, place_) : "/Common/f5-tcp-progressive", "all");
    }
    for (const auto key : kKeys)
      if (const auto* said = item_.find(key); said && said->is_object())
        return profile(nodes, *said, name_of(*said, place_), "all");
    profile(nodes, item_, std::string(kind_.profile), "all");  // "basic", "normal", or nothing said
  }

  void profiles(Stanza& stanza) {
    std::vector<Node> nodes;
    transport(nodes);
    if (kind_.is_http) {
      const auto* said = item_.find("profileHTTP");
      profile(nodes, said ? *said : item_, said && said->is_object() ? name_of(*said, place_) : "/Common/http", "all");
    }
    for (const auto* key : {"profileMultiplex", "profileHTTP2"})
      if (const auto* said = item_.find(key)) profile(nodes, *said, name_of(*said, place_), "all");
    // AS3 names them by the role that BIG-IP plays: it is the server of its clients.
    const auto* server = item_.find("serverTLS");
    for (const auto& name : tls_profiles(server, place_)) profile(nodes, *server, name, "clientside");
    const auto* client = item_.find("clientTLS");
    for (const auto& name : tls_profiles(client, place_)) profile(nodes, *client, name, "serverside");
    if (!nodes.empty()) stanza.block(item_, "profiles", nodes);
  }

  void objects(Stanza& stanza) {
    if (const auto* pool = item_.find("pool")) stanza.add(*pool, {"pool", name_of(*pool, place_)});
    if (const auto* rules = item_.find("iRules")) stanza.list(*rules, "rules", names_of(rules, place_));
    if (const auto* policy = item_.find("policyEndpoint")) stanza.list(*policy, "policies", names_of(policy, place_));
    const auto* methods = item_.find("persistenceMethods");
    std::vector<std::string> persist;
    if (methods && methods->is_array())
      for (const auto& method : methods->children) persist.push_back(shipped_or_named(method, place_));
    else if (!methods && !kind_.persistence.empty())
      for (const auto& row : kShipped)
        if (row.as3 == kind_.persistence) persist.emplace_back(row.tmsh);
    stanza.list(methods ? *methods : item_, "persist", persist);
    if (const auto* fallback = item_.find("fallbackPersistenceMethod"))
      stanza.add(*fallback, {"fallback-persistence", shipped_or_named(*fallback, place_)});
    const auto* allowed = item_.find("allowVlans");
    const auto* rejected = item_.find("rejectVlans");
    if (allowed) stanza.list(*allowed, "vlans", names_of(allowed, place_));
    if (rejected) stanza.list(*rejected, "vlans", names_of(rejected, place_));
    stanza.add({allowed ? "vlans-enabled" : "vlans-disabled"});
  }

  void toggle(Stanza& stanza, std::string_view as3, std::string_view tmsh) {
    if (const auto* said = item_.find(as3)) stanza.add(*said, {tmsh, said->is_false() ? "disabled" : "enabled"});
  }

  void switches(Stanza& stanza) {
    const bool forwards = kind_.name == "Service_Forwarding";
    if (forwards) stanza.add({item_.word("forwardingType") == "l2" ? "l2-forward" : "ip-forward"});
    if (forwards && !item_.find("translateServerAddress")) stanza.add({"translate-address", "disabled"});
    if (forwards && !item_.find("translateServerPort")) stanza.add({"translate-port", "disabled"});
    toggle(stanza, "translateServerAddress", "translate-address");
    toggle(stanza, "translateServerPort", "translate-port");
    toggle(stanza, "nat64Enabled", "nat64");
    if (const auto* port = item_.find("translateClientPort"))
      stanza.add(*port, {"source-port", port->is_string() ? std::string_view(port->text) : port->is_true() ? "change" : "preserve"});
    if (const auto* mirror = item_.find("mirroring")) stanza.add(*mirror, {"mirror", mirror->text == "L4" ? "enabled" : "disabled"});
    if (const auto* hop = item_.find("lastHop")) {
      if (hop->is_object()) stanza.add(*hop, {"last-hop-pool", name_of(*hop, place_)});
      else stanza.add(*hop, {"auto-lasthop", hop->text == "disable" ? "disabled" : "default"});
    }
    const auto* enable = item_.find("enable");
    if ((enable && enable->is_false()) || item_.word("adminState") == "disable") stanza.add({"disabled"});
  }

  /// Service_HTTPS answers port 80 with a redirection unless it is told not to.
  void redirect(const Listener& listener, const std::string& name) {
    const auto* said = item_.find("redirect80");
    if (kind_.name != "Service_HTTPS" || (said && said->is_false()) || listener.destination.empty()) return;
    const auto end = listener.destination.find_last_of(":.");
    Stanza stanza(say_, item_.line);
    stanza.add({"destination", with_port(listener.destination.substr(0, end), "80")});
    stanza.add({"ip-protocol", "tcp"});
    std::vector<Node> nodes;
    profile(nodes, item_, "/Common/f5-tcp-progressive", "all");
    profile(nodes, item_, "/Common/http", "all");
    stanza.block(item_, "profiles", nodes);
    stanza.list(item_, "rules", {"/Common/_sys_https_redirect"});
    stanza.finish({"ltm", "virtual", place_.folder + name + "-Redirect-"});
  }

  Saying& say_;
  const Json& item_;
  const Place& place_;
  ServiceKind kind_;
  std::string criteria_;
};

}  // namespace

void say_service(Saying& say, const Json& item, const Place& place) { Service(say, item, place).run(); }

}  // namespace hairpin::f5::as3
