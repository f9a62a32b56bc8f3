// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "net/pki.hpp"
#include "net/tls/openssl.hpp"

namespace hairpin::net {

namespace {

constexpr const char* kAuthorityStem = "ca";
constexpr std::size_t kMostFileBytes = 1 << 20;
constexpr std::size_t kMostListBytes = 64 << 20;  ///< revocation lists of large authorities have tens of megabytes

std::string certificate_path(const std::string& directory, const std::string& stem) {
  return directory + "/" + stem + ".crt";
}

std::string key_path(const std::string& directory, const std::string& stem) {
  return directory + "/" + stem + ".key";
}

/// A stem becomes a file name below the directory and nothing else: no way out of it, no hidden file, no
/// option.
Result<> check_stem(const std::string& stem) {
  const auto is_allowed = [](unsigned char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
  };
  const std::string mend = "use letters, digits, '-', '_' and '.', at most 64, the first a letter or digit";
  if (stem.empty() || stem.size() > 64 || !std::ranges::all_of(stem, is_allowed) || stem.front() == '.' ||
      stem.front() == '-' || stem.find("..") != std::string::npos)
    return refusal(fmt::format("use \"{}\" as the name of certificate files", stem.substr(0, 80)), mend);
  if (stem == kAuthorityStem)
    return refusal("use \"ca\" as the name of certificate files: it is the authority's",
                   "choose another name");
  return {};
}

Error cannot_read(const std::string& path, const std::string& mend) {
  return last_system_error("read " + path, errno == ENOENT ? mend : std::string());
}

Result<std::string> read_all(const Descriptor& file, const std::string& path, std::size_t most_bytes) {
  std::string text;
  std::array<char, 16'384> chunk{};
  for (;;) {
    const auto count = ::read(file.get(), chunk.data(), chunk.size());
    if (count < 0) return last_system_error("read " + path);
    if (count == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > most_bytes) return refusal("read " + path + ": it is too long for what it is to hold");
  }
}

enum class Secrecy { is_public, is_secret };

/// "PRIVATE KEY-----", "EC PRIVATE KEY-----", "ENCRYPTED PRIVATE KEY-----": a PEM label of RFC 7468 §10, §11 or before it.
bool holds_key(const std::string& pem) { return pem.find("PRIVATE KEY-----") != std::string::npos; }

Result<std::string> read_pem_file(const std::string& path, Secrecy secrecy, const std::string& mend_missing,
                                  std::size_t most_bytes = kMostFileBytes) {
  // Non-blocking: a FIFO of that name must not hold us.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return cannot_read(path, mend_missing);
  struct stat found {};
  if (::fstat(file.get(), &found) < 0) return last_system_error("read " + path);
  if (!S_ISREG(found.st_mode)) return refusal("read " + path + ": it is no file");
  const bool is_open_to_others = (found.st_mode & (S_IRWXG | S_IRWXO)) != 0;
  if (secrecy == Secrecy::is_secret && is_open_to_others)
    return refusal(
        fmt::format("use {}: others than its owner may use it (mode {:04o})", path, found.st_mode & 07777),
        "chmod 600 " + path);
  auto text = read_all(file, path, most_bytes);
  if (text && is_open_to_others && holds_key(*text))
    return refusal(fmt::format("use {}: it holds a private key, and others than its owner may use it (mode {:04o})", path, found.st_mode & 07777),
                   "keep the certificate and the key in two files, or: chmod 600 " + path);
  return text;
}

Result<> write_new_file(const std::string& path, const std::string& text, mode_t mode) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file && errno == EEXIST)
    return last_system_error("write " + path,
                             "nothing is overwritten: remove the file or choose another name");
  if (!file) return last_system_error("write " + path);
  std::size_t written = 0;
  while (written < text.size()) {
    const auto count = ::write(file.get(), text.data() + written, text.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
      continue;
    }
    const auto error = last_system_error("write " + path);
    ::unlink(path.c_str());
    return error;
  }
  return {};
}

/// Both files or none.
Result<> write_identity(const std::string& directory, const std::string& stem, const Identity& identity) {
  const auto key = key_path(directory, stem);
  if (const auto wrote = write_new_file(key, identity.key_pem, 0600); !wrote) return wrote.error();
  const auto wrote = write_new_file(certificate_path(directory, stem), identity.certificate_pem, 0644);
  if (wrote) return {};
  ::unlink(key.c_str());
  return wrote.error();
}

/// Whether now lies in its lifetime.
Result<> check_lifetime(const X509* certificate, const std::string& path, const std::string& mend) {
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
    return refusal("use " + path + ": the certificate has expired", mend);
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
    return refusal("use " + path + ": the certificate is not valid yet", "set the clock of this host");
  return {};
}

Result<Certificate> read_certificate(const std::string& pem, const std::string& path,
                                     const std::string& mend) {
  auto certificates = read_certificates(pem, path);
  if (!certificates) return certificates.error();
  if (const auto checked = check_lifetime(certificates->front().get(), path, mend); !checked)
    return checked.error();
  return std::move(certificates->front());
}

Result<> check_key(const X509* certificate, const std::string& pem, const std::string& path,
                   const std::string& of) {
  const auto key = read_key(pem, path);
  if (!key) return key.error();
  const bool is_pair = X509_check_private_key(certificate, key->get()) == 1;
  ERR_clear_error();
  if (!is_pair)
    return refusal("use " + path + ": it is not the key of " + of,
                   "copy both files from the same place again");
  return {};
}

