// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "topology/model.hpp"

namespace hairpin::lab {

/// One `--fault NAME[=VALUE]`.
struct FaultChoice {
  std::string name;
  std::string value;
};

/// "wrong-gateway=oc02" as it was given: the reverse of parse_fault.
std::string to_string(const FaultChoice& fault);
FaultChoice parse_fault(const std::string& text);

/// How agents are reached: Unix sockets, or TCP over a management network of its own.
BOOST_DEFINE_ENUM_CLASS(Control, unix_socket, tcp)

/// Which site is wanted.
struct LabOptions {
  std::string name = "lab";               ///< letters, digits and '-'; at most 24
  std::string mode = "fastl4";            ///< a row of modes()
  SnatType snat = SnatType::none;         ///< as built
  std::optional<SnatType> expected_snat;  ///< as declared, where that is not what is built
  unsigned members = 2;                   ///< 1…8
  Family family = Family::ipv4;
  std::vector<FaultChoice> faults;  ///< rows of faults()
  Control control = Control::unix_socket;
};

}  // namespace hairpin::lab
