// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/base64.hpp"
#include "topology/f5/as3/declaration.hpp"
#include "topology/f5/model.hpp"

namespace hairpin::f5::as3 {
namespace {

std::string_view switched(const Json& value) { return value.is_false() ? "disabled" : "enabled"; }

void toggle(Stanza& stanza, const Json& item, std::string_view as3, std::string_view tmsh) {
  if (const auto* said = item.find(as3)) stanza.add(*said, {tmsh, switched(*said)});
}

/// Monitors that BIG-IP ships are named by a bare word.
std::string monitor_name(const Json& monitor, const Place& place) {
  constexpr std::array<std::string_view, 8> kShipped = {"http", "https", "icmp", "gateway-icmp", "tcp", "tcp-half-open",
                                                        "udp", "inband"};
  if (!monitor.is_string() || std::ranges::find(kShipped, monitor.text) == kShipped.end()) return name_of(monitor, place);
  auto name = "/Common/" + monitor.text;
  std::ranges::replace(name, '-', '_');
  return name;
}

void monitors(Stanza& stanza, const Json& item, const Place& place) {
  const auto* list = item.find("monitors");
  if (!list || list->children.empty()) return;
  auto& tree = stanza.say().tree();
  const auto from = tree.words_waiting();
  tree.push_word("monitor");
  for (const auto& monitor : list->children) tree.push_word(tree.keep(monitor_name(monitor, place)));
  stanza.nodes().push_back({.words = tree.take_words(from), .block = {}, .text = {}, .line = list->line});
}

constexpr std::array<Property, 17> kMember = {
    {{"ratio", "ratio"}, {"priorityGroup", "priority-group"}, {"connectionLimit", "connection-limit"},
     {"servicePort"}, {"serverAddresses"}, {"servers"}, {"adminState"}, {"enable"}, {"monitors"}, {"addressDiscovery"}, {"hostname"},
     {"shareNodes"}, {"rateLimit"}, {"remark"}, {"label"}, {"queryInterval"}, {"autoPopulate"}}};

class PoolMembers {
 public:
  PoolMembers(Saying& say, const Place& place) : say_(say), place_(place) {}

  std::vector<Node> all(const Json& members) {
    for (const auto& member : members.children) one(member);
    return std::move(nodes_);
  }

 private:
  void one(const Json& member) {
    const auto* shared = member.find("shareNodes");
    folder_ = shared && shared->is_true() ? "/Common/" : "/" + place_.tenant->key + "/";
    const auto* port = member.find("servicePort");
    port_ = port ? port->text : "0";
    bool is_static = false;
    if (const auto* addresses = member.find("serverAddresses"))
      for (const auto& address : addresses->children) {
        address_member(member, address, address.text, address.text);
        is_static = true;
      }
    if (const auto* servers = member.find("servers"))
      for (const auto& server : servers->children) {
        const auto name = server.word("name");
        address_member(member, server, std::string(name.empty() ? server.word("address") : name), std::string(server.word("address")));
        is_static = true;
      }
    if (!is_static) dynamic_member(member);
  }

  void address_member(const Json& member, const Json& at, const std::string& name, const std::string& address) {
    Stanza stanza(say_, at.line);
    stanza.add({"address", address});
    common(stanza, member);
    nodes_.push_back(say_.block(at.line, {with_port(folder_ + name, port_)}, stanza.nodes()));
  }

  /// A name, or a cloud's inventory: its addresses are in no declaration.
  void dynamic_member(const Json& member) {
    const auto hostname = member.word("hostname");
    const auto discovery = member.word("addressDiscovery");
    const auto name = hostname.empty() ? std::string(discovery.empty() ? "unknown" : discovery) : std::string(hostname);
    Stanza stanza(say_, member.line);
    stanza.block(member, "fqdn", {say_.statement(member.line, {"name", name})});
    common(stanza, member);
    nodes_.push_back(say_.block(member.line, {folder_ + name + ":" + port_}, stanza.nodes()));
  }

  void common(Stanza& stanza, const Json& member) {
    say_properties(stanza, member, kMember);
    monitors(stanza, member, place_);
    const auto state = member.word("adminState");
    const auto* enable = member.find("enable");
    if (state == "disable" || state == "offline" || (enable && enable->is_false())) stanza.add({"session", "user-disabled"});
    if (state == "offline") stanza.add({"state", "user-down"});
  }

