// SPDX-License-Identifier: Apache-2.0
#include "net/http1.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace hairpin::net::http1 {
namespace {

namespace http = boost::beast::http;

std::string text(boost::beast::string_view view) { return {view.data(), view.size()}; }

bool is_control(char character) { return static_cast<unsigned char>(character) < 0x20 || character == 0x7f; }
bool is_one_line(std::string_view words) { return std::ranges::none_of(words, is_control); }
bool is_one_word(std::string_view word) {
  return !word.empty() && is_one_line(word) && word.find(' ') == std::string_view::npos;
}

Result<std::string> write_rest(std::string head, const Fields& fields, const std::string& body, bool keeps_open) {
  for (const auto& field : fields) {
    if (!is_one_word(field.name) || field.name.find(':') != std::string::npos || !is_one_line(field.value))
      return refusal("write the header field " + field.name.substr(0, 60),
                     "names and values are one line each");
    head += fmt::format("{}: {}\r\n", field.name, field.value);
  }
  if (!keeps_open) head += "Connection: close\r\n";
  head += fmt::format("Content-Length: {}\r\n\r\n", body.size());
  return head + body;
}

/// What both directions share: feed Beast's parser, keep what it could not take yet.
template <bool IsRequest>
struct Reader {
  explicit Reader(std::uint64_t body_limit_bytes = kBodyLimitBytes) {
    parser.header_limit(kHeaderLimitBytes);
    parser.body_limit(body_limit_bytes);
    parser.eager(true);
  }

  /// True when the message is whole.
  Result<bool> put(std::span<const char> bytes) {
    if (broken) return *broken;
    waiting.append(bytes.data(), bytes.size());
    while (!parser.is_done() && !waiting.empty()) {
      boost::system::error_code error;
      const auto taken = parser.put(boost::asio::buffer(waiting), error);
      waiting.erase(0, taken);
      if (error == http::error::need_more) break;
      if (error) return fail(error);
    }
    return parser.is_done();
  }

  Error fail(const boost::system::error_code& error) {
    broken = Error{error, IsRequest ? "read the HTTP request" : "read the HTTP response", {}};
    return *broken;
  }

  Fields fields() const {
    Fields result;
    for (const auto& field : parser.get()) result.push_back({text(field.name_string()), text(field.value())});
    return result;
  }

  http::parser<IsRequest, http::string_body> parser;
  std::string waiting;
  std::optional<Error> broken;
};

}  // namespace

std::optional<std::string> find_field(const Fields& fields, std::string_view name) {
  const boost::beast::string_view wanted(name.data(), name.size());
  const auto is_it = [&](const Field& field) { return boost::beast::iequals(field.name, wanted); };
  const auto first = std::ranges::find_if(fields, is_it);
  if (first == fields.end() || std::any_of(first + 1, fields.end(), is_it)) return {};
  return first->value;
}

Result<std::string> write(const Request& request) {
  if (!is_one_word(request.method) || !is_one_word(request.target))
    return refusal("write the HTTP request for " + request.target.substr(0, 60),
                   "a path has neither spaces nor control characters");
  if (!is_one_line(request.host)) return refusal("write the HTTP request: the host name is not one line");
  auto head = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  if (!request.host.empty()) head += fmt::format("Host: {}\r\n", request.host);
  return write_rest(std::move(head), request.fields, request.body, false);
}

Result<std::string> write(const Response& response) {
  if (response.status < 100 || response.status > 999 || !is_one_line(response.reason))
    return refusal(fmt::format("write the HTTP response {}", response.status));
  auto head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, response.reason);
  return write_rest(std::move(head), response.fields, response.body, response.keeps_open);
}

struct RequestReader::State : Reader<true> {};
RequestReader::RequestReader() : state_(std::make_unique<State>()) {}
RequestReader::~RequestReader() = default;

Result<std::optional<Request>> RequestReader::put(std::span<const char> bytes) {
  const auto is_whole = state_->put(bytes);
  if (!is_whole) return is_whole.error();
  if (!*is_whole) return std::optional<Request>{};
  const auto& message = state_->parser.get();
  Request request;
  request.method = text(message.method_string());
  request.target = text(message.target());
  request.fields = state_->fields();
  request.host = find_field(request.fields, "Host").value_or("");
  request.body = message.body();
  return std::optional(std::move(request));
}

struct ResponseReader::State : Reader<false> {
  using Reader::Reader;
  Response message() const {
    const auto& read = parser.get();
    return {read.result_int(), text(read.reason()), fields(), read.body()};
  }
};
ResponseReader::ResponseReader(std::uint64_t body_limit_bytes) : state_(std::make_unique<State>(body_limit_bytes)) {}
ResponseReader::~ResponseReader() = default;

Result<std::optional<Response>> ResponseReader::put(std::span<const char> bytes) {
  const auto is_whole = state_->put(bytes);
  if (!is_whole) return is_whole.error();
  if (!*is_whole) return std::optional<Response>{};
  return std::optional(state_->message());
}

Result<std::optional<Response>> ResponseReader::finish() {
  if (state_->broken) return *state_->broken;
  if (state_->parser.is_done()) return std::optional(state_->message());
  if (!state_->parser.is_header_done()) return std::optional<Response>{};
  boost::system::error_code error;
  state_->parser.put_eof(error);
  if (error == http::error::partial_message) return std::optional<Response>{};
  if (error) return state_->fail(error);
  return std::optional(state_->message());
}

}  // namespace hairpin::net::http1
