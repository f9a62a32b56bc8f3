// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "checks/check.hpp"

namespace hairpin::checks {

/// A session of one connection, shown by another one to whoever answered then.
struct ShownSession {
  const Trip* first = nullptr;  ///< that got the session; never null
  const Trip* trip = nullptr;   ///< that showed it; never null
  bool is_resumed() const { return trip->probe->details && trip->probe->details->is_resumed; }
};

/// What a run asked about the sessions of one VIP, by one source (TlsQuestion::member_session, member_resumed).
struct VipSessions {
  Subject subject;                       ///< neither source nor member: it is about everybody who answers there
  const Expectation* expect = nullptr;   ///< never null
  std::vector<std::string> members;      ///< of the plan
  std::vector<const Trip*> first;        ///< whole handshakes that could have got a session
  std::vector<ShownSession> shown;       ///< with a handshake, resumed or whole
  std::vector<const Trip*> lost;         ///< that got through no handshake
  std::optional<TlsMode> mode;           ///< whose sessions they are: members' in passthrough, else the balancer's; absent: not known
  bool has_sessions() const;             ///< one was given
};

/// One for each VIP, also where nobody asked: `first` is empty then.
std::vector<VipSessions> sessions_of(const Case& c);

}  // namespace hairpin::checks
