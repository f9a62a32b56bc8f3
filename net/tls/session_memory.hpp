// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include "base/handle.hpp"

namespace hairpin::net {

/// The last session that a server gave, for the next connection to resume. Empty at first.
class SessionMemory {
 public:
  void keep(SSL_SESSION* session) { session_.reset(session); }  ///< takes the reference over
  void forget() { session_.reset(); }
  SSL_SESSION* last() const { return session_.get(); }
  bool allows_early_data() const { return session_ && SSL_SESSION_get_max_early_data(session_.get()) > 0; }

 private:
  Handle<SSL_SESSION, SSL_SESSION_free> session_;
};

}  // namespace hairpin::net
