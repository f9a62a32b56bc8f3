// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/describe.hpp"

namespace hairpin {

/// Ciphers of TLS 1.2 and before that somebody may not want, by what is wrong with them. A cipher with several faults is in
/// the first class that names one, so that each class shows something of its own.
BOOST_DEFINE_ENUM_CLASS(CipherClass,
                        unencrypted,   ///< NULL: everybody reads along (RFC 9325 §4.1)
                        anonymous,     ///< no certificate: anybody can be the server (RFC 5246 §A.5)
                        export_grade,  ///< keys of 40 or 56 bits (FREAK)
                        rc4,           ///< RFC 7465
                        triple_des,    ///< blocks of 64 bits (Sweet32, RFC 9325 §4.1)
                        static_rsa,    ///< key exchange without forward secrecy (RFC 9325 §4.1)
                        cbc)           ///< forward secrecy, but no authenticated encryption (Lucky 13, RFC 9325 §4.2)

struct CipherSuite {
  std::uint16_t number = 0;  ///< in IANA's registry
  std::string_view name;     ///< in OpenSSL's words, also where OpenSSL has dropped it
};
std::span<const CipherSuite> ciphers_of(CipherClass kind);
std::vector<std::uint16_t> numbers_of(CipherClass kind);
std::string_view words_for(CipherClass kind);  ///< "ciphers without encryption"
/// A class that no policy allows: such a connection is no secret, or with nobody in particular.
bool protects_nothing(CipherClass kind);

}  // namespace hairpin
