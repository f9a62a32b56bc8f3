// SPDX-License-Identifier: Apache-2.0
#include "net/poller.hpp"

namespace hairpin::net {

Result<std::unique_ptr<Poller>> Poller::make(const Executor& executor) {
  Descriptor set(::epoll_create1(EPOLL_CLOEXEC));
  if (!set) return last_system_error("make a set of descriptors to wait for");
  auto socket = Socket::adopt(executor, std::move(set));
  if (!socket) return socket.error();
  return std::unique_ptr<Poller>(new Poller(std::move(*socket)));
}

Result<> Poller::add(int descriptor, std::uint32_t events, void* what) {
  epoll_event event{events, {what}};
  if (::epoll_ctl(socket_->descriptor(), EPOLL_CTL_ADD, descriptor, &event) < 0)
    return last_system_error("wait for a descriptor");
  return {};
}

void Poller::change(int descriptor, std::uint32_t events, void* what) {
  epoll_event event{events, {what}};
  ::epoll_ctl(socket_->descriptor(), EPOLL_CTL_MOD, descriptor, &event);
}

void Poller::remove(int descriptor) { ::epoll_ctl(socket_->descriptor(), EPOLL_CTL_DEL, descriptor, nullptr); }

std::span<const epoll_event> Poller::ready_now() {
  const int count = ::epoll_wait(socket_->descriptor(), ready_.data(), static_cast<int>(ready_.size()), 0);
  return {ready_.data(), count < 0 ? 0 : static_cast<std::size_t>(count)};
}

}  // namespace hairpin::net
