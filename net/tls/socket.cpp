// SPDX-License-Identifier: Apache-2.0
#include "net/tls/socket.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "net/tls/openssl.hpp"

namespace hairpin::net {

namespace {

using BioMethod = Handle<BIO_METHOD, BIO_meth_free>;

int send_without_signal(BIO* bio, const char* bytes, int size) {
  const int descriptor = static_cast<int>(BIO_get_fd(bio, nullptr));
  BIO_clear_retry_flags(bio);
  errno = 0;
  const int flags = MSG_NOSIGNAL | (BIO_get_data(bio) ? MSG_MORE : 0);
  const auto sent = ::send(descriptor, bytes, static_cast<std::size_t>(size), flags);
  if (sent <= 0 && BIO_sock_should_retry(static_cast<int>(sent)) != 0) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

/// OpenSSL's socket BIO, which calls write(2), with send(2) in that place.
BioMethod make_method() {
  const auto* const plain = BIO_s_socket();
  BioMethod method(BIO_meth_new(BIO_TYPE_SOCKET, "socket without SIGPIPE"));
  if (!method) return method;
  BIO_meth_set_write(method.get(), send_without_signal);
  BIO_meth_set_read(method.get(), BIO_meth_get_read(plain));
  BIO_meth_set_puts(method.get(), BIO_meth_get_puts(plain));
  BIO_meth_set_ctrl(method.get(), BIO_meth_get_ctrl(plain));
  BIO_meth_set_create(method.get(), BIO_meth_get_create(plain));
  BIO_meth_set_destroy(method.get(), BIO_meth_get_destroy(plain));
  return method;
}

}  // namespace

bool put_on_socket(SSL* ssl, int descriptor) {
  static const BioMethod method = make_method();
  if (!method) return false;
  BIO* const bio = BIO_new(method.get());
  if (!bio) return false;
  BIO_set_fd(bio, descriptor, BIO_NOCLOSE);
  SSL_set_bio(ssl, bio, bio);
  return true;
}

void expect_more(SSL* ssl, bool is_more_to_come) {
  BIO* const bio = SSL_get_wbio(ssl);
  BIO_set_data(bio, is_more_to_come ? bio : nullptr);  // whether there is any is all that is asked of it
}

}  // namespace hairpin::net