  Saying& say_;
  const Place& place_;
  std::vector<Node> nodes_;
  std::string folder_;
  std::string port_;
};

constexpr std::array<Property, 15> kPool = {
    {{"loadBalancingMode", "load-balancing-mode"}, {"serviceDownAction", "service-down-action"},
     {"slowRampTime", "slow-ramp-time"}, {"reselectTries", "reselect-tries"}, {"remark", "description"},
     {"minimumMembersActive"}, {"members"}, {"monitors"}, {"allowSNATEnabled"}, {"allowNATEnabled"}, {"label"}, {"minimumMonitors"},
     {"metadata"}, {"minimumMembersUp"}, {"minimumMembersUpAction"}}};

void pool(Saying& say, const Json& item, const Place& place) {
  Stanza stanza(say, item.line);
  if (const auto* members = item.find("members")) stanza.block(*members, "members", PoolMembers(say, place).all(*members));
  monitors(stanza, item, place);
  toggle(stanza, item, "allowSNATEnabled", "allow-snat");
  toggle(stanza, item, "allowNATEnabled", "allow-nat");
  // AS3 writes 1 where nothing is said; tmsh would have 0.
  const auto* least = item.find("minimumMembersActive");
  stanza.add(least ? *least : item, {"min-active-members", least ? std::string_view(least->text) : "1"});
  say_properties(stanza, item, kPool);
  stanza.finish({"ltm", "pool", place.folder + item.key});
}

void snat_pool(Saying& say, const Json& item, const Place& place) {
  Stanza stanza(say, item.line);
  std::vector<std::string> members;
  if (const auto* addresses = item.find("snatAddresses"))
    for (const auto& address : addresses->children)
      members.push_back(address.is_object() ? name_of(address, place) : "/" + place.tenant->key + "/" + address.text);
  stanza.list(item, "members", members);
  stanza.finish({"ltm", "snatpool", place.folder + item.key});
}

constexpr std::array<Property, 10> kTranslation = {
    {{"address", "address"}, {"maxConnections", "connection-limit"}, {"arpEnabled"}, {"trafficGroup"}, {"adminState"}, {"label"},
     {"remark"}, {"ipIdleTimeout", "ip-idle-timeout"}, {"tcpIdleTimeout", "tcp-idle-timeout"},
     {"udpIdleTimeout", "udp-idle-timeout"}}};

void traffic_group(Stanza& stanza, const Json& item) {
  const auto group = item.word("trafficGroup");
  if (!group.empty() && group != "default") stanza.add({"traffic-group", group});
}

void snat_translation(Saying& say, const Json& item, const Place& place) {
  Stanza stanza(say, item.line);
  toggle(stanza, item, "arpEnabled", "arp");
  if (item.word("adminState") == "disable") stanza.add({"disabled"});
  traffic_group(stanza, item);
  say_properties(stanza, item, kTranslation);
  stanza.finish({"ltm", "snat-translation", place.folder + item.key});
}

void service_address(Saying& say, const Json& item, const Place& place) {
  Stanza stanza(say, item.line);
  if (const auto* address = item.find("virtualAddress"); address && address->is_string()) {
    const auto parts = parts_of(address->text);
    stanza.add(*address, {"address", parts.address});
    if (!parts.length.empty()) stanza.add(*address, {"mask", parts.length});
  }
  toggle(stanza, item, "arpEnabled", "arp");
  toggle(stanza, item, "spanningEnabled", "spanning");
  for (const auto& [as3, tmsh] : {std::pair{"icmpEcho", "icmp-echo"}, {"routeAdvertisement", "route-advertisement"}})
    if (const auto* said = item.find(as3))
      stanza.add(*said, {tmsh, said->text == "disable" ? "disabled" : said->text == "enable" ? "enabled" : std::string_view(said->text)});
  traffic_group(stanza, item);
  constexpr std::array<std::string_view, 9> kKnown = {"virtualAddress", "arpEnabled", "spanningEnabled", "icmpEcho",
                                                      "routeAdvertisement", "trafficGroup", "serverScope", "autoDelete", "useIpName"};
  say_unknown(stanza, item, kKnown);
  stanza.finish({"ltm", "virtual-address", place.folder + item.key});
}

void addresses(Saying& say, const Json& item, const Place& place) {
  Stanza stanza(say, item.line);
  if (const auto* list = item.find("addresses"))
    for (std::vector<Node> nodes; const auto& address : list->children) {
      nodes.push_back(say.block(address.line, {address.text}, {}));
      if (&address == &list->children.back()) stanza.block(*list, "addresses", nodes);
    }
  if (const auto* lists = item.find("addressLists")) stanza.list(*lists, "address-lists", names_of(lists, place));
  if (const auto* names = item.find("fqdns")) stanza.list(*names, "fqdns", {names->text});
  stanza.finish({"net", "address-list", place.folder + item.key});
}

void ports(Saying& say, const Json& item, const Place& place) {
  Stanza stanza(say, item.line);
  if (const auto* list = item.find("ports")) {
    std::vector<std::string> words;
    for (const auto& port : list->children) words.push_back(port.text);
    stanza.list(*list, "ports", words);
  }
  if (const auto* lists = item.find("portLists")) stanza.list(*lists, "port-lists", names_of(lists, place));
  stanza.finish({"net", "port-list", place.folder + item.key});
}

/// The text of a rule: as it is or in base64; a URL or a file is not read here: it is a rule that may do anything.
std::string text_of_rule(const Json* body) {
  if (!body) return {};
  if (body->is_string()) return body->text;
  return from_base64(body->word("base64")).value_or(std::string());
}

void rule(Saying& say, const Json& item, const Place& place) {
  const auto* body = item.find("iRule");
  const auto text = text_of_rule(body);
  const auto line = body ? body->line : item.line;
  const auto name = place.folder + item.key;
  if (!text.empty()) return say.stanza(say.raw(line, {"ltm", "rule", name}, text));
  say.stanza(say.block(line, {"ltm", "rule", name}, {say.statement(line, {kTextElsewhere})}));
  say.tree().note(item.line, fmt::format("the text of the rule {} is elsewhere: what it does is not known", item.key));
}

struct ProfileClass {
  std::string_view as3;
  std::string_view tmsh;
};
constexpr std::array<ProfileClass, 10> kProfiles = {{{"L4_Profile", "fastl4"},
                                                     {"TCP_Profile", "tcp"},
                                                     {"UDP_Profile", "udp"},
                                                     {"HTTP_Profile", "http"},
                                                     {"HTTP2_Profile", "http2"},
                                                     {"Multiplex_Profile", "one-connect"},
                                                     {"SIP_Profile", "sip"},
                                                     {"FTP_Profile", "ftp"},
                                                     {"DNS_Profile", "dns"},
                                                     {"Stream_Profile", "stream"}}};
constexpr std::array<Property, 8> kProfileKeys = {{{"idleTimeout", "idle-timeout"},
                                                   {"looseClose", "loose-close"},
                                                   {"looseInitialization", "loose-initialization"},
                                                   {"resetOnTimeout", "reset-on-timeout"},
                                                   {"keepAliveInterval", "keep-alive-interval"},
                                                   {"sourceMask", "source-mask"},
                                                   {"tcpCloseTimeout", "tcp-close-timeout"},
                                                   {"maxReuse", "max-reuse"}}};

bool profile(Saying& say, const Json& item, const Place& place) {
  const auto row = std::ranges::find(kProfiles, item.word("class"), &ProfileClass::as3);
  if (row == kProfiles.end()) return false;
  Stanza stanza(say, item.line);
  if (const auto* parent = item.find("parentProfile")) stanza.add(*parent, {"defaults-from", name_of(*parent, place)});
  for (const auto& key : kProfileKeys)
    if (const auto* said = item.find(key.as3))
      stanza.add(*said, {key.tmsh, said->kind == Json::Kind::boolean ? switched(*said) : std::string_view(said->text)});
  std::vector<std::string_view> known = {"parentProfile"};
  for (const auto& key : kProfileKeys) known.push_back(key.as3);
  say_unknown(stanza, item, known);
  stanza.finish({"ltm", "profile", row->tmsh, place.folder + item.key});
  return true;
}

void persist(Saying& say, const Json& item, const Place& place) {
  auto method = std::string(item.word("persistenceMethod"));
  if (method == "source-address") method = "source-addr";
  if (method == "destination-address") method = "dest-addr";
  if (method == "tls-session-id") method = "ssl";
  Stanza stanza(say, item.line);
  if (const auto* timeout = item.find("duration")) stanza.add(*timeout, {"timeout", timeout->text});
  stanza.finish({"ltm", "persistence", method.empty() ? "unknown" : method, place.folder + item.key});
}

void monitor(Saying& say, const Json& item, const Place& place) {
  const auto kind = item.word("monitorType");
  Stanza stanza(say, item.line);
  stanza.finish({"ltm", "monitor", kind.empty() ? "unknown" : kind, place.folder + item.key});
}

void certificate(Saying& say, const Json& item, const Place& place) {
  const auto name = place.folder + item.key;
  Stanza(say, item.line).finish({"sys", "file", "ssl-cert", name + ".crt"});
  if (item.find("privateKey")) Stanza(say, item.line).finish({"sys", "file", "ssl-key", name + ".key"});
}

struct ClassRow {
  std::string_view name;
  void (*say)(Saying&, const Json&, const Place&);
};
constexpr std::array<ClassRow, 16> kClasses = {{{"Pool", pool},
                                                {"SNAT_Pool", snat_pool},
                                                {"SNAT_Translation", snat_translation},
                                                {"Service_Address", service_address},
                                                {"Firewall_Address_List", addresses},
                                                {"Net_Address_List", addresses},
                                                {"Firewall_Port_List", ports},
                                                {"Net_Port_List", ports},
                                                {"iRule", rule},
                                                {"Persist", persist},
                                                {"Monitor", monitor},
                                                {"Certificate", certificate},
                                                {"TLS_Server", say_tls},
                                                {"TLS_Client", say_tls},
                                                {"CA_Bundle", [](Saying& say, const Json& item, const Place& place) {
                                                   Stanza(say, item.line).finish({"sys", "file", "ssl-cert", place.folder + item.key});
                                                 }},
                                                {"Endpoint_Policy", say_policy}}};

}  // namespace

bool say_item(Saying& say, const Json& item, const Place& place) {
  const auto row = std::ranges::find(kClasses, item.word("class"), &ClassRow::name);
  if (row == kClasses.end()) return profile(say, item, place);
  row->say(say, item, place);
  return true;
}

}  // namespace hairpin::f5::as3
