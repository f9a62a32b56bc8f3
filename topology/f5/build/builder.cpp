// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/build/builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "topology/f5/modules.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

template <class T, Table<T> Config::*kTable>
void make(Config& config, const Object& object) {
  T typed;
  static_cast<Object&>(typed) = object;
  if constexpr (std::is_same_v<T, Profile>) typed.type = object.kind.substr(object.kind.rfind(' ') + 1);
  Reading reading(config, object, object.origin.file);
  read_object(reading, typed);
  (config.*kTable).add(std::move(typed));
}

struct Kind {
  Text words;
  void (*make)(Config&, const Object&);
  bool has_type = false;     ///< one more word belongs to the kind: `ltm profile TYPE NAME`
  bool is_in_folder = true;  ///< names have a partition
};
constexpr Kind kKinds[] = {
    {"ltm virtual", make<Virtual, &Config::virtuals>},
    {"ltm virtual-address", make<VirtualAddress, &Config::virtual_addresses>},
    {"ltm pool", make<Pool, &Config::pools>},
    {"ltm node", make<PoolNode, &Config::nodes>},
    {"ltm snat-translation", make<SnatTranslation, &Config::snat_translations>},
    {"ltm snatpool", make<SnatPool, &Config::snat_pools>},
    {"ltm snat", make<GlobalSnat, &Config::snats>},
    {"ltm nat", make<Nat, &Config::nats>},
    {"ltm profile", make<Profile, &Config::profiles>, true},
    {"ltm persistence", make<Profile, &Config::persistences>, true},
    {"ltm monitor", make<Profile, &Config::monitors>, true},
    {"ltm rule", make<Rule, &Config::rules>},
    {"ltm policy", make<Policy, &Config::policies>},
    {"ltm traffic-matching-criteria", make<TrafficMatchingCriteria, &Config::traffic_matching_criteria>},
    {"net address-list", make<AddressList, &Config::address_lists>},
    {"net port-list", make<PortList, &Config::port_lists>},
    {"security firewall address-list", make<AddressList, &Config::address_lists>},
    {"security firewall port-list", make<PortList, &Config::port_lists>},
    {"net self", make<SelfAddress, &Config::selfs>},
    {"net vlan", make<Vlan, &Config::vlans>},
    {"net vlan-group", make<Vlan, &Config::vlans>},
    {"net tunnels tunnel", make<Vlan, &Config::vlans>},
    {"net route", make<Route, &Config::routes>},
    {"net route-domain", make<RouteDomain, &Config::route_domains>},
    {"cm traffic-group", make<TrafficGroup, &Config::traffic_groups>},
    {"cm device", make<Device, &Config::devices>},
    {"sys file ssl-cert", make<CertificateFile, &Config::certificates>},
    {"sys file ssl-key", make<CertificateFile, &Config::certificates>},
    {"sys file ssl-crl", make<CertificateFile, &Config::certificates>},
    // Read before the others:
    {"auth partition", nullptr, false, false},
    {"sys folder", nullptr, false, false},
    {"sys db", nullptr, false, false}};

const Kind* kind_of(const Node& node, std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    if (i > 0) text += ' ';
    text += node.word(i);
  }
  const auto found = std::ranges::find(kKinds, text, &Kind::words);
  return found == std::end(kKinds) ? nullptr : found;
}

const Kind* kind_of(Text kind) {
  for (const auto& row : kKinds)
    if (row.words == kind || (row.has_type && kind.starts_with(row.words) && kind.substr(row.words.size()).starts_with(' ')))
      return &row;
  return nullptr;
}

bool has_name(const Node& node) { return node.words.size() > 2 || node.words.back().starts_with('/'); }

}  // namespace

Text Builder::intern(const std::string& kind) {
  const auto [place, is_new] = kinds_.try_emplace(kind);
  if (is_new) place->second = config_.keep(kind);
  return place->second;
}

