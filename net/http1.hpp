// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// As much HTTP/1.1 (RFC 9112) as one question and one answer need, without I/O: a connection carries one
/// exchange and says "Connection: close", but for a response that keeps it open.
namespace hairpin::net::http1 {

inline constexpr std::uint32_t kHeaderLimitBytes = 8 * 1024;
inline constexpr std::uint64_t kBodyLimitBytes = 64 * 1024;
inline constexpr const char* kTripField = "Hairpin-Trip";  ///< the trip id, 32 hexadecimal digits

struct Field {
  std::string name;
  std::string value;
};

/// Header fields in their order on the wire.
using Fields = std::vector<Field>;
/// The value of the field of that name (any case); absent when it is missing, or ambiguous because it comes
/// twice.
std::optional<std::string> find_field(const Fields& fields, std::string_view name);

struct Request {
  std::string method = "GET";
  std::string target = "/";
  std::string host;  ///< field Host; when writing: left out when empty
  Fields fields;     ///< when reading: all of them; when writing: besides Host, Connection and Content-Length
  std::string body;
};

struct Response {
  std::uint32_t status = 200;
  std::string reason = "OK";
  Fields fields;  ///< as in Request
  std::string body;
  bool keeps_open = false;  ///< when writing: another request may follow
};

/// The bytes of a message, Content-Length and, unless it keeps open, "Connection: close" included. Control characters in the start
/// line or a field, and spaces in the target, are errors: nobody smuggles a header through a topology file.
Result<std::string> write(const Request& request);
Result<std::string> write(const Response& response);

/// Reads one request from bytes as they come. Over the limits above, or when it does not parse: an error that
/// is final.
class RequestReader {
 public:
  RequestReader();
  ~RequestReader();
  /// The request once it is whole; nullopt while more bytes are needed. What follows the request is left
  /// unread.
  Result<std::optional<Request>> put(std::span<const char> bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads one response from bytes as they come, as RequestReader does.
class ResponseReader {
 public:
  explicit ResponseReader(std::uint64_t body_limit_bytes = kBodyLimitBytes);
  ~ResponseReader();
  Result<std::optional<Response>> put(std::span<const char> bytes);
  /// The peer ended: whole if the body was to last until then, nullopt if something is missing.
  Result<std::optional<Response>> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hairpin::net::http1
