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
  auto objects = wanted.objects;
  if (objects.empty()) objects.emplace_back();
  for (const auto& object : objects) {
    Variant variant{object, {}, {}, 0};
    auto target = wanted.path;
    if (wanted.asks_responder) {
      if (target.ends_with('/')) target.pop_back();
      target = net::load_target(target, object.bytes, kBlank);
      variant.nonce_at = std::string_view("GET ").size() + target.size() - kNonceDigits;
    }
    const auto head = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\n", target, wanted.host, wanted.agent);
    variant.lasting = head + "\r\n";
    variant.last = head + "Connection: close\r\n\r\n";
    weights_ += object.weight;
    variants_.push_back(std::move(variant));
  }
}

/// By chance, because an even order keeps step with a balancer that takes its members in turn, and each would have objects of
/// its own. The number of the request, scattered (splitmix64), is chance enough.
std::size_t Request::draw() const {
  if (variants_.size() == 1) return 0;
  auto bits = count_ * 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  auto place = (bits ^ (bits >> 31)) % weights_;
  std::size_t chosen = 0;
  for (; place >= variants_[chosen].object.weight; ++chosen) place -= variants_[chosen].object.weight;
  return chosen;
}

std::string_view Request::next(bool is_last) {
  ++count_;
  given_ = draw();
  is_last_given_ = is_last;
  auto& variant = variants_[given_];
  auto& bytes = is_last ? variant.last : variant.lasting;
  if (variant.nonce_at == 0) return bytes;
  constexpr std::string_view kDigits = "0123456789abcdef";
  auto rest = count_;
  for (std::size_t digit = kNonceDigits; digit-- > 0; rest >>= 4) bytes[variant.nonce_at + digit] = kDigits[rest & 15];
  return bytes;
}

std::string_view Request::nonce() const {
  const auto& variant = variants_[given_];
  const std::string_view bytes = is_last_given_ ? variant.last : variant.lasting;
  return variant.nonce_at == 0 ? std::string_view() : bytes.substr(variant.nonce_at, kNonceDigits);
}

}  // namespace hairpin::probe::load
