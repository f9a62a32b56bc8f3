// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <cstdlib>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "hairpin/bigip/ssh_line.hpp"
#include "net/https.hpp"
#include "net/pki.hpp"

namespace hairpin::bigip {
namespace {

constexpr std::uint32_t kOk = 200, kUnauthorized = 401, kForbidden = 403;

Silence silence(std::string words, bool is_for_all) { return {std::move(words), is_for_all}; }

class RestLine : public Line {
 public:
  RestLine(net::HttpsServer server, net::http1::Field proof) : server_(std::move(server)), proof_(std::move(proof)) {}
  Form form() const override { return Form::json; }

  net::Task<boost::system::result<Answer, Silence>> ask(Question question, milliseconds limit) override {
    const auto target = rest_target(question);
    if (!target) co_return silence("it has a name that cannot be asked for: " + question.name, false);
    net::http1::Fields fields{proof_, {"Accept", "application/json"}};
    auto getting = net::get_https(server_, *target, std::move(fields), kMostAnswer_bytes);
    auto response = co_await net::within(limit, "hear the end of its answer", std::move(getting));
    if (!response && response.error().code == boost::asio::error::timed_out)
      co_return silence(fmt::format("no answer in {} s", std::chrono::ceil<std::chrono::seconds>(limit).count()), true);
    if (!response) co_return silence(printable(describe(response.error())), true);
    if (response->status == kUnauthorized) co_return silence("it refuses the credentials (HTTP 401)", true);
    if (response->status == kForbidden) co_return silence(fmt::format("the user may not ask for {} (HTTP 403)", *target), false);
    if (response->status != kOk) co_return silence(fmt::format("{} was answered with HTTP {}", *target, response->status), false);
    Answer answer;
    answer.text = std::move(response->body);
    co_return answer;
  }

 private:
  net::HttpsServer server_;
  net::http1::Field proof_;
};

net::http1::Field token_field(std::string token) { return {"X-F5-Auth-Token", std::move(token)}; }
net::http1::Field basic_field(const std::string& user_and_password) { return {"Authorization", "Basic " + to_base64(user_and_password)}; }

bool is_one_line(const std::string& text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

Result<net::http1::Field> proof_in(const std::string& file) {
  auto text = net::read_secret_file(file);
  if (!text) return text.error();
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  constexpr std::string_view kToken = "token:";
  const bool is_token = text->starts_with(kToken);
  if (text->find(':') == std::string::npos || !is_one_line(*text))
    return refusal("use the credentials in " + file, "it holds one line, USER:PASSWORD or token:TOKEN");
  return is_token ? token_field(text->substr(kToken.size())) : basic_field(*text);
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Result<net::http1::Field> proof_of(const BigipState& state) {
  if (!state.credentials.empty()) return proof_in(state.credentials);
  const auto token = variable("HAIRPIN_BIGIP_TOKEN"), user = variable("HAIRPIN_BIGIP_USER"), password = variable("HAIRPIN_BIGIP_PASSWORD");
  if (!is_one_line(token + user + password)) return refusal("use HAIRPIN_BIGIP_…: a variable has more than one line");
  if (!token.empty()) return token_field(token);
  if (!user.empty() && !password.empty()) return basic_field(user + ":" + password);
  return refusal("ask " + to_string(state) + ": there are no credentials",
                 "set HAIRPIN_BIGIP_TOKEN, or HAIRPIN_BIGIP_USER and HAIRPIN_BIGIP_PASSWORD, or name a file with `credentials`");
}

}  // namespace

Result<std::unique_ptr<Line>> make_line(const BigipState& state) {
  if (!state.ssh.empty()) return make_ssh_line(state.ssh);
  auto proof = proof_of(state);
  if (!proof) return proof.error();
  net::HttpsServer server;
  server.host = state.rest_host;
  server.port = state.rest_port;
  server.pin = state.pin;
  if (!state.authority.empty()) {
    auto authority = net::read_trusted_file(state.authority);
    if (!authority) return authority.error();
    server.authority_pem = std::move(*authority);
  }
  return std::unique_ptr<Line>(std::make_unique<RestLine>(std::move(server), std::move(*proof)));
}

}  // namespace hairpin::bigip
