// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <unordered_map>

#include "topology/f5/model.hpp"

namespace hairpin::f5 {

/// The objects of one kind, in the order of the files. An object that is defined again is taken from the later place.
template <class T>
class Table {
 public:
  const T* find(Name name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? nullptr : &rows_[found->second];
  }
  T& add(T object) {
    const auto [place, is_new] = index_.try_emplace(object.name, static_cast<std::uint32_t>(rows_.size()));
    if (is_new) return rows_.emplace_back(std::move(object));
    return rows_[place->second] = std::move(object);
  }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  auto begin() { return rows_.begin(); }
  auto end() { return rows_.end(); }
  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }

 private:
  std::vector<T> rows_;
  std::unordered_map<Name, std::uint32_t> index_;
};

/// One object that names another, for "undefined" and "unused".
struct ReferenceUse {
  const Object* from = nullptr;  ///< of Config::objects
  Text key;                      ///< "pool"
  Text kind;                     ///< of the named object: "ltm pool"; "ltm profile" where any profile will do
  Name name;
  Origin origin;
};

/// What was read and has no meaning here, counted: nothing is dropped silently.
struct NotUnderstood {
  struct Key {
    std::size_t count = 0;
    Origin first;
  };
  std::map<std::string, Key> keys;   ///< "ltm virtual: gtm-score"
  std::map<std::string, Key> kinds;  ///< "apm policy access-policy": objects without a typed form
  static constexpr std::size_t kMostNames = 10'000;  ///< of each; what is beyond is counted as "(others)"
  static void count(std::map<std::string, Key>& names, std::string name, const Origin& at);
  std::size_t key_count() const;
  std::size_t object_count() const;
};

/// Something odd that did not stop the reading: a repeated key, a value that no one understands.
struct Notice {
  Origin origin;
  std::string what;  ///< fit for a screen: no secret, no control character
};

/// A setting of a profile, with the profile that says it.
struct Setting {
  std::string value;
  Name profile;
  Origin origin;      ///< none: a shipped default (BIG-IP 15.1.8's profile_base.conf)
};

/// A configuration, from one or more files. Movable; views stay good as long as it lives.
class Config {
 public:
  std::vector<Tree> trees;
  std::vector<Object> objects;  ///< every stanza, in the order of the files

  Table<Virtual> virtuals;
  Table<VirtualAddress> virtual_addresses;
  Table<Pool> pools;
  Table<PoolNode> nodes;
  Table<SnatTranslation> snat_translations;
  Table<SnatPool> snat_pools;
  Table<GlobalSnat> snats;
  Table<Nat> nats;
  Table<Profile> profiles;
  Table<Profile> persistences;
  Table<Profile> monitors;
  Table<Rule> rules;
  Table<Policy> policies;
  Table<TrafficMatchingCriteria> traffic_matching_criteria;
  Table<AddressList> address_lists;
  Table<PortList> port_lists;
  Table<SelfAddress> selfs;
  Table<Vlan> vlans;
  Table<Route> routes;
  Table<RouteDomain> route_domains;
  Table<TrafficGroup> traffic_groups;
  Table<Partition> partitions;
  Table<Device> devices;
  Table<CertificateFile> certificates;

  std::vector<ReferenceUse> references;
  NotUnderstood not_understood;
  std::vector<Notice> notices;

  /// bigip.conf:120, or "default" without an origin.
  std::string place(const Origin& origin) const;
  /// "ltm virtual /Common/vs1 (bigip.conf:120)"
  std::string cite(const Object& object) const;

  /// What a profile (or persistence, monitor) says for a key: itself, then its parents, then the shipped defaults. Empty:
  /// nobody says it, the default is the engine's own. A block's value is the words of its statements, joined by blanks.
  std::optional<Setting> setting(Name profile, Text key) const;
  /// "client-ssl"; of shipped profiles as well ("/Common/clientssl"); empty: unknown.
  Text profile_type(Name profile) const;
  /// A `sys db` variable, or the value that BIG-IP 13.1 ships; empty: not known.
  Value<Text> db(Text variable) const;
  /// The route domain of addresses without %ID in that partition.
  std::uint32_t route_domain_of(Text partition) const;
  /// The traffic group of objects of that partition that name none.
  Name traffic_group_of(Text partition) const;
  /// The object of that kind ("ltm profile": of any type, also those of other modules) and name; null: no file defines it.
  const Object* find(Text kind, Name name) const;
  /// Some file defines it, or BIG-IP ships it.
  bool is_defined(const ReferenceUse& use) const;
  /// A full name: "/Common/" in front of what has no leading slash, in memory that lives as long as the Config.
  Name full_name(Text name, Text partition = "Common");
  /// Bytes that live as long as the Config.
  Text keep(std::string_view text);

  Config();
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;
  ~Config();

 private:
  friend class Builder;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena_;
  std::unordered_map<Text, Value<Text>> db_;
  std::unordered_multimap<Name, std::uint32_t> by_name_;  // of `objects`
};

/// BIG-IP ships this object ("/Common/tcp"): it is defined although no file defines it.
bool is_shipped(Text kind, Name name);

/// Makes the typed model. Never fails: what has no meaning is counted in `not_understood` or noted.
Config make_config(std::vector<Tree> trees);

}  // namespace hairpin::f5
