// SPDX-License-Identifier: Apache-2.0
#include "net/tls/shaped_hello.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>

#include "net/tls/alerts.hpp"

namespace hairpin::net {
namespace {

const char* const kDoing = "take the ServerHello";
constexpr std::size_t kRecordHeader = 5, kMessageHeader = 4;
constexpr std::size_t kVersionAndRandom = 2 + 32;
constexpr std::uint8_t kAlert = 21, kHandshake = 22;
constexpr std::uint8_t kServerHello = 2, kFatal = 2;
constexpr std::uint16_t kPadding = 21;            ///< extension (RFC 7685)
constexpr std::uint16_t kSupportedGroups = 10, kKeyShare = 51;  ///< RFC 8446 §4.2.7, §4.2.8
constexpr std::uint16_t kNobodysGroup = 0x2A2A;   ///< GREASE (RFC 8701 §2): nobody chooses it
constexpr std::uint16_t kPreSharedKey = 41;       ///< extension (RFC 8446 §4.2.11)
constexpr std::uint16_t kRenegotiationInfo = 0xFF;  ///< TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 §3.3)

std::uint8_t byte_at(const std::string& bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

std::size_t number_at(const std::string& bytes, std::size_t at, std::size_t width) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < width; ++i) number = number << 8U | byte_at(bytes, at + i);
  return number;
}

std::string number_of(std::size_t number, std::size_t width) {
  std::string bytes;
  for (std::size_t i = width; i > 0; --i) bytes += static_cast<char>(number >> 8U * (i - 1) & 0xFFU);
  return bytes;
}

std::string with_length(const std::string& bytes, std::size_t width) { return number_of(bytes.size(), width) + bytes; }

/// The handshake message in records of one type.
std::string message_in(const std::string& records) {
  std::string message;
  for (std::size_t at = 0; at + kRecordHeader <= records.size();) {
    const auto size = number_at(records, at + 3, 2);
    message += records.substr(at + kRecordHeader, size);
    at += kRecordHeader + size;
  }
  return message;
}

std::string in_records(const std::string& message, std::size_t most) {
  std::string records;
  for (std::size_t at = 0; at < message.size(); at += most)
    records += number_of(kHandshake, 1) + number_of(0x0301, 2) + with_length(message.substr(at, most), 2);
  return records;
}

/// The parts of a ClientHello (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2), each without its length.
struct Hello {
  std::string beginning;  ///< version, random, and the session id with its length
  std::string ciphers, compressions, extensions;
};

/// The next part, which has its length in front; false when it is cut off.
bool take_part(const std::string& message, std::size_t& at, std::size_t width, std::string& into) {
  if (at + width > message.size()) return false;
  const auto size = number_at(message, at, width);
  if (at + width + size > message.size()) return false;
  into = message.substr(at + width, size);
  at += width + size;
  return true;
}

std::optional<Hello> read(const std::string& message) {
  Hello hello;
  std::string session;
  auto at = kMessageHeader + kVersionAndRandom;
  if (message.size() < at || !take_part(message, at, 1, session)) return {};
  hello.beginning = message.substr(kMessageHeader, at - kMessageHeader);
  const bool is_whole = take_part(message, at, 2, hello.ciphers) && take_part(message, at, 1, hello.compressions) &&
                        take_part(message, at, 2, hello.extensions);
  return is_whole ? std::optional(hello) : std::nullopt;
}

std::string write(const Hello& hello) {
  const auto body = hello.beginning + with_length(hello.ciphers, 2) + with_length(hello.compressions, 1) + with_length(hello.extensions, 2);
  return number_of(1, 1) + with_length(body, 3);
}

/// Both extensions that name groups get one more group, in front as browsers have it. Without TLS 1.3 there are no key shares.
std::string with_key_share(const std::string& extensions, std::size_t bytes) {
  std::string all;
  for (std::size_t at = 0; at + 2 <= extensions.size();) {
    const auto kind = number_at(extensions, at, 2);
    std::string body;
    at += 2;
    if (!take_part(extensions, at, 2, body)) break;
    const auto group = number_of(kNobodysGroup, 2);
    if (kind == kSupportedGroups && body.size() >= 2) body = with_length(group + body.substr(2), 2);
    if (kind == kKeyShare && body.size() >= 2) body = with_length(group + with_length(std::string(bytes, 'k'), 2) + body.substr(2), 2);
    all += number_of(kind, 2) + with_length(body, 2);
  }
  return all;
}

std::vector<std::size_t> cuts_in(const std::string& hello, const HelloShape& shape, const std::string& name) {
  std::vector<std::size_t> cuts(shape.cuts.begin(), shape.cuts.end());
  const auto at = shape.cuts_name && !name.empty() ? hello.find(name) : std::string::npos;
  if (at != std::string::npos) cuts.push_back(at + name.size() / 2);
  return cuts;
}

/// As browsers send them, to see that servers leave out what they do not know (RFC 8701 §2).
constexpr std::uint16_t kUnknown = 0x0A0A, kUnknownFirst = 0x1A1A, kUnknownLast = 0x2A2A;

struct List {
  std::uint16_t extension;
  std::size_t width;  ///< of the list's length
  const char* entry;  ///< what nobody knows, in the list's form
  std::size_t size;
};
constexpr std::array kLists{List{43, 1, "\x0A\x0A", 2},                       // supported_versions
                            List{10, 2, "\x0A\x0A", 2},                       // supported_groups
                            List{13, 2, "\x0A\x0A", 2},                       // signature_algorithms
                            List{51, 2, "\x0A\x0A\x00\x01\x00", 5}};          // key_share

/// The body of an extension with the unknown entry in front of its list, where it has one.
std::string with_unknown(std::uint16_t extension, const std::string& body) {
  const auto* const list = std::find_if(kLists.begin(), kLists.end(), [&](const List& one) { return one.extension == extension; });
  if (list == kLists.end() || body.size() < list->width) return body;
  return with_length(std::string(list->entry, list->size) + body.substr(list->width), list->width);
}

/// False when the extensions are cut off.
bool add_unknown(Hello& hello) {
  auto extensions = number_of(kUnknownFirst, 2) + number_of(0, 2);
  for (std::size_t at = 0; at < hello.extensions.size();) {
    std::string body;
    if (at + 2 > hello.extensions.size()) return false;
    const auto extension = static_cast<std::uint16_t>(number_at(hello.extensions, at, 2));
    at += 2;
    if (!take_part(hello.extensions, at, 2, body)) return false;
    extensions += number_of(extension, 2) + with_length(with_unknown(extension, body), 2);
  }
  hello.extensions = extensions + number_of(kUnknownLast, 2) + with_length(std::string(1, '\0'), 2);
  hello.ciphers = number_of(kUnknown, 2) + hello.ciphers;
  return true;
}

bool has_extension(const std::string& extensions, std::uint16_t wanted) {
  std::string body;
  for (std::size_t at = 0; at + 2 <= extensions.size();) {
    if (number_at(extensions, at, 2) == wanted) return true;
    at += 2;
    if (!take_part(extensions, at, 2, body)) return false;
  }
  return false;
}

}  // namespace

