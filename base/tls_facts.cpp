// SPDX-License-Identifier: Apache-2.0
#include "base/tls_facts.hpp"

namespace hairpin {

std::string_view to_string(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls10: return "TLSv1";
    case TlsVersion::tls11: return "TLSv1.1";
    case TlsVersion::tls12: return "TLSv1.2";
    case TlsVersion::tls13: break;
  }
  return "TLSv1.3";
}

}  // namespace hairpin
