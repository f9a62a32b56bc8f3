// SPDX-License-Identifier: Apache-2.0
#include "hairpin/ssh/link.hpp"

#include <array>

#include "hairpin/ssh/child.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kBetweenLooks{10};
constexpr milliseconds kLongestEnd{
    3'000};  ///< killed after one; more only when the kernel does not let it go

}  // namespace

struct SshLink::State {
  SshOrder order;
  std::unique_ptr<Child> child;
  net::StreamPtr stream;  ///< until it is taken
  net::StreamPtr errors;
  LastWords last_words;
};

SshLink::SshLink(std::shared_ptr<State> state) : state_(std::move(state)) {}

/// Its coroutine may keep the state for as long as the loop does not run; ssh ends now.
SshLink::~SshLink() { state_->child.reset(); }

Result<std::unique_ptr<SshLink>> SshLink::start(const net::Executor& executor, SshOrder order) {
  const auto arguments = ssh_arguments(ssh_program(), order);
  if (!arguments) return arguments.error();
  Child::Ends ends;
  auto child = Child::start(*arguments, ends);
  if (!child) {
    auto error = child.error();
    error.mend = "install the OpenSSH client, or name another program in HAIRPIN_SSH";
    return error;
  }
  const auto state = std::make_shared<State>();
  state->order = std::move(order);
  state->child = std::move(*child);
  std::unique_ptr<SshLink> link(new SshLink(state));
  auto stream = net::adopt_socket(executor, std::move(ends.stream));
  if (!stream) return stream.error();
  auto errors = net::adopt_socket(executor, std::move(ends.errors));
  if (!errors) return errors.error();
  state->stream = std::move(*stream);
  state->errors = std::move(*errors);
  net::spawn(executor, listen_to_errors(state));
  return link;
}

net::StreamPtr SshLink::take_stream() { return std::move(state_->stream); }

net::Task<> SshLink::listen_to_errors(std::shared_ptr<State> state) {
  std::array<char, 1024> bytes{};
  while (state->errors) {
    const auto count = co_await state->errors->read_some(bytes);
    if (!count || *count == 0) co_return;
    state->last_words.put(std::span<const char>(bytes.data(), *count));
  }
}

const SshOrder& SshLink::order() const { return state_->order; }

net::Task<SshEnd> SshLink::end() {
  const auto state = state_;
  state->child->begin_to_end();
  auto status = state->child->status();
  const auto until = std::chrono::steady_clock::now() + kLongestEnd;
  while (!status && std::chrono::steady_clock::now() < until) {
    co_await net::sleep_for(kBetweenLooks);
    if (!state->child) break;  // we are gone
    status = state->child->status();
  }
  co_await net::sleep_for(kBetweenLooks);  // what it said last is on its way to us
  SshEnd end;
  end.last_words = state->last_words.line();
  if (state->child && !state->child->was_signalled()) end.status = status;
  co_return end;
}

void SshLink::release() {
  state_->child->begin_to_end();
  state_->stream.reset();
  state_->errors.reset();
}

}  // namespace hairpin
