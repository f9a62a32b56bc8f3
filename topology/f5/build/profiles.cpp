// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "topology/f5/build/reading.hpp"

namespace hairpin::f5 {
namespace {

/// Keys of profiles that name a file object; other keys are asked for when they are needed (Config::setting).
struct FileKey {
  Text key;
  Text kind;
};
constexpr std::array<FileKey, 8> kFiles = {{{"cert", "sys file ssl-cert"},
                                            {"chain", "sys file ssl-cert"},
                                            {"ca-file", "sys file ssl-cert"},
                                            {"client-cert-ca", "sys file ssl-cert"},
                                            {"c3d-ca-cert", "sys file ssl-cert"},
                                            {"key", "sys file ssl-key"},
                                            {"c3d-ca-key", "sys file ssl-key"},
                                            {"crl-file", "sys file ssl-crl"}}};

void file_reference(Reading& reading, const Node& node) {
  const auto found = std::ranges::find(kFiles, node.key(), &FileKey::key);
  if (found != kFiles.end()) reading.reference(node.key(), found->kind, node.word(1), node);
}

constexpr Key<CertificateFile> kCertificate[] = {
    {"expiration-string", text_of<&CertificateFile::expiration>},
    {"subject", text_of<&CertificateFile::subject>},
    {"cache-path"}, {"revision"}, {"checksum"}, {"source-path"}, {"size"}, {"create-time"}, {"created-by"},
    {"last-update-time"}, {"updated-by"}, {"mode"}, {"certificate-key-curve-name"}, {"certificate-key-size"},
    {"expiration-date"}, {"fingerprint"}, {"is-bundle"}, {"issuer"}, {"issuer-cert"}, {"key-type"}, {"serial-number"},
    {"subject-alternative-name"}, {"version"}, {"cert-validation-options"}, {"cert-validators"}, {"bundle-certificates"},
    {"curve-name"}, {"key-size"}, {"security-type"}, {"passphrase"}, {"partition"}, {"app-service"}};

}  // namespace

void read_object(Reading& reading, Profile& object) {
  const bool has_files = object.type == "client-ssl" || object.type == "server-ssl";
  for (const auto& node : object.node->block) {
    if (node.key() == "defaults-from") object.defaults_from = reading.reference(node.key(), object.kind, node.word(1), node);
    if (node.key().starts_with("as3:")) count_unknown_key(reading, node);
    if (!has_files) continue;
    file_reference(reading, node);
    if (node.key() == "cert-key-chain")
      for (const auto& entry : node.block)
        for (const auto& line : entry.block) file_reference(reading, line);
  }
}

void read_object(Reading& reading, CertificateFile& object) {
  read_keys<CertificateFile>(reading, object, object.node->block, kCertificate);
}

}  // namespace hairpin::f5
