// SPDX-License-Identifier: Apache-2.0
#include "checks/subject.hpp"

namespace hairpin::checks {

Subject subject_of(const std::string& source, const Target& target) {
  Subject subject;
  subject.pool = target.pool;
  subject.virtual_server = target.virtual_server;
  subject.vip = to_string(target.endpoint);
  subject.source = source;
  subject.member = target.member;
  subject.family = target.endpoint.address.family == Family::ipv4 ? "ipv4" : "ipv6";
  if (!target.member.empty()) subject.way = "direct";
  return subject;
}

}  // namespace hairpin::checks
