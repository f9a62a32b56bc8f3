// SPDX-License-Identifier: Apache-2.0
#include "evidence/load.hpp"

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

namespace hairpin {
namespace {

namespace describe = boost::describe;

/// Every counter of `into` grows by that of `more`.
template <class Counts>
void add_members(Counts& into, const Counts& more) {
  boost::mp11::mp_for_each<describe::describe_members<Counts, describe::mod_public>>([&](auto member) {
    if constexpr (requires { (into.*member.pointer).add(more.*member.pointer); })
      (into.*member.pointer).add(more.*member.pointer);
    else
      into.*member.pointer += more.*member.pointer;
  });
}

}  // namespace

std::uint64_t LoadFailures::total() const {
  std::uint64_t sum = 0;
  boost::mp11::mp_for_each<describe::describe_members<LoadFailures, describe::mod_public>>(
      [&](auto member) { sum += this->*member.pointer; });
  return sum;
}

void LoadFailures::add(const LoadFailures& more) { add_members(*this, more); }
void LoadCounts::add(const LoadCounts& more) { add_members(*this, more); }

}  // namespace hairpin
