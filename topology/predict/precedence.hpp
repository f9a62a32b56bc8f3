// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "topology/predict/snat.hpp"

namespace hairpin::f5 {

/// What other virtual servers of the same destination take of one sender's connections to a virtual server.
struct Claims {
  const Virtual* of_all = nullptr;     ///< takes every one of them
  const Virtual* in_doubt = nullptr;   ///< may take them: nothing documented says which of the two does
  std::vector<std::pair<RoutedPrefix, const Virtual*>> parts;  ///< of the sender's network
  std::vector<const Virtual*> others;  ///< take those to their port or of their protocol
};

/// The order of virtual servers (F5 K14800): destination, then source, then port, the narrower first. A narrower destination
/// needs no word: what goes there is no connection to the wider one.
class Precedence {
 public:
  explicit Precedence(const Config& config);
  Claims claims(const Virtual& server, const Sender& sender) const;

 private:
  std::map<RoutedPrefix, std::vector<const Virtual*>> by_destination_;
};

/// By what `left` counts more than `right`, of those that take the same connection.
bool is_more_specific(const Virtual& left, const Virtual& right);

/// Whether it listens at all: not disabled itself or by its virtual address; `internal` ones have no address of their own.
bool is_listening(const Config& config, const Virtual& server);

}  // namespace hairpin::f5