Object Builder::object_of(const Node& node, std::uint32_t file) {
  const bool is_line = node.kind == NodeKind::statement && !is_module(node.key()) && !is_bigpipe_stanza(node.key());
  if (is_line) return {"(a line outside every stanza)", {}, {file, node.line}, &node};  // who knows what it is: not shown
  std::size_t kind_words = 0;
  bool is_in_folder = false;
  for (std::size_t words = 3; words >= 2 && kind_words == 0; --words)
    if (const auto* kind = node.words.size() > words ? kind_of(node, words) : nullptr) {
      kind_words = words + kind->has_type;
      is_in_folder = kind->is_in_folder;
    }
  if (kind_words == 0) kind_words = has_name(node) ? node.words.size() - 1 : node.words.size();
  kind_words = std::min(kind_words, node.words.size());
  std::string kind;
  for (std::size_t i = 0; i < kind_words; ++i) kind += (i > 0 ? " " : "") + std::string(node.word(i));
  std::string name;
  for (auto i = kind_words; i < node.words.size(); ++i) name += (i > kind_words ? " " : "") + std::string(node.word(i));
  const bool is_one_word = node.words.size() == kind_words + 1;
  const Text whole = is_one_word ? node.words.back() : config_.keep(name);
  return {intern(kind), is_in_folder ? config_.full_name(whole) : whole, {file, node.line}, &node};
}

void Builder::list_objects() {
  std::size_t count = 0;
  for (const auto& tree : config_.trees) count += tree.nodes.size();
  config_.objects.reserve(count);
  config_.by_name_.reserve(count);
  for (std::uint32_t file = 0; file < config_.trees.size(); ++file) {
    for (const auto& notice : config_.trees[file].notices) config_.notices.push_back({{file, notice.line}, notice.what});
    for (const auto& node : config_.trees[file].nodes) {
      if (node.kind == NodeKind::comment || node.kind == NodeKind::foreign || node.words.empty()) continue;
      const auto place = static_cast<std::uint32_t>(config_.objects.size());
      config_.by_name_.emplace(config_.objects.emplace_back(object_of(node, file)).name, place);
    }
  }
}

void Builder::read_db() {
  for (const auto& object : config_.objects)
    if (object.kind == "sys db")
      if (const auto* value = object.node->child("value"))
        config_.db_[object.name] = {value->word(1), {object.origin.file, value->line}};
}

void Builder::read_partitions() {
  for (const auto& object : config_.objects) {
    const bool is_partition = object.kind == "auth partition";
    const bool is_folder = object.kind == "sys folder" && object.name.rfind('/') == 0 && object.name.size() > 1;
    if (!is_partition && !is_folder) continue;
    Partition partition;
    static_cast<Object&>(partition) = object;
    if (object.name.starts_with('/')) partition.name.remove_prefix(1);
    if (const auto* known = config_.partitions.find(partition.name)) partition = *known;
    partition.node = object.node;
    Reading reading(config_, object, object.origin.file);
    read_object(reading, partition);
    config_.partitions.add(partition);
  }
}

void Builder::read_typed() {
  for (const auto& object : config_.objects) {
    const auto* kind = kind_of(object.kind);
    if (!kind) {
      NotUnderstood::count(config_.not_understood.kinds, shown(object.kind.substr(0, 100)), object.origin);
    } else if (kind->make && object.name.empty()) {
      config_.notices.push_back({object.origin, fmt::format("`{}` without a name", object.kind)});
    } else if (kind->make) {
      kind->make(config_, object);
    }
  }
}

void Builder::build() {
  list_objects();
  read_db();
  read_partitions();
  config_.references.reserve(config_.objects.size() * 4);
  read_typed();
  resolve(config_);
}

Config make_config(std::vector<Tree> trees) {
  Config config;
  config.trees = std::move(trees);
  Builder(config).build();
  return config;
}

}  // namespace hairpin::f5
