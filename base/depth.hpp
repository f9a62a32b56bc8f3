// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe/enum.hpp>

namespace hairpin {

/// How deep a probe goes: the TCP handshake; ClientHello and the first flight; the whole TLS handshake; a request.
BOOST_DEFINE_ENUM_CLASS(Depth, tcp, hello, tls, http)

}  // namespace hairpin
