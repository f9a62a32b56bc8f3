// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>

#include "topology/f5/as3/declaration.hpp"

namespace hairpin::f5::as3 {
namespace {

constexpr std::array<std::string_view, 12> kServer = {
    "certificates", "authenticationMode", "authenticationFrequency", "authenticationDepth", "authenticationTrustCA",
    "authenticationInviteCA", "crlFile", "ciphers", "proxySslEnabled", "c3dEnabled", "requireSNI", "allowExpiredCRL"};
constexpr std::array<std::string_view, 9> kClient = {"validateCertificate", "trustCA", "serverName", "sendSNI", "clientCertificate",
                                                     "c3dEnabled", "ciphers", "crlFile", "allowExpiredCRL"};

std::string numbered(const std::string& name, std::size_t index) {
  return index == 0 ? name : fmt::format("{}-{}-", name, index);
}

/// A name in a TLS item: where the declaration has a Certificate of it, the file that it becomes.
std::string file_name(const Json& pointer, const Place& place, std::string_view suffix) {
  auto name = name_of(pointer, place);
  const auto* item = item_of(pointer, place);
  if (item && item->word("class") == "Certificate") name += suffix;
  return name;
}

void authentication(Stanza& stanza, const Json& item, const Json& entry) {
  const auto said = [&](const char* key) { return entry.find(key) ? entry.find(key) : item.find(key); };
  if (const auto* mode = said("authenticationMode")) stanza.add(*mode, {"peer-cert-mode", mode->text});
  if (const auto* often = said("authenticationFrequency"))
    stanza.add(*often, {"authenticate", often->text == "every-time" ? "always" : "once"});
  if (const auto* depth = said("authenticationDepth")) stanza.add(*depth, {"authenticate-depth", depth->text});
}

void authorities(Stanza& stanza, const Json& item, const Place& place) {
  if (const auto* trusted = item.find("authenticationTrustCA")) stanza.add(*trusted, {"ca-file", name_of(*trusted, place)});
  if (const auto* invited = item.find("authenticationInviteCA")) stanza.add(*invited, {"client-cert-ca", name_of(*invited, place)});
  if (const auto* revoked = item.find("crlFile")) stanza.add(*revoked, {"crl-file", name_of(*revoked, place)});
  if (const auto* ciphers = item.find("ciphers"); ciphers && ciphers->is_string()) stanza.add(*ciphers, {"ciphers", ciphers->text});
}

void say_server(Saying& say, const Json& item, const Place& place) {
  const auto* certificates = item.find("certificates");
  const auto count = certificates && !certificates->children.empty() ? certificates->children.size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& entry = certificates && i < certificates->children.size() ? certificates->children[i] : item;
    Stanza stanza(say, entry.line);
    stanza.add({"defaults-from", "/Common/clientssl"});
    if (const auto* certificate = entry.find("certificate"); certificate && &entry != &item) {
      stanza.add(*certificate, {"cert", file_name(*certificate, place, ".crt")});
      stanza.add(*certificate, {"key", file_name(*certificate, place, ".key")});
    }
    if (const auto name = entry.word("matchToSNI"); !name.empty() && &entry != &item) stanza.add({"server-name", name});
    authentication(stanza, item, entry);
    authorities(stanza, item, place);
    if (const auto* proxy = item.find("proxySslEnabled")) stanza.add(*proxy, {"proxy-ssl", proxy->is_true() ? "enabled" : "disabled"});
    if (const auto* delegated = item.find("c3dEnabled"))
      stanza.add(*delegated, {"ssl-c3d", delegated->is_true() ? "enabled" : "disabled"});
    if (i == 0) say_unknown(stanza, item, kServer);
    stanza.finish({"ltm", "profile", "client-ssl", place.folder + numbered(item.key, i)});
  }
}

void say_client(Saying& say, const Json& item, const Place& place) {
  Stanza stanza(say, item.line);
  stanza.add({"defaults-from", "/Common/serverssl"});
  const auto* validate = item.find("validateCertificate");
  if (validate) stanza.add(*validate, {"peer-cert-mode", validate->is_true() ? "require" : "ignore"});
  if (const auto* trusted = item.find("trustCA")) stanza.add(*trusted, {"ca-file", name_of(*trusted, place)});
  if (const auto* name = item.find("serverName")) stanza.add(*name, {"authenticate-name", name->text});
  if (const auto* name = item.find("sendSNI")) stanza.add(*name, {"server-name", name->text});
  if (const auto* certificate = item.find("clientCertificate")) {
    stanza.add(*certificate, {"cert", file_name(*certificate, place, ".crt")});
    stanza.add(*certificate, {"key", file_name(*certificate, place, ".key")});
  }
  if (const auto* delegated = item.find("c3dEnabled"))
    stanza.add(*delegated, {"ssl-c3d", delegated->is_true() ? "enabled" : "disabled"});
  if (const auto* ciphers = item.find("ciphers"); ciphers && ciphers->is_string()) stanza.add(*ciphers, {"ciphers", ciphers->text});
  if (const auto* revoked = item.find("crlFile")) stanza.add(*revoked, {"crl-file", name_of(*revoked, place)});
  say_unknown(stanza, item, kClient);
  stanza.finish({"ltm", "profile", "server-ssl", place.folder + item.key});
}

}  // namespace

void say_tls(Saying& say, const Json& item, const Place& place) {
  if (item.word("class") == "TLS_Server") say_server(say, item, place);
  else say_client(say, item, place);
}

std::vector<std::string> tls_profiles(const Json* pointers, const Place& place) {
  std::vector<std::string> names;
  if (!pointers) return names;
  const auto add = [&](const Json& pointer) {
    const auto name = name_of(pointer, place);
    if (name.empty()) return;
    const auto* item = item_of(pointer, place);
    const auto* certificates = item && item->word("class") == "TLS_Server" ? item->find("certificates") : nullptr;
    const auto count = certificates && !certificates->children.empty() ? certificates->children.size() : 1;
    for (std::size_t i = 0; i < count; ++i) names.push_back(numbered(name, i));
  };
  if (pointers->is_array())
    for (const auto& pointer : pointers->children) add(pointer);
  else
    add(*pointers);
  return names;
}

/// Endpoint_Policy: rules with actions; forwarding ones decide a path.
void say_policy(Saying& say, const Json& item, const Place& place) {
  Stanza stanza(say, item.line);
  std::vector<Node> rules;
  if (const auto* list = item.find("rules"))
    for (const auto& rule : list->children) {
      std::vector<Node> actions;
      if (const auto* said = rule.find("actions"))
        for (const auto& action : said->children) {
          std::vector<Node> words = {say.statement(action.line, {action.word("type").empty() ? "unknown" : action.word("type")})};
          if (const auto* select = action.find("select"))
            for (const auto& target : select->children)
              words.push_back(say.statement(target.line, {target.key == "service" ? "virtual" : target.key, name_of(target, place)}));
          actions.push_back(say.block(action.line, {fmt::format("{}", actions.size())}, words));
        }
      const auto name = rule.word("name");
      rules.push_back(say.block(rule.line, {name.empty() ? "default" : name}, {say.block(rule.line, {"actions"}, actions)}));
    }
  stanza.block(item, "rules", rules);
  stanza.finish({"ltm", "policy", place.folder + item.key});
}

}  // namespace hairpin::f5::as3
