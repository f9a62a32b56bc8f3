// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lint/lint.hpp"

/// One constant for each rule, in files by subject; catalogue.cpp has the order.
namespace hairpin::f5 {

extern const LintRule kPath001, kPath002, kPath003, kPath004, kLoop001;                       // paths.cpp, routed_paths.cpp
extern const LintRule kSnat001, kSnat002, kSnat003, kSnat004, kSnat005, kSnat006, kSnat007;   // snat_*.cpp
extern const LintRule kNPath001, kNPath002;                                                   // npath.cpp
extern const LintRule kTls001, kTls002, kTls003, kTls004, kTls005, kTls006;                   // tls*.cpp
extern const LintRule kLastHop001, kRouteDomain001, kVlan001;                                 // network.cpp
extern const LintRule kPort001, kTimeout001, kPersistence001, kOneConnect001;                 // connections.cpp
extern const LintRule kPool001, kPool002, kPool003;                                           // pools.cpp
extern const LintRule kServer001, kServer002;                                                 // servers.cpp
extern const LintRule kReference001;                                                          // references.cpp
extern const LintRule kDynamic001, kDynamic002;                                               // dynamic.cpp
extern const LintRule kUnits001, kSecrets001;                                                 // units.cpp, secrets.cpp

}  // namespace hairpin::f5
