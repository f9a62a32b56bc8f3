// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <stdexcept>

namespace hairpin::f5 {
namespace {

using Failure = boost::json::error_code;

/// Builds the tree from the parser's events. The text comes line by line, and no token of JSON spans two, so the line of an
/// event is the line that was fed last.
class Handler {
 public:
  static constexpr std::size_t max_object_size = kMostJsonValues;
  static constexpr std::size_t max_array_size = kMostJsonValues;
  static constexpr std::size_t max_key_size = 64u << 10;
  static constexpr std::size_t max_string_size = kMostJsonBytes;

  std::uint32_t line = 0;
  Json root;

  bool on_document_begin(Failure&) { return true; }
  bool on_document_end(Failure&) { return true; }
  bool on_object_begin(Failure& failure) { return open(Json::Kind::object, failure); }
  bool on_array_begin(Failure& failure) { return open(Json::Kind::array, failure); }
  bool on_object_end(std::size_t, Failure&) { return close(); }
  bool on_array_end(std::size_t, Failure&) { return close(); }
  bool on_key_part(boost::json::string_view part, std::size_t, Failure&) { return append(key_, part); }
  bool on_key(boost::json::string_view part, std::size_t, Failure&) { return append(key_, part); }
  bool on_string_part(boost::json::string_view part, std::size_t, Failure&) { return append(text_, part); }
  bool on_string(boost::json::string_view part, std::size_t, Failure& failure) {
    append(text_, part);
    return leaf(Json::Kind::string, failure);
  }
  bool on_number_part(boost::json::string_view part, Failure&) { return append(text_, part); }
  bool on_int64(std::int64_t, boost::json::string_view part, Failure& failure) { return number(part, failure); }
  bool on_uint64(std::uint64_t, boost::json::string_view part, Failure& failure) { return number(part, failure); }
  bool on_double(double, boost::json::string_view part, Failure& failure) { return number(part, failure); }
  bool on_bool(bool value, Failure& failure) {
    text_ = value ? "true" : "false";
    return leaf(Json::Kind::boolean, failure);
  }
  bool on_null(Failure& failure) { return leaf(Json::Kind::null, failure); }
  bool on_comment_part(boost::json::string_view, Failure&) { return true; }
  bool on_comment(boost::json::string_view, Failure&) { return true; }

 private:
  static bool append(std::string& to, boost::json::string_view part) {
    to.append(part.data(), part.size());
    return true;
  }
  bool number(boost::json::string_view part, Failure& failure) {
    append(text_, part);
    return leaf(Json::Kind::number, failure);
  }
  bool open(Json::Kind kind, Failure& failure) {
    Json value;
    value.kind = kind;
    value.line = line;
    value.key = std::exchange(key_, {});
    open_.push_back(std::move(value));
    return count(failure);
  }
  bool close() {
    auto value = std::move(open_.back());
    open_.pop_back();
    put(std::move(value));
    return true;
  }
  bool leaf(Json::Kind kind, Failure& failure) {
    Json value;
    value.kind = kind;
    value.line = line;
    value.key = std::exchange(key_, {});
    value.text = std::exchange(text_, {});
    put(std::move(value));
    return count(failure);
  }
  void put(Json value) {
    if (open_.empty())
      root = std::move(value);
    else
      open_.back().children.push_back(std::move(value));
  }
  bool count(Failure& failure) {
    if (++values_ <= kMostJsonValues) return true;
    failure = boost::json::error::array_too_large;
    return false;
  }

  std::vector<Json> open_;
  std::string key_;
  std::string text_;
  std::size_t values_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  const auto found = std::find_if(children.rbegin(), children.rend(), [&](const Json& child) { return child.key == name; });
  return found == children.rend() || !is_object() ? nullptr : &*found;
}

std::string_view Json::word(std::string_view name) const {
  const auto* found = find(name);
  return found && found->is_string() ? std::string_view(found->text) : std::string_view();
}

Result<Json> parse_json_lines(std::string_view text, const std::string& file) {
  if (text.size() > kMostJsonBytes)
    return refusal(fmt::format("read {}: it is larger than {} MiB", file, kMostJsonBytes >> 20));
  boost::json::parse_options options;
  options.max_depth = 64;
  boost::json::basic_parser<Handler> parser(options);
  Failure failure;
  while (!text.empty() && !failure) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    ++parser.handler().line;
    parser.write_some(true, text.data(), end, failure);
    if (!failure && parser.done() && text.find_first_not_of(" \t\r\n", end) != text.npos)
      failure = boost::json::error::extra_data;
    text.remove_prefix(end);
    if (parser.done()) break;
  }
  if (!failure && !parser.done()) parser.write_some(false, nullptr, 0, failure);
  const auto line = parser.handler().line;
  if (failure) return refusal(fmt::format("read {}:{}: {}", file, line, failure.message()));
  return std::move(parser.handler().root);
}

}  // namespace hairpin::f5
