// SPDX-License-Identifier: Apache-2.0
#include "rest_stand_in.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>

#include "base/base64.hpp"
#include "base/identifier.hpp"
#include "base/sha256.hpp"
#include "net/tls.hpp"

namespace hairpin::test {
namespace {

std::string nested(const std::string& url, const std::string& statistics) {
  return R"({"kind":"stats","entries":{"https://localhost/mgmt/)" + url + R"(":{"nestedStats":{"entries":{)" + statistics + "}}}}}";
}

std::string described(const std::string& key, const std::string& value) { return "\"" + key + R"(":{"description":")" + value + "\"}"; }
std::string counted(const std::string& key, int value) { return "\"" + key + R"(":{"value":)" + std::to_string(value) + "}"; }

}  // namespace

std::string recorded(const std::string& target) {
  if (target == "/mgmt/tm/cm/failover-status")
    return nested("tm/cm/failover-status/0", described("color", "green") + "," + described("status", "ACTIVE") + "," + described("summary", "1/1 active"));
  if (target == "/mgmt/tm/net/rst-cause") return nested("tm/net/rst-cause/0", counted("count", 40) + "," + described("rstCause", "handshake timeout"));
  if (target == "/mgmt/tm/ltm/virtual/~Common~mcu_18444/stats")
    return nested("tm/ltm/virtual/~Common~mcu_18444/stats",
                  described("tmName", "/Common/mcu_18444") + "," + described("destination", "127.0.0.10:18444") + "," + described("status.availabilityState", "offline") +
                      "," + described("status.enabledState", "disabled") + "," + described("status.statusReason", "The virtual server is disabled"));
  if (target == "/mgmt/tm/ltm/pool/~Common~mcu_pool/members/stats")
    return nested("tm/ltm/pool/~Common~mcu_pool/members/~Common~127.0.0.2:18444/stats",
                  described("addr", "127.0.0.2%0") + "," + counted("port", 18444) + "," + described("poolName", "/Common/mcu_pool") + "," +
                      described("status.availabilityState", "available") + "," + described("status.enabledState", "enabled"));
  if (target == "/mgmt/tm/ltm/persistence/persist-records?options=client-addr+127.0.0.1")
    return R"({"apiRawValues":{"apiAnonymous":"Sys::Persistent Connections\nsource-address  127.0.0.1  127.0.0.10:18444  127.0.0.2:18444  (tmm: 0)\nTotal records returned: 1\n"}})";
  if (target == "/mgmt/tm/sys/connection?options=cs-client-addr+127.0.0.1+cs-server-addr+127.0.0.10+cs-server-port+18444")
    return nested("tm/sys/connection/0",
                  described("csClientAddr", "127.0.0.1") + "," + counted("csClientPort", 40000) + "," + described("csServerAddr", "127.0.0.10") + "," +
                      counted("csServerPort", 18444) + "," + described("ssClientAddr", "127.0.0.5") + "," + counted("ssClientPort", 50000) + "," +
                      described("ssServerAddr", "127.0.0.2") + "," + counted("ssServerPort", 18444) + "," + counted("csPacketsIn", 8) + "," +
                      counted("ssPacketsIn", 7) + "," + counted("idleTime", 0) + "," + counted("protocol", 6));
  return {};
}

struct RestStandIn::Loop {
  boost::asio::io_context context{1};
  std::unique_ptr<net::Acceptor> acceptor;
  std::optional<net::TlsContext> tls;
};

RestStandIn::RestStandIn(Manner manner) : manner_(manner), loop_(std::make_unique<Loop>()) {
  authority_ = net::make_authority("stand-in", std::chrono::hours(1)).value();
  net::TlsServerSettings settings;
  settings.identity = net::issue(authority_, {kName, {kName}, {*parse_address("127.0.0.1")}, std::chrono::hours(1), true, false}).value();
  loop_->tls = net::TlsContext::server(settings).value();
  auto pem = settings.identity.certificate_pem;
  std::string body;
  const auto begin = pem.find('\n') + 1;
  for (const char c : pem.substr(begin, pem.find("-----END") - begin))
    if (c != '\n') body += c;
  const auto digest = sha256(from_base64(body).value());
  fingerprint_ = hex(digest.data(), digest.size());
  loop_->acceptor = net::listen_tcp(loop_->context.get_executor(), {*parse_address("127.0.0.1"), 0}).value();
  port_ = loop_->acceptor->local().port;
  net::spawn(loop_->context.get_executor(), accept(*this));
  thread_ = std::thread([this] { loop_->context.run(); });
}

RestStandIn::~RestStandIn() {
  loop_->context.stop();
  thread_.join();
}

std::vector<std::string> RestStandIn::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

net::Task<> RestStandIn::accept(RestStandIn& self) {
  while (true) {
    auto stream = co_await self.loop_->acceptor->accept();
    if (!stream) co_return;
    net::spawn(self.loop_->context.get_executor(), serve(self, std::move(*stream)));
  }
}

net::Task<> RestStandIn::serve(RestStandIn& self, net::StreamPtr stream) {
  auto done = co_await net::handshake_as_server(std::move(stream), *self.loop_->tls);
  if (!done.stream) co_return;
  net::http1::RequestReader reader;
  std::array<char, 4096> bytes{};
  std::optional<net::http1::Request> request;
  while (!request) {
    const auto count = co_await done.stream->read_some(bytes);
    if (!count || *count == 0) co_return;
    auto read = reader.put(std::span<const char>(bytes.data(), *count));
    if (!read) co_return;
    request = std::move(*read);
  }
  auto response = self.answer(*request);
  while (self.manner_ == Manner::silent) co_await net::sleep_for(std::chrono::seconds(1));
  auto text = net::http1::write(response).value();
  if (self.manner_ == Manner::cut) text.resize(text.size() / 2);
  const auto sent = co_await done.stream->write_all(text);
  static_cast<void>(sent);
  const auto ended = co_await done.stream->shut_down();
  static_cast<void>(ended);
}

net::http1::Response RestStandIn::answer(const net::http1::Request& request) {
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back(request.target);
  }
  net::http1::Response response;
  const auto wanted = "Basic " + to_base64(std::string(kUser) + ":" + kPassword);
  if (net::http1::find_field(request.fields, "Authorization") != wanted || request.method != "GET") {
    response.status = 401;
    return response;
  }
  if (manner_ == Manner::forbidden) response.status = 403;
  response.body = recorded(request.target);
  if (response.body.empty()) response.status = 404;
  if (manner_ == Manner::junk) response.body = "<html>\x1b[31m not what was asked";
  if (manner_ == Manner::flood) response.body.assign(8 << 20, 'x');
  return response;
}

}  // namespace hairpin::test
