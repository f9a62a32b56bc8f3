// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <string>

#include "net/stream.hpp"

/// Data that go along with the ClientHello (0-RTT, RFC 8446 §2.3).
namespace hairpin::net {

/// The ClientHello of `ssl` with `data` behind it, as it would be sent; empty when its session allows none. `ssl` has written to nobody:
/// the caller sends the bytes and gives it its socket back.
std::string early_flight(SSL* ssl, const std::string& data);

/// Sends these bytes and reads the ServerHello; true when that knows the session in there.
Task<Result<bool>> say_and_forget(Stream& stream, std::string flight);
/// Another connection to the same server.
Task<Result<StreamPtr>> dial_again(int descriptor);

}  // namespace hairpin::net
