// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/http1.hpp"
#include "net/pki.hpp"

namespace hairpin::test {

/// A stand-in for iControl REST: no BIG-IP. A real TLS listener on loopback that answers with recorded documents, on a thread of
/// its own.
class RestStandIn {
 public:
  enum class Manner { good, silent, junk, flood, forbidden, cut };
  static constexpr const char* kUser = "netops";
  static constexpr const char* kPassword = "Tr0ub4dor-of-the-test";
  static constexpr const char* kName = "bigip.example";

  explicit RestStandIn(Manner manner = Manner::good);
  ~RestStandIn();
  RestStandIn(const RestStandIn&) = delete;
  RestStandIn& operator=(const RestStandIn&) = delete;

  std::uint16_t port() const { return port_; }
  const std::string& authority_pem() const { return authority_.certificate_pem; }
  const std::string& fingerprint() const { return fingerprint_; }
  /// Targets of the requests that came.
  std::vector<std::string> asked() const;

 private:
  struct Loop;
  static net::Task<> accept(RestStandIn& self);
  static net::Task<> serve(RestStandIn& self, net::StreamPtr stream);
  net::http1::Response answer(const net::http1::Request& request);

  Manner manner_;
  net::Identity authority_;
  std::string fingerprint_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

/// The document that is recorded for a target; empty: none.
std::string recorded(const std::string& target);

}  // namespace hairpin::test
