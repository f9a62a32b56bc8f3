// SPDX-License-Identifier: Apache-2.0
#include "probe/bad_client.hpp"

#include "net/tls/forgery.hpp"

namespace hairpin::probe {
namespace {

using enum TlsQuestion;
using std::chrono::hours;

constexpr std::size_t kMoreThanARecord = 17'000;

struct Issued {
  TlsQuestion question;
  net::Issuance issuance;
};
constexpr Issued kIssued[] = {{client_issued, {}},
                              {client_for_servers, {.for_clients = false}},
                              {client_expired, {.from = hours(-48), .until = hours(-24)}},
                              {client_future, {.from = hours(24), .until = hours(48)}},
                              {client_chain_1, {.intermediates = 1}},
                              {client_chain_3, {.intermediates = 3}},
                              {client_chain_9, {.intermediates = 9}},
                              {client_chain_10, {.intermediates = 10}}};

}  // namespace

std::map<TlsQuestion, net::Identity> unusual_clients(const ClientMaterial& material) {
  std::map<TlsQuestion, net::Identity> clients;
  const auto& sound = material.sound;
  const auto put = [&](TlsQuestion question, Result<net::Identity> made) {
    if (made) clients.emplace(question, std::move(*made));
  };
  if (net::has_intermediates(sound)) put(client_leaf_alone, net::leaf_alone(sound));
  put(client_self_signed, net::self_signed_copy(sound));
  put(client_stranger, net::stranger_copy(sound));
  put(client_namesake, net::namesake_copy(sound));
  if (net::can_sign_with_another_key(sound)) put(client_other_key, sound);
  put(client_long, net::long_copy(sound, kMoreThanARecord));
  if (!material.revoked.certificate_pem.empty()) put(client_revoked, material.revoked);
  if (material.authority.certificate_pem.empty()) return clients;
  for (const auto& row : kIssued) put(row.question, net::issued_copy(sound, material.authority, row.issuance));
  return clients;
}

}  // namespace hairpin::probe
