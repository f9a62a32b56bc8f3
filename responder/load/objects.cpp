// SPDX-License-Identifier: Apache-2.0
#include "responder/load/objects.hpp"

#include <fmt/format.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace hairpin::responder {
namespace {

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kTextBytes = 64 * 1024;  ///< the whole of it stays in the processor's cache
constexpr std::size_t kFileBytes = 2 * 1024 * 1024;  ///< of the text in a file, whose pages are sent without a copy; one large page

/// One line more than kTextBytes: so many bytes can be had from any place of a line on.
std::array<char, kTextBytes + kLineBytes> make_text() {
  constexpr std::string_view kLine = "hairpin 0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQ\n";
  static_assert(kLine.size() == kLineBytes);
  std::array<char, kTextBytes + kLineBytes> text{};
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = kLine[i % kLineBytes];
  return text;
}
const std::array<char, kTextBytes + kLineBytes> kText = make_text();

constexpr std::size_t kMostNameBytes = 255;  ///< RFC 1035 §2.3.4; a head has to fit into a record
constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::string_view kLastEnd = "\r\nConnection: close\r\n\r\n";

/// The kernel sends what lies together in one piece; of pages of 4 KB it counts each. Where it has no large page the file stays as it
/// is: this saves time only (madvise(2), MADV_COLLAPSE: since Linux 6.1, of a range that is aligned as such a page is).
void put_into_a_large_page(int file) {
  auto* const reserved = ::mmap(nullptr, 2 * kFileBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (reserved == MAP_FAILED) return;
  void* aligned = reserved;
  auto space = 2 * kFileBytes;
  std::align(kFileBytes, kFileBytes, aligned, space);
  if (::mmap(aligned, kFileBytes, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0) == aligned) ::madvise(aligned, kFileBytes, MADV_COLLAPSE);
  ::munmap(reserved, 2 * kFileBytes);
}

Descriptor write_file() {
  Descriptor file(::memfd_create("hairpin-objects", MFD_CLOEXEC));
  for (std::size_t written = 0; file && written < kFileBytes; written += kTextBytes)
    if (::write(file.get(), kText.data(), kTextBytes) != static_cast<ssize_t>(kTextBytes)) return {};
  if (file) put_into_a_large_page(file.get());
  return file;
}

std::size_t digits_in(std::uint64_t number) {
  std::array<char, 20> text{};
  return static_cast<std::size_t>(std::to_chars(text.data(), text.data() + text.size(), number).ptr - text.data());
}

}  // namespace

Objects::Objects(std::string_view member, std::optional<net::LoadKey> key)
    : key_(key),
      head_(fmt::format("HTTP/1.1 200 OK\r\n{}: {}\r\n{}: ", net::kMemberField, member.substr(0, kMostNameBytes), net::kNonceField)),
      after_nonce_("\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\nContent-Length: "),
      text_(write_file()) {}

Objects::Answer Objects::answer_to(const net::LoadRequest& request) const {
  Answer answer{request, 0, 0};
  if (key_) answer.request.nonce = net::load_proof(*key_, request.nonce);
  const auto end = request.is_last ? kLastEnd.size() : kEnd.size();
  const auto size = head_.size() + net::kNonceDigits + after_nonce_.size() + digits_in(request.object_bytes) + end;
  answer.head_bytes = static_cast<std::uint32_t>(size);
  return answer;
}

std::size_t Objects::write_head(const Answer& answer, std::span<char> into) const {
  auto* out = std::ranges::copy(head_, into.data()).out;
  out = std::ranges::copy(answer.request.nonce, out).out;
  out = std::ranges::copy(after_nonce_, out).out;
  out = std::to_chars(out, into.data() + into.size(), answer.request.object_bytes).ptr;
  out = std::ranges::copy(answer.request.is_last ? kLastEnd : kEnd, out).out;
  return static_cast<std::size_t>(out - into.data());
}

std::span<const char> Objects::body(std::uint64_t from, std::uint64_t most) {
  return {kText.data() + from % kLineBytes, static_cast<std::size_t>(std::min<std::uint64_t>(most, kTextBytes))};
}

std::span<const char> Objects::next_record(const Answer& answer) {
  const auto first = std::min<std::uint64_t>(record_.size(), answer.head_bytes + answer.body_bytes());
  if (answer.sent >= first) return body(answer.body_sent(), std::min<std::uint64_t>(answer.left(), kRecordBytes));
  const auto head = write_head(answer, record_);
  std::ranges::copy(body(0, first - head), record_.begin() + static_cast<std::ptrdiff_t>(head));
  return std::span<const char>(record_).subspan(answer.sent, first - answer.sent);
}

ssize_t Objects::send(const Answer& answer, int socket) {
  std::array<iovec, 2> pieces{};
  std::size_t count = 0;
  if (answer.sent < answer.head_bytes) {
    const auto head = write_head(answer, record_);
    pieces[count++] = {record_.data() + answer.sent, head - answer.sent};
  }
  const auto left = answer.body_bytes() - answer.body_sent();
  const bool is_by_file = text_ && left > kTextBytes;
  if (is_by_file && count == 0) {
    auto from = static_cast<off_t>(answer.body_sent() % kLineBytes);
    return ::sendfile(socket, text_.get(), &from, std::min<std::uint64_t>(left, kFileBytes - kLineBytes));
  }
  if (!is_by_file && left > 0) {
    const auto piece = body(answer.body_sent(), left);
    pieces[count++] = {const_cast<char*>(piece.data()), piece.size()};  // sendmsg(2) only reads
  }
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL | (is_by_file ? MSG_MORE : 0));
}

}  // namespace hairpin::responder
