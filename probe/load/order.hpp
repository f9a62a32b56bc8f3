// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "evidence/load.hpp"
#include "net/load/tls.hpp"
#include "net/load_proof.hpp"
#include "probe/load/request.hpp"

namespace hairpin::probe::load {

/// What the host lends at most; 0: no bound. Arrivals at a rate are held against it before they begin, a closed loop waits for
/// it (probe/load/gate.hpp).
struct Bounds {
  double connections_per_second = 0;
  double bytes_per_second = 0;  ///< of objects
  double transactions_per_second = 0;
};

/// Everything that a load needs to know, checked by `Engine::prepare`.
struct Order {
  Target target;
  std::string purpose;
  LoadShape shape;
  Request::Wanted request;
  Bounds bounds;
  std::optional<net::LoadKey> key;  ///< what answers have to be signed with; absent: they repeat the nonce as it is
  std::optional<net::LoadTlsSettings> tls;  ///< absent: plain; `check` and `resumes` follow the shape
};

}  // namespace hairpin::probe::load
