// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "topology/f5/model.hpp"

namespace hairpin::f5 {

/// One step of an argument, and the line that it stands on.
struct Reason {
  std::string text;                ///< fit for a screen
  const Object* object = nullptr;  ///< null: nothing in the configuration says it
  Origin origin;                   ///< none: a default of the object
};

/// Collects reasons, or does not: ten thousand virtual servers are judged for the few that somebody reads about.
class Why {
 public:
  Why() = default;
  explicit Why(std::vector<Reason>& into) : into_(&into) {}
  /// `say()` makes the text.
  template <class Say>
  void add(const Object* object, Origin origin, Say say) {
    if (into_) into_->push_back({say(), object, origin});
  }

 private:
  std::vector<Reason>* into_ = nullptr;
};

/// "FILE:LINE" of a reason: of what it cites, else of the object; empty: nothing is cited.
Origin place_of(const Reason& reason);

}  // namespace hairpin::f5
