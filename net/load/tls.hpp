// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/tls_details.hpp"
#include "net/load/wire.hpp"
#include "net/tls.hpp"

/// TLS of a load's connections, as cheap as OpenSSL lets it be (docs/load.md): no callbacks that record, objects that are
/// used again, records through a Wire.
namespace hairpin::net {

/// `compared`: a chain that was verified in this load is known again by its bytes, any other one is verified as well.
enum class ChainCheck { none, compared, full };

struct LoadTlsSettings {
  Identity identity;        ///< sent when the server asks; empty: none
  std::string trusted_pem;  ///< for the checks that verify
  std::string server_name;  ///< SNI, and what a verified certificate has to have
  ChainCheck check = ChainCheck::none;
  bool resumes = false;
  std::optional<TlsVersion> only;  ///< absent: TLS 1.2 or 1.3
  bool is_thin = true;       ///< net/load/thin_provider.hpp; false: every key type that OpenSSL knows
  bool is_sparing = false;   ///< gives buffers back between transactions: for many idle connections
};

enum class LoadStep {
  done,
  wants_read,  ///< again when the socket can be read; what is to be sent is in the wire
  ended,       ///< the peer ended, with or without close_notify
  refused,     ///< TLS failed: an alert, or what the peer sent is none
  broken       ///< the socket failed, or OpenSSL has no memory: errno says why
};

/// What the connections of one thread share.
class LoadTls {
 public:
  static Result<std::unique_ptr<LoadTls>> make(const LoadTlsSettings& settings);
  virtual ~LoadTls() = default;
  /// Chains that had to be verified in full.
  virtual std::uint64_t verified() const = 0;
};

/// One connection after the other at one place. Nothing blocks: what is sent goes into the wire.
class LoadTlsEnd {
 public:
  /// Null when OpenSSL has no memory. Both outlive it.
  static std::unique_ptr<LoadTlsEnd> make(LoadTls& shared, Wire& wire);
  virtual ~LoadTlsEnd() = default;
  /// A new connection: nothing of the one before is left but its session, where they are resumed.
  virtual bool begin() = 0;
  virtual LoadStep shake_hands() = 0;
  virtual LoadStep read(std::span<char> into, std::size_t& count) = 0;
  virtual bool write(std::string_view bytes) = 0;
  virtual void say_end() = 0;  ///< close_notify
  virtual bool is_resumed() const = 0;
  virtual TlsFacts facts() = 0;
  virtual std::string take_error() = 0;  ///< OpenSSL's words; empty when it has none
};

}  // namespace hairpin::net
