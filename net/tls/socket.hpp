// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

namespace hairpin::net {

/// SSL_set_fd with one difference: writing to a connection that the peer has closed is EPIPE and no SIGPIPE,
/// whatever this process does about signals. False when memory is short.
bool put_on_socket(SSL* ssl, int descriptor);

/// Records may wait for each other in the kernel until one is sent with which nothing more is to come.
void expect_more(SSL* ssl, bool is_more_to_come);

}  // namespace hairpin::net
