// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "topology/lab/catalogue.hpp"

namespace hairpin::lab {

inline LabOptions wanted(const std::string& mode, SnatType snat, Family family = Family::ipv4,
                         std::initializer_list<const char*> faults = {}) {
  LabOptions options;
  options.mode = mode;
  options.snat = snat;
  options.family = family;
  for (const auto* fault : faults) options.faults.push_back(parse_fault(fault));
  return options;
}

/// The site that these options give; the test fails when they are refused.
inline Site designed(const LabOptions& options) {
  auto site = design_site(options);
  if (!site) {
    ADD_FAILURE() << describe(site.error());
    return seed_site(options);
  }
  return std::move(*site);
}

/// Why the options are refused; empty when they are not.
inline std::string refusal_of(const LabOptions& options) {
  const auto site = design_site(options);
  return site ? std::string() : describe(site.error());
}

}  // namespace hairpin::lab
