// SPDX-License-Identifier: Apache-2.0
#include "checks/load/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include "checks/subject.hpp"

namespace hairpin::checks {

std::string failures_text(const LoadFailures& failed) {
  std::string text;
  boost::mp11::mp_for_each<boost::describe::describe_members<LoadFailures, boost::describe::mod_public>>([&](auto member) {
    const auto count = failed.*member.pointer;
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, member.name);
  });
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

Subject subject_of(const LoadObservation& load) { return subject_of(load.host, load.target); }

}  // namespace hairpin::checks