bool is_issued_by(X509* certificate, X509* authority) {
  const bool is_ours = X509_check_issued(authority, certificate) == X509_V_OK &&
                       X509_verify(certificate, X509_get0_pubkey(authority)) == 1;
  ERR_clear_error();
  return is_ours;
}

std::string mend_authority(const std::string& directory) { return "hairpin pki init " + directory; }

std::string mend_issued(const std::string& directory, const std::string& stem) {
  return "hairpin pki issue " + directory + " " + stem;
}

}  // namespace

Result<> write_authority(const std::string& directory, const std::string& common_name) {
  const auto authority = make_authority(common_name, kAuthorityLifetime);
  if (!authority) return authority.error();
  if (::mkdir(directory.c_str(), 0700) < 0 && errno != EEXIST)
    return last_system_error("make the directory " + directory);
  return write_identity(directory, kAuthorityStem, *authority);
}

Result<> write_issued(const std::string& directory, const CertificateRequest& request,
                      const std::string& file_stem) {
  if (const auto checked = check_stem(file_stem); !checked) return checked.error();
  const auto ca = certificate_path(directory, kAuthorityStem);
  const auto ca_key = key_path(directory, kAuthorityStem);
  Identity authority;
  auto certificate_pem = read_pem_file(ca, Secrecy::is_public, mend_authority(directory));
  if (!certificate_pem) return certificate_pem.error();
  auto key_pem =
      read_pem_file(ca_key, Secrecy::is_secret, "issue where the authority was made, and copy the files");
  if (!key_pem) return key_pem.error();
  const auto certificate =
      read_certificate(*certificate_pem, ca, "make a new authority in another directory");
  if (!certificate) return certificate.error();
  if (const auto checked = check_key(certificate->get(), *key_pem, ca_key, ca); !checked)
    return checked.error();
  authority.certificate_pem = std::move(*certificate_pem);
  authority.key_pem = std::move(*key_pem);
  const auto identity = issue(authority, request);
  if (!identity) return identity.error();
  return write_identity(directory, file_stem, *identity);
}

Result<PkiFiles> read_pki(const std::string& directory, const std::string& file_stem) {
  if (const auto checked = check_stem(file_stem); !checked) return checked.error();
  const auto ca = certificate_path(directory, kAuthorityStem);
  const auto leaf = certificate_path(directory, file_stem);
  const auto key = key_path(directory, file_stem);
  const auto mend = mend_issued(directory, file_stem);
  auto ca_pem = read_pem_file(ca, Secrecy::is_public, mend_authority(directory));
  if (!ca_pem) return ca_pem.error();
  auto leaf_pem = read_pem_file(leaf, Secrecy::is_public, mend);
  if (!leaf_pem) return leaf_pem.error();
  auto key_pem = read_pem_file(key, Secrecy::is_secret, mend);
  if (!key_pem) return key_pem.error();
  const auto authority =
      read_certificate(*ca_pem, ca, "make a new authority and issue all certificates again");
  if (!authority) return authority.error();
  const auto certificate = read_certificate(*leaf_pem, leaf, "remove it and its key, then: " + mend);
  if (!certificate) return certificate.error();
  if (const auto checked = check_key(certificate->get(), *key_pem, key, leaf); !checked)
    return checked.error();
  if (!is_issued_by(certificate->get(), authority->get()))
    return refusal("use " + leaf + ": it was not issued by " + ca,
                   "copy the files of one authority, or: " + mend);
  PkiFiles files;
  files.identity = Identity{std::move(*leaf_pem), std::move(*key_pem)};
  files.authority_pem = std::move(*ca_pem);
  return files;
}

Result<Identity> read_identity(const std::string& certificate_file, const std::string& key_file, Dates dates) {
  auto certificate_pem = read_pem_file(certificate_file, Secrecy::is_public, "see its name");
  if (!certificate_pem) return certificate_pem.error();
  auto key_pem = read_pem_file(key_file, Secrecy::is_secret, "see its name");
  if (!key_pem) return key_pem.error();
  const auto certificates = read_certificates(*certificate_pem, certificate_file);
  if (!certificates) return certificates.error();
  const auto* const leaf = certificates->front().get();
  if (dates == Dates::have_to_fit)
    if (const auto checked = check_lifetime(leaf, certificate_file, "renew it"); !checked) return checked.error();
  if (const auto checked = check_key(leaf, *key_pem, key_file, certificate_file); !checked) return checked.error();
  return Identity{std::move(*certificate_pem), std::move(*key_pem)};
}

Result<std::string> read_trusted_file(const std::string& file) { return read_pem_file(file, Secrecy::is_public, "see its name"); }

Result<std::string> read_ticket_key_file(const std::string& file) {
  auto key = read_pem_file(file, Secrecy::is_secret, "correct its name in the topology");
  if (key && key->size() != kTicketKeyBytes)
    return refusal(fmt::format("use {} as a ticket key: it has {} bytes, not {}", file, key->size(), kTicketKeyBytes),
                   "give the file of nginx's ssl_session_ticket_key, or: openssl rand -out FILE 80");
  return key;
}

Result<std::string> read_secret_file(const std::string& file) { return read_pem_file(file, Secrecy::is_secret, "see its name"); }

Result<std::string> read_list_file(const std::string& file) {
  return read_pem_file(file, Secrecy::is_public, "see its name", kMostListBytes);
}

}  // namespace hairpin::net
