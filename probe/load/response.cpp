// SPDX-License-Identifier: Apache-2.0
#include "probe/load/response.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace hairpin::probe::load {
namespace {

constexpr std::size_t kMostHeadBytes = 16 * 1024;
constexpr std::size_t kMostLineBytes = 4096;  // of a chunk's size with its extensions, of a trailer

/// How many bytes at the front are a head, its empty line included; 0 while it is not whole.
std::size_t head_size(std::string_view bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const void* const end = ::memmem(bytes.data(), bytes.size(), kEnd.data(), kEnd.size());
  if (!end) return 0;
  return static_cast<std::size_t>(static_cast<const char*>(end) - bytes.data()) + kEnd.size();
}

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter; }

/// `name` is lower case.
bool is_same(std::string_view text, std::string_view name) {
  return text.size() == name.size() &&
         std::equal(text.begin(), text.end(), name.begin(), [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// Whether a list of comma separated words has this one, lower case.
bool lists(std::string_view value, std::string_view word) {
  while (!value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    if (is_same(trimmed(value.substr(0, comma)), word)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

}  // namespace

void Response::begin() {
  part_ = Part::head;
  framing_ = Framing::none;
  is_last_ = is_old_ = false;
  status_ = 0;
  left_ = body_bytes_ = bytes_ = 0;
  member_size_ = nonce_size_ = 0;
  partial_.clear();
}

Response::State Response::put(std::string_view& bytes) {
  const auto before = bytes.size();
  auto state = State::needs_more;
  while (state == State::needs_more && !bytes.empty() && part_ != Part::over) {
    if (part_ == Part::head)
      state = take_head(bytes);
    else if (part_ == Part::counted || part_ == Part::until_end || part_ == Part::chunk)
      skip_body(bytes);
    else
      state = take_line(bytes);
  }
  bytes_ += before - bytes.size();
  return part_ == Part::over && state != State::garbled ? State::whole : state;
}

Response::State Response::end() {
  if (part_ == Part::until_end || part_ == Part::over) {
    part_ = Part::over;
    is_last_ = true;
    return State::whole;
  }
  return State::garbled;
}

Response::State Response::take_head(std::string_view& bytes) {
  const auto size = partial_.empty() ? head_size(bytes) : 0;
  if (size > 0) {
    const bool is_fine = read_head(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return is_fine ? State::needs_more : State::garbled;
  }
  const auto held = partial_.size();
  partial_.append(bytes.substr(0, kMostHeadBytes));
  const auto whole = head_size(partial_);
  if (whole == 0) {
    bytes = {};
    return partial_.size() >= kMostHeadBytes ? State::garbled : State::needs_more;
  }
  bytes.remove_prefix(whole - held);
  const auto head = std::move(partial_);
  partial_.clear();
  return read_head(std::string_view(head).substr(0, whole)) ? State::needs_more : State::garbled;
}

bool Response::read_head(std::string_view head) {
  auto end = head.find('\n');
  if (!read_status(trimmed(head.substr(0, end)))) return false;
  for (head.remove_prefix(end + 1); !head.empty(); head.remove_prefix(end + 1)) {
    end = std::min(head.find('\n'), head.size() - 1);
    const auto line = head.substr(0, end);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      if (trimmed(line).empty()) break;
      return false;
    }
    if (!read_field(line.substr(0, colon), trimmed(line.substr(colon + 1)))) return false;
  }
  choose_body();
  return true;
}

bool Response::read_status(std::string_view line) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ') return false;
  const auto read = std::from_chars(line.data() + 9, line.data() + 12, status_);
  is_old_ = line[7] == '0';
  is_last_ = is_old_;
  return read.ec == std::errc() && read.ptr == line.data() + 12 && status_ >= 100;
}

bool Response::read_field(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 10:
      if (is_same(name, "connection")) is_last_ = lists(value, "close") || (is_old_ && !lists(value, "keep-alive"));
      return true;
    case 13:
      if (is_same(name, "hairpin-nonce")) keep(value, nonce_, nonce_size_);
      return true;
    case 14:
      if (is_same(name, "content-length")) return read_length(value);
      if (is_same(name, "hairpin-member")) keep(value, member_, member_size_);
      return true;
    case 17:
      if (!is_same(name, "transfer-encoding")) return true;
      framing_ = Framing::chunked;  // RFC 9112 §6.3: it wins over a length
      return is_same(value, "chunked");
    default:
      return true;
  }
}

bool Response::read_length(std::string_view value) {
  std::uint64_t length = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), length);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size()) return false;
  if (framing_ == Framing::length && length != left_) return false;
  if (framing_ == Framing::chunked) return true;
  framing_ = Framing::length;
  left_ = length;
  return true;
}

void Response::keep(std::string_view value, std::array<char, 64>& into, std::size_t& size) {
  size = std::min(value.size(), into.size());
  std::copy_n(value.data(), size, into.data());
}

/// RFC 9112 §6.3.
void Response::choose_body() {
  if (status_ < 200) {  // an interim answer: the real one follows
    const auto counted = bytes_;
    begin();
    bytes_ = counted;
  } else if (status_ == 204 || status_ == 304) {
    part_ = Part::over;
  } else if (framing_ == Framing::chunked) {
    part_ = Part::chunk_size;
  } else if (framing_ == Framing::length) {
    part_ = left_ == 0 ? Part::over : Part::counted;
  } else {
    part_ = Part::until_end;
    is_last_ = true;
  }
}

void Response::skip_body(std::string_view& bytes) {
  const auto count = part_ == Part::until_end ? bytes.size() : static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  body_bytes_ += count;
  bytes.remove_prefix(count);
  if (part_ == Part::until_end) return;
  left_ -= count;
  if (left_ == 0) part_ = part_ == Part::counted ? Part::over : Part::chunk_end;
}

Response::State Response::take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  const auto count = end == std::string_view::npos ? bytes.size() : end;
  partial_.append(bytes.substr(0, std::min(count, kMostLineBytes)));
  if (count > kMostLineBytes || partial_.size() > kMostLineBytes) return State::garbled;
  bytes.remove_prefix(std::min(count + 1, bytes.size()));
  if (end == std::string_view::npos) return State::needs_more;
  const auto state = end_line();
  partial_.clear();
  return state;
}

Response::State Response::end_line() {
  const auto line = trimmed(partial_);
  if (part_ == Part::trailer) {
    if (line.empty()) part_ = Part::over;
    return State::needs_more;
  }
  if (part_ == Part::chunk_end) {
    part_ = Part::chunk_size;
    return line.empty() ? State::needs_more : State::garbled;
  }
  const auto size = trimmed(line.substr(0, line.find(';')));
  const auto read = std::from_chars(size.data(), size.data() + size.size(), left_, 16);
  if (read.ec != std::errc() || read.ptr != size.data() + size.size()) return State::garbled;
  part_ = left_ == 0 ? Part::trailer : Part::chunk;
  return State::needs_more;
}

}  // namespace hairpin::probe::load