std::vector<std::string> in_segments(const std::string& hello, const HelloShape& shape, const std::string& name) {
  std::vector<std::string> segments;
  std::size_t begin = 0;
  for (const auto cut : cuts_in(hello, shape, name)) {
    if (cut <= begin || cut >= hello.size()) continue;
    segments.push_back(hello.substr(begin, cut - begin));
    begin = cut;
  }
  segments.push_back(hello.substr(begin));
  return segments;
}

std::uint32_t message_bytes(const std::string& records) { return static_cast<std::uint32_t>(message_in(records).size()); }

Result<std::string> shaped(const std::string& hello, const HelloShape& shape) {
  auto parts = read(message_in(hello));
  if (!parts) return refusal("read our own ClientHello");
  if (!shape.ciphers.empty()) {
    parts->ciphers.clear();
    for (const auto number : shape.ciphers) parts->ciphers += number_of(number, 2);
    parts->ciphers += number_of(kRenegotiationInfo, 2);
  }
  if (shape.offers_compression) parts->compressions = std::string("\x01\x00", 2);
  if (shape.key_share_bytes > 0) parts->extensions = with_key_share(parts->extensions, shape.key_share_bytes);
  if (shape.has_unknown_values && !add_unknown(*parts)) return refusal("read the extensions of our own ClientHello");
  constexpr std::size_t kExtensionHeader = 4;
  const auto size = write(*parts).size() + kExtensionHeader;
  if (shape.bytes >= size) parts->extensions += number_of(kPadding, 2) + with_length(std::string(shape.bytes - size, '\0'), 2);
  return in_records(write(*parts), std::max<std::size_t>(shape.record_bytes, 1));
}

