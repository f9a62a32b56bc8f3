// SPDX-License-Identifier: Apache-2.0
#include "net/load/tls.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "net/load/thin_provider.hpp"
#include "net/tls/context.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/record.hpp"

namespace hairpin::net {
namespace {

using Context = Handle<SSL_CTX, SSL_CTX_free>;
using BioMethod = Handle<BIO_METHOD, BIO_meth_free>;
using Resumable = Handle<SSL_SESSION, SSL_SESSION_free>;

constexpr std::size_t kMostSessions = 1024;
constexpr std::size_t kMostChains = 64;
// As RFC 9411 has it in front, and what else a balancer may insist on.
constexpr const char* kSuites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kSuites12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE+CHACHA20:ECDHE+AES:RSA+AES";
constexpr const char* kGroups = "X25519:P-256:P-384";

// --- OpenSSL reads and writes through the thread's wire

int read_wire(BIO* bio, char* into, int size) {
  auto& wire = *static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  std::string_view bytes;
  const auto outcome = wire.look(bytes);
  if (outcome == Wire::Outcome::some) {
    const auto count = std::min(bytes.size(), static_cast<std::size_t>(size));
    std::memcpy(into, bytes.data(), count);
    wire.take(count);
    return static_cast<int>(count);
  }
  if (outcome == Wire::Outcome::none_yet) BIO_set_retry_read(bio);
  if (outcome == Wire::Outcome::ended) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return outcome == Wire::Outcome::ended ? 0 : -1;
}

int write_wire(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  static_cast<Wire*>(BIO_get_data(bio))->write({bytes, static_cast<std::size_t>(size)});
  return size;
}

long control_wire(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

int create_wire(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

BIO* make_bio(Wire& wire) {
  static const BioMethod method = [] {
    BioMethod made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire of a load"));
    if (!made) return made;
    BIO_meth_set_read(made.get(), read_wire);
    BIO_meth_set_write(made.get(), write_wire);
    BIO_meth_set_ctrl(made.get(), control_wire);
    BIO_meth_set_create(made.get(), create_wire);
    return made;
  }();
  BIO* const bio = method ? BIO_new(method.get()) : nullptr;
  if (bio) BIO_set_data(bio, &wire);
  return bio;
}

// --- Certificates

void append_der(std::string& into, X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return;
  const auto before = into.size();
  into.resize(before + static_cast<std::size_t>(size));
  auto* place = reinterpret_cast<unsigned char*>(into.data() + before);
  i2d_X509(certificate, &place);
}

// --- The shared part

class Shared final : public LoadTls {
 public:
  explicit Shared(const LoadTlsSettings& settings) : settings_(settings) {}

  Result<> set_up() {
    ERR_clear_error();
    context_.reset(SSL_CTX_new_ex(settings_.is_thin ? thin_library() : nullptr, nullptr, TLS_client_method()));
    if (!context_) return openssl_error("set up TLS");
    if (const auto offered = offer(); !offered) return offered.error();
    if (!settings_.identity.certificate_pem.empty())
      if (const auto used = use_identity(native(), settings_.identity); !used) return used.error();
    return check_chains();
  }

  SSL_CTX* native() const { return context_.get(); }
  const LoadTlsSettings& settings() const { return settings_; }
  std::uint64_t verified() const override { return verified_; }

  /// A session of an earlier connection; of TLS 1.3 each once (RFC 8446 §C.4).
  Resumable take_session() {
    if (sessions_.empty()) return {};
    if (SSL_SESSION_get_protocol_version(sessions_.back().get()) < TLS1_3_VERSION) {
      SSL_SESSION_up_ref(sessions_.back().get());
      return Resumable(sessions_.back().get());
    }
    auto session = std::move(sessions_.back());
    sessions_.pop_back();
    return session;
  }

 private:
  Result<> offer() {
    auto* const context = native();
    const auto& only = settings_.only;
    SSL_CTX_set_min_proto_version(context, only == TlsVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context, only == TlsVersion::tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    if (SSL_CTX_set_ciphersuites(context, kSuites13) != 1 || SSL_CTX_set_cipher_list(context, kSuites12) != 1 ||
        SSL_CTX_set1_groups_list(context, kGroups) != 1)
      return openssl_error("offer the ciphers of a load");
    // Whether an answer is whole, its own length says; who ends without close_notify is no failure of the load.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN | (settings_.is_sparing ? SSL_MODE_RELEASE_BUFFERS : 0));
    SSL_CTX_set_app_data(context, this);
    if (!settings_.resumes) {
      SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
      return {};
    }
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    return {};
  }

  Result<> check_chains() {
    // OpenSSL builds a chain also when it is to verify nothing; this callback is asked instead.
    if (settings_.check == ChainCheck::none) {
      SSL_CTX_set_verify(native(), SSL_VERIFY_NONE, nullptr);
      SSL_CTX_set_cert_verify_callback(native(), [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
      return {};
    }
    if (const auto trusted = trust(native(), settings_.trusted_pem, false); !trusted) return trusted.error();
    SSL_CTX_set_verify(native(), SSL_VERIFY_PEER, nullptr);
    if (!settings_.server_name.empty() && !name_peer()) return openssl_error("expect the server's name");
    SSL_CTX_set_cert_verify_callback(
        native(), [](X509_STORE_CTX* chain, void* self) { return static_cast<Shared*>(self)->check(chain) ? 1 : 0; }, this);
    return {};
  }

  bool name_peer() {
    auto* const parameters = SSL_CTX_get0_param(native());
    if (parse_address(settings_.server_name))
      return X509_VERIFY_PARAM_set1_ip_asc(parameters, settings_.server_name.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(parameters, settings_.server_name.c_str(), 0) == 1;
  }

  bool check(X509_STORE_CTX* chain) {
    if (settings_.check == ChainCheck::compared && is_known(chain)) {
      X509_STORE_CTX_set_error(chain, X509_V_OK);
      return true;
    }
    ++verified_;
    if (X509_verify_cert(chain) != 1) return false;
    if (settings_.check == ChainCheck::compared && chains_.size() < kMostChains) chains_.push_back(der_);
    return true;
  }

  /// Whether these very bytes were verified before; leaves them in `der_`.
  bool is_known(X509_STORE_CTX* chain) {
    der_.clear();
    append_der(der_, X509_STORE_CTX_get0_cert(chain));
    const auto* const sent = X509_STORE_CTX_get0_untrusted(chain);  // the leaf among them
    for (int i = 0; i < sk_X509_num(sent); ++i) append_der(der_, sk_X509_value(sent, i));
    return std::find(chains_.begin(), chains_.end(), der_) != chains_.end();
  }

  static int keep_session(SSL* ssl, SSL_SESSION* session) {
    auto& self = *static_cast<Shared*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    if (self.sessions_.size() >= kMostSessions || SSL_SESSION_is_resumable(session) != 1) return 0;
    self.sessions_.emplace_back(session);
    return 1;
  }

  LoadTlsSettings settings_;
  Context context_;
  std::vector<Resumable> sessions_;
  std::vector<std::string> chains_;
  std::string der_;
  std::uint64_t verified_ = 0;
};

// --- One connection

class End final : public LoadTlsEnd {
 public:
  End(Shared& shared, Wire& wire) : shared_(shared), wire_(wire) {}

  bool begin() override {
    ERR_clear_error();
    if (!(is_reusable_ ? clear() : renew())) return false;
    is_reusable_ = false;
    if (shared_.settings().resumes)
      if (const auto session = shared_.take_session()) SSL_set_session(ssl_.get(), session.get());
    return true;
  }

  LoadStep shake_hands() override {
    begin_call();
    const int result = SSL_do_handshake(ssl_.get());
    is_reusable_ = result == 1;
    return result == 1 ? LoadStep::done : after(result);
  }

  LoadStep read(std::span<char> into, std::size_t& count) override {
    begin_call();
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    return result == 1 ? LoadStep::done : after(result);
  }

  bool write(std::string_view bytes) override {
    begin_call();
    std::size_t count = 0;
    return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count) == 1 && count == bytes.size();
  }

  void say_end() override {
    if (is_reusable_) SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  bool is_resumed() const override { return SSL_session_reused(ssl_.get()) == 1; }

  TlsFacts facts() override {
    TlsSession session;
    record_facts(ssl_.get(), session);
    return session.facts;
  }

  std::string take_error() override { return take_openssl_error(); }

 private:
  bool renew() {
    ssl_.reset(SSL_new(shared_.native()));
    BIO* const bio = ssl_ ? make_bio(wire_) : nullptr;
    if (!bio) return false;
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_connect_state(ssl_.get());
    const auto& name = shared_.settings().server_name;
    return name.empty() || parse_address(name) || SSL_set_tlsext_host_name(ssl_.get(), name.c_str()) == 1;
  }

  /// A new connection in the old object: a third less of allocation than a new one.
  bool clear() {
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // else its session counts as bad
    BIO_clear_flags(SSL_get_rbio(ssl_.get()), BIO_FLAGS_IN_EOF);
    return SSL_clear(ssl_.get()) == 1 && SSL_set_session(ssl_.get(), nullptr) == 1;
  }

  /// The queue of errors is the thread's, and `after` reads it: what failed on one connection must not fail another. To look is a
  /// fifth of the cost of clearing it (18 of 100 ns).
  static void begin_call() {
    if (ERR_peek_error() != 0) [[unlikely]] ERR_clear_error();
  }

  LoadStep after(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return LoadStep::wants_read;
      case SSL_ERROR_ZERO_RETURN:
        return LoadStep::ended;
      case SSL_ERROR_SYSCALL:
        is_reusable_ = false;
        return BIO_eof(SSL_get_rbio(ssl_.get())) == 1 ? LoadStep::ended : LoadStep::broken;
      default:
        is_reusable_ = false;
        if (ERR_GET_REASON(ERR_peek_error()) != ERR_R_MALLOC_FAILURE) return LoadStep::refused;
        errno = ENOMEM;
        return LoadStep::broken;
    }
  }

  Shared& shared_;
  Wire& wire_;
  Ssl ssl_;
  bool is_reusable_ = false;
};

}  // namespace

Result<std::unique_ptr<LoadTls>> LoadTls::make(const LoadTlsSettings& settings) {
  auto shared = std::make_unique<Shared>(settings);
  if (const auto set_up = shared->set_up(); !set_up) return set_up.error();
  return std::unique_ptr<LoadTls>(std::move(shared));
}

std::unique_ptr<LoadTlsEnd> LoadTlsEnd::make(LoadTls& shared, Wire& wire) {
  return std::make_unique<End>(static_cast<Shared&>(shared), wire);
}

}  // namespace hairpin::net
