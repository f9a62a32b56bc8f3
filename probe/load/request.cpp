// SPDX-License-Identifier: Apache-2.0
#include "probe/load/request.hpp"

#include <fmt/format.h>

#include <random>

#include "net/load_request.hpp"

namespace hairpin::probe::load {
namespace {

using net::kNonceDigits;

constexpr net::Nonce kBlank{'0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'};

}  // namespace

Request::Request(const Wanted& wanted) : count_(std::random_device{}()) {
  count_ <<= 32;  // nonces of two threads, or of two loads, do not meet
  auto target = wanted.path;
  if (wanted.asks_responder) {
    if (target.ends_with('/')) target.pop_back();
    target = net::load_target(target, wanted.object_bytes, kBlank);
    nonce_at_ = std::string_view("GET ").size() + target.size() - kNonceDigits;
  }
  const auto head = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\n", target, wanted.host, wanted.agent);
  lasting_ = head + "\r\n";
  last_ = head + "Connection: close\r\n\r\n";
}

std::string_view Request::next(bool is_last) {
  auto& bytes = is_last ? last_ : lasting_;
  given_ = &bytes;
  if (nonce_at_ == 0) return bytes;
  constexpr std::string_view kDigits = "0123456789abcdef";
  auto rest = ++count_;
  for (std::size_t digit = kNonceDigits; digit-- > 0; rest >>= 4) bytes[nonce_at_ + digit] = kDigits[rest & 15];
  return bytes;
}

std::string_view Request::nonce() const {
  return nonce_at_ == 0 ? std::string_view() : std::string_view(*given_).substr(nonce_at_, kNonceDigits);
}

}  // namespace hairpin::probe::load
