// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "topology/lab/lab.hpp"

namespace hairpin::lab {

/// One TCP frame that was seen on an interface of a host.
struct Frame {
  std::string interface;
  MacAddress from_mac;
  Tuple tuple;
  std::uint8_t flags = 0;
  bool has_timestamps = false;
  bool is_syn() const { return (flags & 0x12) == 0x02; }
  bool is_syn_ack() const { return (flags & 0x12) == 0x12; }
};

/// One connection attempt with everything that its host saw on the wire meanwhile.
struct Attempt {
  std::string outcome;     ///< "answered", "refused", "silent", "closed"
  std::string member;      ///< who answered
  IpAddress seen_source;   ///< the source address that the member saw
  bool kept_port = false;  ///< the member saw the port that was bound here
  unsigned accepted = 0;   ///< connections that the member had accepted by then
  std::vector<Frame> frames;
  bool was_answered() const { return outcome == "answered"; }
  /// A SYN-ACK by cable that did not come from `vip` (an IPv6 self-hairpin is answered on `lo`).
  const Frame* third_address(const Endpoint& vip) const;
  const Frame* own_syn_back() const;  ///< a SYN that arrived with its sender's own address as source
};

/// Parameters of a lab, and a lab of them that lasts as long as the object. Members answer on port 444 with
/// what they saw; the agents' place is taken by that small server.
class LabUnderTest {
 public:
  explicit LabUnderTest(LabOptions options);
  ~LabUnderTest();
  LabUnderTest(const LabUnderTest&) = delete;
  LabUnderTest& operator=(const LabUnderTest&) = delete;

  bool is_up() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  const std::string& topology() const { return topology_; }
  const Site& site() const { return site_; }
  std::vector<Attempt> ask(const std::string& from, unsigned times) const;
  /// Value of a line "PREFIX: … NAME …" of /proc/net/netstat on a host.
  std::uint64_t counter(const std::string& host, const std::string& name) const;
  int execute(const std::string& host, const std::vector<std::string>& command) const;

 private:
  LabOptions options_;
  Site site_;
  std::string topology_, error_;
};

/// Where tests keep their labs: not where a user's are.
LabShelf test_shelf();
/// Runs `work` in a child process and returns what it wrote.
std::string in_child(const std::function<std::string()>& work);
/// The server in the agents' place.
int answer_as(const AgentStart& start);

/// "IPv4" or "IPv6", for the names of parameterised tests.
std::string family_name(const testing::TestParamInfo<Family>& parameter);

LabOptions lab(const std::string& mode, SnatType snat, Family family, std::vector<std::string> faults = {});

}  // namespace hairpin::lab
