// SPDX-License-Identifier: Apache-2.0
#include "hairpin/bigip/ssh_line.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "hairpin/ssh/child.hpp"
#include "hairpin/ssh/command.hpp"
#include "net/stream.hpp"

namespace hairpin::bigip {
namespace {

constexpr milliseconds kBetweenLooks{10};
constexpr milliseconds kLongestEnd{3'000};
constexpr int kCannotConnect = 255, kNoCommand = 127;

/// One ssh, and what came of it so far.
struct Call {
  std::unique_ptr<Child> child;
  net::StreamPtr output, errors;
  Answer answer;
  LastWords last_words;
};

net::Task<> listen_to_errors(std::shared_ptr<Call> call) {
  std::array<char, 1024> bytes{};
  while (call->errors) {
    const auto count = co_await call->errors->read_some(bytes);
    if (!count || *count == 0) co_return;
    call->last_words.put(std::span<const char>(bytes.data(), *count));
  }
}

/// Until the end of the output, or as much as is read.
net::Task<Result<>> listen(std::shared_ptr<Call> call) {
  std::array<char, 16'384> bytes{};
  auto& answer = call->answer;
  while (!answer.is_cut) {
    const auto count = co_await call->output->read_some(bytes);
    if (!count) co_return count.error();
    if (*count == 0) co_return Result<>();
    answer.text.append(bytes.data(), *count);
    answer.is_cut = answer.text.size() > kMostAnswer_bytes;
  }
  answer.text.resize(answer.text.rfind('\n', kMostAnswer_bytes) == std::string::npos ? 0 : answer.text.rfind('\n', kMostAnswer_bytes) + 1);
  co_return Result<>();
}

/// Waits until ssh has ended, and sees to it that it does within a second.
net::Task<std::optional<int>> end_of(std::shared_ptr<Call> call) {
  call->output.reset();
  call->child->begin_to_end();
  auto status = call->child->status();
  const auto until = std::chrono::steady_clock::now() + kLongestEnd;
  while (!status && std::chrono::steady_clock::now() < until) {
    co_await net::sleep_for(kBetweenLooks);
    status = call->child->status();
  }
  co_await net::sleep_for(kBetweenLooks);  // what it said last is on its way to us
  call->errors.reset();
  if (call->child->was_signalled()) status.reset();
  co_return status;
}

Silence silence(std::string words, bool is_for_all) { return {std::move(words), is_for_all}; }

class SshLine : public Line {
 public:
  explicit SshLine(std::string destination) : destination_(std::move(destination)) {}
  Form form() const override { return Form::tmsh; }

  net::Task<boost::system::result<Answer, Silence>> ask(Question question, milliseconds limit) override {
    const auto words = tmsh_words(question);
    if (!words) co_return silence("it has a name that cannot be asked for: " + question.name, false);
    const auto executor = co_await boost::asio::this_coro::executor;
    auto started = start(executor, *words);
    if (!started) co_return silence(describe(started.error()), true);
    const auto call = *started;
    net::spawn(executor, listen_to_errors(call));
    auto listening = listen(call);
    const auto heard = co_await net::within(limit, "hear the end of its answer", std::move(listening));
    const bool is_late = !heard && heard.error().code == boost::asio::error::timed_out;
    auto ending = end_of(call);
    const auto status = co_await std::move(ending);
    if (is_late) co_return silence(fmt::format("no answer in {} s", std::chrono::ceil<std::chrono::seconds>(limit).count()), true);
    if (!heard) co_return silence(describe(heard.error()), true);
    if (!call->answer.is_cut && status != 0) co_return refused(status, call->last_words.line(), *words);
    co_return std::move(call->answer);
  }

 private:
  Result<std::shared_ptr<Call>> start(const net::Executor& executor, const std::string& words) const {
    const auto arguments = ssh_arguments(ssh_program(), destination_, "tmsh -q -c '" + words + "'");
    if (!arguments) return arguments.error();
    Child::Ends ends;
    auto child = Child::start(*arguments, ends);
    if (!child) return child.error();
    auto call = std::make_shared<Call>();
    call->child = std::move(*child);
    auto output = net::adopt_socket(executor, std::move(ends.stream));
    if (!output) return output.error();
    auto errors = net::adopt_socket(executor, std::move(ends.errors));
    if (!errors) return errors.error();
    call->output = std::move(*output);
    call->errors = std::move(*errors);
    return call;
  }

  Silence refused(std::optional<int> status, const std::string& said, const std::string& words) const {
    const auto reason = said.empty() ? std::string("without a word") : said;
    if (status == kCannotConnect)
      return silence(fmt::format("could not log in at {} with ssh: {}; `ssh -o BatchMode=yes {} true` has to work", destination_, reason, destination_), true);
    if (status == kNoCommand)
      return silence(fmt::format("there is no tmsh at {}: {}; the user needs the shell bash there", destination_, reason), true);
    return silence(fmt::format("\"{}\" was refused: {}", words, reason), false);
  }

  std::string destination_;
};

}  // namespace

std::unique_ptr<Line> make_ssh_line(std::string destination) { return std::make_unique<SshLine>(std::move(destination)); }

}  // namespace hairpin::bigip
