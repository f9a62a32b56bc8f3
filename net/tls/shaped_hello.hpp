// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/stream.hpp"
#include "net/tls.hpp"

namespace hairpin::net {

/// OpenSSL's ClientHello, in one record or more, in another shape. An error when the bytes are no ClientHello.
Result<std::string> shaped(const std::string& hello, const HelloShape& shape);
/// The hello cut where the shape wants it; `name` is that of the server.
std::vector<std::string> in_segments(const std::string& hello, const HelloShape& shape, const std::string& name);
/// Of the handshake message in these records, header included: what RFC 7685 counts.
std::uint32_t message_bytes(const std::string& records);

/// What comes back for a ClientHello, as it arrives.
class ServerHelloReader {
 public:
  /// True when the ServerHello or a fatal alert is whole; protocol_error when the bytes are no TLS.
  Result<bool> put(std::span<const char> bytes);
  const std::optional<ServerChoice>& choice() const { return choice_; }
  const std::optional<TlsAlert>& alert() const { return alert_; }

 private:
  Result<bool> take_record(std::uint8_t type, const std::string& payload);
  std::string waiting_;
  std::string handshake_;
  std::optional<ServerChoice> choice_;
  std::optional<TlsAlert> alert_;
};

/// Sends `hello` in its shape and reads until the ServerHello has come. Nobody can go on after that, because OpenSSL knows
/// nothing of what was really sent; what the server chose tells enough. `learnt` gets it as its details.
Task<Result<>> say_shaped_hello(Stream& stream, std::string hello, HelloShape shape, TlsSession& learnt);

}  // namespace hairpin::net