Result<bool> ServerHelloReader::put(std::span<const char> bytes) {
  waiting_.append(bytes.data(), bytes.size());
  while (waiting_.size() >= kRecordHeader) {
    const auto size = number_at(waiting_, 3, 2);
    const bool is_tls = byte_at(waiting_, 1) == 3 && (byte_at(waiting_, 0) == kAlert || byte_at(waiting_, 0) == kHandshake);
    if (!is_tls) return Error{make_error_code(boost::system::errc::protocol_error), kDoing, {}};
    if (waiting_.size() < kRecordHeader + size) return false;
    const auto type = byte_at(waiting_, 0);
    const auto payload = waiting_.substr(kRecordHeader, size);
    waiting_.erase(0, kRecordHeader + size);
    auto is_whole = take_record(type, payload);
    if (!is_whole || *is_whole) return is_whole;
  }
  return false;
}

Result<bool> ServerHelloReader::take_record(std::uint8_t type, const std::string& payload) {
  if (type == kAlert) {
    if (payload.size() < 2) return Error{make_error_code(boost::system::errc::protocol_error), kDoing, {}};
    if (byte_at(payload, 0) != kFatal) return false;  // "no such name" may come as a warning, and the ServerHello after it
    const auto code = byte_at(payload, 1);
    alert_ = TlsAlert{code, alert_name(code), false};
    return true;
  }
  handshake_ += payload;
  auto at = kMessageHeader + kVersionAndRandom;
  std::string session, extensions;
  if (handshake_.size() > at && byte_at(handshake_, 0) != kServerHello)
    return Error{make_error_code(boost::system::errc::protocol_error), kDoing, {}};
  const bool is_whole = handshake_.size() >= kMessageHeader && handshake_.size() >= kMessageHeader + number_at(handshake_, 1, 3);
  if (!is_whole || handshake_.size() <= at || !take_part(handshake_, at, 1, session) || at + 3 > handshake_.size()) return false;
  choice_ = ServerChoice{static_cast<std::uint32_t>(number_at(handshake_, at, 2)), byte_at(handshake_, at + 2), false};
  at += 3;
  if (take_part(handshake_, at, 2, extensions)) choice_->has_session = has_extension(extensions, kPreSharedKey);
  return true;
}

Task<Result<>> say_shaped_hello(Stream& stream, std::string hello, HelloShape shape, TlsSession& learnt) {
  const auto bytes = shaped(hello, shape);
  if (!bytes) co_return bytes.error();
  learnt.details.emplace();
  learnt.details->hello_bytes = message_bytes(*bytes);
  const auto segments = in_segments(*bytes, shape, learnt.facts.server_name);
  for (const auto& segment : segments) {
    const bool pauses = &segment != &segments.front() && shape.pause > std::chrono::milliseconds(0);
    if (pauses) co_await sleep_for(shape.pause);
    const auto said = co_await stream.write_all(segment);
    if (!said) break;  // who does not wait for the rest may have said why
  }
  ServerHelloReader reader;
  std::array<char, 4096> read{};
  while (true) {
    const auto count = co_await stream.read_some(read);
    if (!count) co_return count.error();
    if (*count == 0) co_return Error{boost::asio::error::eof, kDoing, {}};
    const auto is_whole = reader.put(std::span(read.data(), *count));
    learnt.alert = reader.alert();
    learnt.details->choice = reader.choice();
    if (!is_whole) co_return is_whole.error();
    if (learnt.alert) learnt.error = "the server's alert " + learnt.alert->name;
    if (learnt.alert) co_return Error{make_error_code(boost::system::errc::protocol_error), kDoing, {}};
    if (*is_whole) co_return Result<>();
  }
}

}  // namespace hairpin::net
