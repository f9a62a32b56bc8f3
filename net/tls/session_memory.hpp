// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include "base/handle.hpp"

namespace hairpin::net {

/// The last session that a server gave, for the next connection to resume. Empty at first.
class SessionMemory {
 public:
  void keep(SSL_SESSION* session) { session_.reset(session); }  ///< takes the reference over
  SSL_SESSION* last() const { return session_.get(); }

 private:
  Handle<SSL_SESSION, SSL_SESSION_free> session_;
};

}  // namespace hairpin::net
