// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "topology/lab/site.hpp"

/// What the lab can build and break: one file per mode and per fault, one line each in catalogue.cpp.
namespace hairpin::lab {

/// How the balancer carries connections. `lay_out` adds hosts, addresses and routes to the seed site; then
/// faults edit it; then `configure` turns what the balancer shall do into nft rules and HAProxy's
/// configuration.
struct Mode {
  std::string_view name;
  std::string_view summary;
  bool translates = true;  ///< false: --snat other than none makes no sense
  void (*lay_out)(Site& site);
  void (*configure)(Site& site);
};

/// What may stand behind NAME=.
enum class FaultValue {
  none,
  member,  ///< a member of the pool
  host,    ///< any host of the site
  word,    ///< one of a few words
  number   ///< a whole number in a range
};

struct Fault {
  std::string_view name;
  std::string_view summary;
  FaultValue value = FaultValue::none;
  std::string_view default_value{};  ///< when nothing stands behind NAME; empty: something has to
  std::string_view words{};          ///< for `word`: what there is, with a blank between; for `member`: beside members
  unsigned least = 0, most = 0;      ///< for `number`
  bool is_benign = false;            ///< a variation that has to pass
  std::string_view group{};          ///< two of one group with one value exclude each other
  std::string (*objection)(const LabOptions& options);  ///< why it does not apply there; empty: it does
  void (*apply)(Site& site, const std::string& value);
};

std::span<const Mode* const> modes();
std::span<const Fault* const> faults();
const Mode* find_mode(std::string_view name);
const Fault* find_fault(std::string_view name);

/// Everything decided: the site as it will be built. Combinations that make no sense are refused
/// (invalid_argument).
Result<Site> design_site(const LabOptions& options);

/// The site as a topology file (docs/topology.md): what an administrator would declare of it.
std::string declare(const Site& site);

std::string always_applies(const LabOptions& options) noexcept;
/// Objection of what a balancer without a connection table and without sockets cannot do.
std::string not_with_npath(const LabOptions& options);

}  // namespace hairpin::lab
