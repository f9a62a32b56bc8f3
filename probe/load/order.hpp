// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "evidence/load.hpp"
#include "net/load/tls.hpp"
#include "probe/load/request.hpp"

namespace hairpin::probe::load {

/// Everything that a load needs to know, checked by `Engine::prepare`.
struct Order {
  Target target;
  std::string purpose;
  LoadShape shape;
  Request::Wanted request;
  std::optional<net::LoadTlsSettings> tls;  ///< absent: plain; `check` and `resumes` follow the shape
};

}  // namespace hairpin::probe::load
