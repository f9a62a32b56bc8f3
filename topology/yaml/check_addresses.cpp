// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "topology/yaml/draft.hpp"

namespace hairpin::yaml {
namespace {

bool is_self_ip(AddressRole role) {
  return role == AddressRole::self_ip || role == AddressRole::floating_self_ip;
}
bool is_owned(AddressRole role) { return role == AddressRole::host || is_self_ip(role); }

/// The uses of one address, in the order of the file.
class AddressCheck {
 public:
  AddressCheck(const Draft& draft, const std::vector<const AddressUse*>& uses, Reading& reading)
      : draft_(draft), uses_(uses), reading_(reading) {}

  void check() const {
    check_owners();
    check_vip();
    check_snat();
  }

 private:
  const AddressUse* first(bool (*wanted)(AddressRole)) const {
    const auto found =
        std::find_if(uses_.begin(), uses_.end(), [&](const auto* use) { return wanted(use->role); });
    return found == uses_.end() ? nullptr : *found;
  }

  void problem(const AddressUse& use, const std::string& what, std::string mend) const {
    reading_.problem(*use.address.node, use.address.path + ": " + to_string(use.address.value) + " " + what,
                     std::move(mend));
  }

  static std::string place(const AddressUse& use) {
    return use.address.path + " (line " + std::to_string(use.address.node->line) + ")";
  }

  /// Two hosts share an address only as floating self IP of a pair of balancers.
  void check_owners() const {
    const auto* owner = first(is_owned);
    for (const auto* use : uses_) {
      if (use == owner || !is_owned(use->role)) continue;
      const bool is_pair =
          use->role == AddressRole::floating_self_ip && owner->role == AddressRole::floating_self_ip;
      const bool is_same_list =
          use->owner == owner->owner && is_self_ip(use->role) == is_self_ip(owner->role);
      if (is_same_list)
        problem(*use, "is listed twice", "remove one of them");
      else if (use->owner != owner->owner && !is_pair)
        problem(*use, "is already an address of " + owner->owner + ": " + place(*owner),
                "each host has its own");
    }
  }

  /// Nobody else has the VIP: a test could not tell who answered.
  void check_vip() const {
    const auto* vip = first([](AddressRole role) { return role == AddressRole::vip; });
    if (!vip) return;
    for (const auto* use : uses_) {
      const auto of_pool = " of pool " + vip->owner + ": " + place(*vip);
      if (is_self_ip(use->role))
        problem(*use, "is the VIP" + of_pool, "a self IP is another address than the VIP");
      else if (use->role == AddressRole::host)
        problem(*use, "is the VIP" + of_pool, "list the VIP under the pool alone");
      else if (use->role == AddressRole::snat)
        problem(*use, "is the VIP" + of_pool,
                "members must be able to tell SNAT from the VIP: use another address");
      else if (use->role == AddressRole::agent)
        problem(*use, "is the VIP" + of_pool, "agents are reached beside the path under test");
    }
  }

  /// A SNAT address is the balancer's, never another host's.
  void check_snat() const {
    if (!first([](AddressRole role) { return role == AddressRole::snat; })) return;
    const auto* owner = first(is_owned);
    const auto* host = owner ? draft_.topology.host(owner->owner) : nullptr;
    if (!host || host->is_load_balancer) return;
    for (const auto* use : uses_)
      if (use->role == AddressRole::snat)
        problem(*use, "is an address of " + owner->owner + ": " + place(*owner),
                "a SNAT pool has addresses of its own");
  }

  const Draft& draft_;
  const std::vector<const AddressUse*>& uses_;
  Reading& reading_;
};

}  // namespace

void check_addresses(const Draft& draft, Reading& reading) {
  std::map<IpAddress, std::vector<const AddressUse*>> by_address;
  for (const auto& use : draft.address_uses) by_address[use.address.value].push_back(&use);
  for (const auto& [address, uses] : by_address)
    if (!reading.is_full()) AddressCheck(draft, uses, reading).check();
}

}  // namespace hairpin::yaml
