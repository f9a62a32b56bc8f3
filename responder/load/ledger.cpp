// SPDX-License-Identifier: Apache-2.0
#include "responder/load/ledger.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace hairpin::responder {
namespace {

nanoseconds cpu_of_this_thread() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto time = [](const timeval& value) {
    return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
  };
  return time(usage.ru_utime) + time(usage.ru_stime);
}

/// A name that nobody may have verified, of any length and any bytes: what a person can read of its beginning.
std::string kept_of(const std::string& identity) {
  auto name = identity.substr(0, Ledger::kMostNameBytes);
  std::replace_if(name.begin(), name.end(), [](char byte) { return byte < 0x20 || byte > 0x7e; }, '?');
  return name;
}

}  // namespace

Ledger::Ledger(std::string host, std::uint16_t port)
    : began_(system_clock().steady()), cpu_before_(cpu_of_this_thread()) {
  sums.host = std::move(host);
  sums.port = port;
}

ServedClient& Ledger::client(const IpAddress& address, const std::string& identity) {
  const auto key = std::pair(address, kept_of(identity));
  if (const auto known = clients_.find(key); known != clients_.end()) return known->second;
  if (clients_.size() >= kMostClients) return others_;
  auto& client = clients_[key];
  client.address = address;
  client.identity = key.second;
  return client;
}

PortsUsed* Ledger::ports(const IpAddress& address) {
  if (const auto known = ports_.find(address); known != ports_.end()) return &known->second;
  return ports_.size() < kMostAddresses ? &ports_[address] : nullptr;
}

LoadCounts Ledger::snapshot() const {
  auto counts = sums;
  counts.elapsed = system_clock().steady() - began_;
  counts.cpu = cpu_of_this_thread() - cpu_before_;
  for (const auto& [key, client] : clients_) counts.clients.push_back(client);
  for (const auto& [address, used] : ports_) counts.ports.push_back(used.snapshot(address));
  counts.clients_left_out = others_.connections + others_.failed;
  return counts;
}

}  // namespace hairpin::responder
