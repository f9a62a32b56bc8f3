// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "hairpin/commands/command.hpp"
#include "hairpin/commands/run_arguments.hpp"
#include "hairpin/tls/tls_test.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(Some seventy connections from this host, one after the other: the usual one, without a client certificate, with one version
of TLS, one class of ciphers, one group alone, without and with a wrong server name, without TLS, with a ClientHello of other
sizes and in pieces, with sessions to resume; the usual one as often as it takes to meet each member. It sends a request after the
handshake and reads, because a server of TLS 1.3 refuses a client certificate only then. A server that takes the client certificate
is also shown bad ones: signed by itself or by a stranger, or with the signature of another key. Any server will do; nothing is
installed there. Its log shows two dozen handshakes that were given up. Versions, ciphers and strengths are judged where a policy
is named, whether a client certificate is required with --expect-mutual, revocation with --crl.

  hairpin tls pool01.example.com:444 --ca root.pem --cert oc01.pem --key oc01.key
  hairpin tls 10.137.2.11:444 --name pool01.example.com --policy intermediate --expect-mutual required

Policies: modern, intermediate (Mozilla Server Side TLS 5.7), legacy (Windows Server 2003 to 2008 R2), or a JSON file.)";

struct Wanted {
  TlsTest test;
  RunOptions options;
  std::string mutual;
};

std::optional<MutualTls> mutual_of(const std::string& word) {
  if (word.empty()) return {};
  if (word == "none") return MutualTls::none;
  return word == "requested" ? MutualTls::requested : MutualTls::required;
}

void add_pair(CLI::App& command, const std::string& name, std::string& file, const std::string& key_name, std::string& key_file,
              const std::string& words, CLI::Option& certificate) {
  auto* one = command.add_option(name, file, words)->type_name("FILE")->group("Certificates")->needs(&certificate);
  auto* other = command.add_option(key_name, key_file, "Its key")->type_name("FILE")->group("Certificates");
  one->needs(other);
  other->needs(one);
}

void add_other_client_options(CLI::App& command, TlsTest& test, CLI::Option& certificate) {
  add_pair(command, "--client-ca", test.client_ca_file, "--client-ca-key", test.client_ca_key_file,
           "Authority that the server trusts for clients, PEM: hairpin issues expired and wrong certificates with it, for test sites", certificate);
  add_pair(command, "--revoked-cert", test.revoked_file, "--revoked-key", test.revoked_key_file, "Client certificate that the server has to refuse as revoked, PEM",
           certificate);
}

void add_certificate_options(CLI::App& command, TlsTest& test) {
  const std::string group = "Certificates";
  command.add_option("--ca", test.ca_file, "Trusted certificates, PEM; TRUSTED CERTIFICATE keeps its purposes [the system's]")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--crl", test.list_file, "Revocation lists, PEM or one in DER, for the server's chain; nothing is fetched [none]")
      ->type_name("FILE")
      ->group(group);
  auto* certificate = command.add_option("--cert", test.certificate_file, "Client certificate, PEM: the leaf, then intermediates")
                          ->type_name("FILE")
                          ->group(group);
  auto* key = command.add_option("--key", test.key_file, "Its key, PEM, without a pass phrase, readable by its owner only")
                  ->type_name("FILE")
                  ->group(group);
  certificate->needs(key);
  key->needs(certificate);
  add_other_client_options(command, test, *certificate);
}

void add_question_options(CLI::App& command, Wanted& wanted) {
  command.add_option("--name", wanted.test.name, "Server name (SNI) that the certificate has to have [HOST]")->type_name("FQDN");
  command.add_option("--other-name", wanted.test.other_name, "Another name on this address, whose sessions must not open this one [hairpin-unknown.invalid]")
      ->type_name("FQDN");
  command.add_option("--policy", wanted.test.policy, "What is demanded: modern, intermediate, legacy, or a JSON file")
      ->type_name("NAME|FILE");
  command.add_option("--expect-mutual", wanted.mutual, "What is promised about client certificates: none, requested or required")
      ->check(CLI::IsMember({"none", "requested", "required"}));
  command.add_option("--members", wanted.test.members, "Members behind it: asked until each was met with 99.9 % (2: 11 connections, 3: 20) [2]")
      ->check(CLI::Range(1, 32));
  command.add_option("--path", wanted.test.path, "What is asked for after the handshake")->capture_default_str();
  command
      .add_option_function<std::int64_t>(
          "--timeout", [&wanted](const std::int64_t& value) { wanted.test.limit = milliseconds(value); },
          "Limit of each phase of a connection [3000]")
      ->type_name("MILLISECONDS")
      ->check(CLI::Range(10, 60'000));
  command
      .add_option_function<std::int64_t>(
          "--slow", [&wanted](const std::int64_t& value) { wanted.test.patience = std::chrono::seconds(value); },
          "Also fall silent in three connections, and see whether the server gives up within so many seconds each")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 600));
}

}  // namespace

void add_tls_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = program.add_subcommand("tls", "Test any server's TLS and client certificates from this host alone");
  command->add_option("SERVER", wanted->test.server, "HOST:PORT, ADDRESS:PORT or [ADDRESS]:PORT")->required();
  add_question_options(*command, *wanted);
  add_certificate_options(*command, wanted->test);
  add_judged_options(*command, wanted->options);
  command->footer(kFooter);
  command->callback([wanted, &status] {
    check_run_options(wanted->options);
    wanted->test.mutual = mutual_of(wanted->mutual);
    status = test_tls(wanted->test, wanted->options);
  });
}

}  // namespace hairpin
