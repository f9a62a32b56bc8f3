// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "topology/f5/value.hpp"

namespace hairpin::f5 {

/// Whether all of `inner` is in `outer`.
bool holds(const RoutedPrefix& outer, const RoutedPrefix& inner);
bool overlap(const RoutedPrefix& left, const RoutedPrefix& right);
RoutedPrefix single(const RoutedAddress& address);  ///< /32 or /128
bool is_host(const RoutedPrefix& network);          ///< one address

/// Rows by prefix, of any family and route domain. A question takes one look for each length that occurs, however many
/// rows there are.
template <class T>
class PrefixMap {
 public:
  /// The row of exactly this prefix, made when there is none.
  T& at(const RoutedPrefix& prefix) {
    const auto place = std::lower_bound(lengths_.begin(), lengths_.end(), prefix.prefix.length, std::greater<>());
    if (place == lengths_.end() || *place != prefix.prefix.length) lengths_.insert(place, prefix.prefix.length);
    return rows_[prefix];
  }
  const T* find(const RoutedPrefix& prefix) const {
    const auto found = rows_.find(prefix);
    return found == rows_.end() ? nullptr : &found->second;
  }
  /// Of the longest prefix that holds the address; null: none.
  const T* longest(const RoutedAddress& address) const {
    const T* result = nullptr;
    each_holding(single(address), [&](const RoutedPrefix&, const T& row) {
      result = &row;
      return false;
    });
    return result;
  }
  /// `visit(prefix, row)` for every prefix that holds all of `inner`, longest first, until it returns false.
  template <class Visit>
  void each_holding(const RoutedPrefix& inner, Visit visit) const {
    for (const auto length : lengths_) {
      if (length > inner.prefix.length) continue;
      const auto found = rows_.find({network_of(inner.prefix.network, length), inner.route_domain});
      if (found != rows_.end() && !visit(found->first, found->second)) return;
    }
  }
  /// `visit(prefix, row)` for every prefix that is a part of `outer` and not all of it, until it returns false.
  template <class Visit>
  void each_within(const RoutedPrefix& outer, Visit visit) const {
    for (auto row = rows_.lower_bound({{outer.prefix.network, 0}, 0}); row != rows_.end(); ++row) {
      if (!outer.prefix.contains(row->first.prefix.network)) return;
      const bool is_within = row->first.prefix.length > outer.prefix.length && holds(outer, row->first);
      if (is_within && !visit(row->first, row->second)) return;
    }
  }

 private:
  std::map<RoutedPrefix, T> rows_;
  std::vector<std::uint8_t> lengths_;  ///< that occur, longest first
};

}  // namespace hairpin::f5
