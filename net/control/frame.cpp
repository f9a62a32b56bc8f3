// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cstring>

#include "base/json.hpp"
#include "net/control/channel.hpp"

namespace hairpin::control {

namespace {

constexpr std::size_t kLengthBytes = 4;

Result<> check_kind(const Message& message) {
  const int kinds = (message.action ? 1 : 0) + (message.answers ? 1 : 0) + (message.notice ? 1 : 0);
  if (kinds != 1) return refusal("read a control message: it must be one of request, answer and notice");
  if (message.error && !message.answers)
    return refusal("read a control message: only answers carry an error");
  if (message.action && message.id == 0) return refusal("read a control message: a request needs an id");
  return {};
}

Result<Message> read_message(std::string_view text) {
  const auto json = parse_json(text, "a control message");
  if (!json) return json.error();
  auto message = from_json<Message>(*json, "message");
  if (!message) return message.error();
  if (const auto checked = check_kind(*message); !checked) return checked.error();
  return message;
}

}  // namespace

Result<std::optional<std::size_t>> FrameReader::frame_size() const {
  if (buffer_.size() - taken_ < kLengthBytes) return std::optional<std::size_t>();
  std::uint32_t length = 0;
  std::memcpy(&length, buffer_.data() + taken_, kLengthBytes);
  const std::size_t size = ntohl(length);
  if (size > kMaximumFrameBytes)
    return refusal(
        fmt::format("read a control message of {} bytes: {} are possible", size, kMaximumFrameBytes),
        "the other end is no hairpin");
  return std::optional(size);
}

Result<> FrameReader::put(std::span<const char> bytes) {
  if (broken_) return *broken_;
  buffer_.erase(0, taken_);
  taken_ = 0;
  buffer_.append(bytes.data(), bytes.size());
  if (const auto size = frame_size(); !size) broken_ = size.error();
  if (broken_) return *broken_;
  return {};
}

Result<std::optional<Message>> FrameReader::next() {
  if (broken_) return *broken_;
  const auto size = frame_size();
  if (!size) {
    broken_ = size.error();
    return *broken_;
  }
  if (!*size || buffer_.size() - taken_ - kLengthBytes < **size) return std::optional<Message>();
  auto message = read_message(std::string_view(buffer_).substr(taken_ + kLengthBytes, **size));
  if (!message) {
    broken_ = message.error();
    return *broken_;
  }
  taken_ += kLengthBytes + **size;
  return std::optional(std::move(*message));
}

Result<std::string> encode(const Message& message) {
  const auto text = boost::json::serialize(to_json(message));
  if (text.size() > kMaximumFrameBytes)
    return refusal(
        fmt::format("send a control message of {} bytes: {} are possible", text.size(), kMaximumFrameBytes));
  const std::uint32_t length = htonl(static_cast<std::uint32_t>(text.size()));
  std::string frame(kLengthBytes, '\0');
  std::memcpy(frame.data(), &length, kLengthBytes);
  return frame += text;
}

}  // namespace hairpin::control
