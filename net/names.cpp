// SPDX-License-Identifier: Apache-2.0
#include "net/names.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstring>
#include <sstream>

#include "base/handle.hpp"
#include "net/sockaddr.hpp"

namespace hairpin::net {
namespace {

namespace asio = boost::asio;

constexpr char kErrorMark = '!';
constexpr std::size_t kLongestAnswer = 8'192;

using AddressList = Handle<addrinfo, freeaddrinfo>;

IpAddress address_of(const addrinfo& entry) {
  SocketAddress address;
  address.length = entry.ai_addrlen;
  std::memcpy(&address.storage, entry.ai_addr, std::min<std::size_t>(entry.ai_addrlen, sizeof address.storage));
  return to_endpoint(address).address;
}

/// One address a line, or a line with the mark and the resolver's words.
std::string resolve_here(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(name.c_str(), nullptr, &hints, &found);
  const AddressList owner(found);
  if (failure != 0) return kErrorMark + std::string(gai_strerror(failure)) + "\n";
  std::string text;
  for (const auto* entry = found; entry != nullptr; entry = entry->ai_next)
    text += to_string(address_of(*entry)) + "\n";
  return text.empty() ? kErrorMark + std::string("no address\n") : text;
}

[[noreturn]] void answer_and_exit(const std::string& name, int into) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_DFL);
  constexpr int kInto = 3;
  const bool is_alone = dup2(into, kInto) == kInto && close_range(kInto + 1, ~0U, 0) == 0;  // else it may want descriptors
  const auto text = resolve_here(name).substr(0, kLongestAnswer);
  const auto written = write(is_alone ? kInto : into, text.data(), text.size());
  _exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
}

/// The child that resolves; it is ended and collected when this goes.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

 private:
  pid_t pid_;
};

Task<Result<>> read_to_end(asio::posix::stream_descriptor& pipe, std::string& into) {
  constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
  std::array<char, 1024> bytes{};
  for (;;) {
    const auto buffer = asio::buffer(bytes);
    const auto [error, count] = co_await pipe.async_read_some(buffer, no_throw);
    into.append(bytes.data(), count);
    if (error == asio::error::eof) co_return Result<>();
    if (error) co_return Error{error, "hear from the resolver", {}};
    if (into.size() > kLongestAnswer) co_return refusal("read so many addresses");
  }
}

Result<std::vector<IpAddress>> read_answer(const std::string& name, const std::string& text) {
  if (text.starts_with(kErrorMark))
    return refusal("resolve " + name + ": " + text.substr(1, text.find('\n') - 1));
  std::vector<IpAddress> addresses;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto address = parse_address(line);
    if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end())
      addresses.push_back(*address);
  }
  if (addresses.empty()) return refusal("resolve " + name + ": the resolver ended without an answer");
  return addresses;
}

}  // namespace

Task<Result<std::vector<IpAddress>>> resolve(std::string name, std::chrono::steady_clock::duration limit) {
  const auto executor = co_await asio::this_coro::executor;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) co_return last_system_error("resolve " + name);
  Descriptor writing(ends[1]);
  asio::posix::stream_descriptor pipe(executor, ends[0]);
  const pid_t pid = fork();
  if (pid < 0) co_return last_system_error("resolve " + name);
  if (pid == 0) answer_and_exit(name, ends[1]);
  const Child child(pid);
  writing = Descriptor();  // the end of the text is the end of the child
  std::string text;
  auto reading = read_to_end(pipe, text);
  auto limited = within(limit, "resolve " + name, std::move(reading));
  const auto heard = co_await std::move(limited);
  if (!heard) co_return heard.error();
  co_return read_answer(name, text);
}

}  // namespace hairpin::net
