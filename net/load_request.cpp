// SPDX-License-Identifier: Apache-2.0
#include "net/load_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "net/http1.hpp"

namespace hairpin::net {
namespace {

constexpr std::string_view kObjectSegment = "/object/";
constexpr std::string_view kNonceParameter = "?nonce=";

char lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

bool is_same(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, [](char a, char b) { return lower(a) == lower(b); });
}

bool is_nonce_digit(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "/any/prefix/object/16384?nonce=0123456789abcdef"
bool read_target(std::string_view target, LoadRequest& request) {
  constexpr auto kTailBytes = kNonceParameter.size() + kNonceDigits;
  if (target.size() < kTailBytes + kObjectSegment.size() + 1 || target.front() != '/') return false;
  const auto tail = target.substr(target.size() - kTailBytes);
  const auto nonce = tail.substr(kNonceParameter.size());
  if (!tail.starts_with(kNonceParameter) || !std::ranges::all_of(nonce, is_nonce_digit)) return false;
  std::ranges::copy(nonce, request.nonce.begin());

  const auto path = target.substr(0, target.size() - kTailBytes);
  const auto segment = path.rfind(kObjectSegment);
  if (segment == std::string_view::npos) return false;
  const auto digits = path.substr(segment + kObjectSegment.size());
  const auto* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, request.object_bytes);
  return error == std::errc() && stopped == end && request.object_bytes <= kMostObjectBytes;
}

bool read_start_line(std::string_view line, LoadRequest& request) {
  constexpr std::string_view kVersion = " HTTP/1.1";
  if (!line.ends_with(kVersion)) return false;
  line.remove_suffix(kVersion.size());
  request.is_head = line.starts_with("HEAD ");
  if (!request.is_head && !line.starts_with("GET ")) return false;
  line.remove_prefix(request.is_head ? 5 : 4);
  return line.find(' ') == std::string_view::npos && read_target(line, request);
}

/// False for a field that makes the request something else than load.
bool read_field(std::string_view line, LoadRequest& request) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const auto name = line.substr(0, colon);
  switch (name.size()) {  // most fields are told by their length alone
    case std::string_view("Connection").size():
      if (is_same(name, "Connection")) request.is_last = is_same(trimmed(line.substr(colon + 1)), "close");
      return true;
    case std::string_view("Content-Length").size():
      return !is_same(name, "Content-Length") || trimmed(line.substr(colon + 1)) == "0";
    case std::string_view("Transfer-Encoding").size():
      return !is_same(name, "Transfer-Encoding");
    case std::string_view(http1::kTripField).size():
      return !is_same(name, http1::kTripField);
    default:
      return !is_same(name, "Expect");
  }
}

}  // namespace

std::size_t head_size(std::string_view bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto end = bytes.find(kEnd);
  return end == std::string_view::npos ? 0 : end + kEnd.size();
}

std::optional<LoadRequest> read_load_request(std::string_view head) {
  constexpr std::string_view kLineEnd = "\r\n";
  LoadRequest request;
  auto end = head.find(kLineEnd);
  if (end == std::string_view::npos || !read_start_line(head.substr(0, end), request)) return {};
  for (head.remove_prefix(end + kLineEnd.size());; head.remove_prefix(end + kLineEnd.size())) {
    end = head.find(kLineEnd);
    if (end == std::string_view::npos) return {};
    if (end == 0) return request;
    if (!read_field(head.substr(0, end), request)) return {};
  }
}

std::string load_target(std::string_view prefix, std::uint64_t object_bytes, const Nonce& nonce) {
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  return fmt::format("{}{}{}{}{}", prefix, kObjectSegment, object_bytes, kNonceParameter,
                     std::string_view(nonce.data(), nonce.size()));
}

}  // namespace hairpin::net
