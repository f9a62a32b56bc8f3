// SPDX-License-Identifier: Apache-2.0
#include "capture/live.hpp"

#include <fcntl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "capture/canary.hpp"
#include "capture/pcap_handle.hpp"

namespace hairpin::capture {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

constexpr std::chrono::milliseconds kCanaryInterval{20};

/// The capture itself; the task that waits for packets shares it, because it may outlive the owner by one
/// turn.
struct Tap {
  Tap(const net::Executor& executor, Pcap pcap, LinkType type, LiveCapture::OnFrame callback)
      : handle(std::move(pcap)),
        link(type),
        on_frame(std::move(callback)),
        ready(executor),
        canary_seen(executor) {}

  Pcap handle;
  LinkType link;
  LiveCapture::OnFrame on_frame;
  stream_descriptor ready;
  asio::steady_timer canary_seen;  ///< cancelled when the awaited canary arrives
  CaptureFacts facts;
  std::optional<CanaryToken> awaited;
  WallTime newest{};
  bool is_closed = false;
  bool was_asked_before = false;  ///< to prove itself

  bool is_waiting_for_canary() const { return awaited && !is_closed && facts.error.empty(); }
  void take(const pcap_pkthdr& header, const u_char* bytes);
  int dispatch();
};

void Tap::take(const pcap_pkthdr& header, const u_char* bytes) {
  const auto frame = frame_of(handle.get(), header, bytes);
  newest = frame.time;
  if (link == LinkType::ethernet && is_canary(frame.bytes)) {
    if (!awaited || !is_canary(frame.bytes, *awaited)) return;
    awaited.reset();
    canary_seen.cancel();
    return;
  }
  ++(decode(frame, link) ? facts.kept : facts.malformed);
  on_frame(frame);
}

/// What is there now; a ready descriptor may have nothing (libpcap#387). Negative: the capture is lost.
int Tap::dispatch() {
  const auto callback = [](u_char* user, const pcap_pkthdr* header, const u_char* bytes) {
    reinterpret_cast<Tap*>(user)->take(*header, bytes);
  };
  const int count = pcap_dispatch(handle.get(), -1, callback, reinterpret_cast<u_char*>(this));
  if (count < 0 && count != PCAP_ERROR_BREAK && facts.error.empty()) facts.error = pcap_geterr(handle.get());
  return count;
}

net::Task<> watch(std::shared_ptr<Tap> tap) {
  while (!tap->is_closed && tap->facts.error.empty()) {
    const auto [error] = co_await tap->ready.async_wait(stream_descriptor::wait_read, no_throw);
    if (error || tap->is_closed) co_return;
    tap->dispatch();
  }
}

CanaryToken random_token() {
  CanaryToken token;
  std::random_device random;
  for (auto& byte : token) byte = static_cast<std::uint8_t>(random());
  return token;
}

net::Task<Result<>> send_until_seen(std::shared_ptr<Tap> tap, std::chrono::milliseconds limit) {
  const auto& interface = tap->facts.interface;
  if (tap->link != LinkType::ethernet)
    co_return refusal("prove the capture on " + interface + ": it is no Ethernet");
  const auto sender = CanarySender::open(interface);
  if (!sender) co_return sender.error();
  const auto token = random_token();
  const auto deadline = std::chrono::steady_clock::now() + limit;
  tap->awaited = token;
  while (tap->is_waiting_for_canary() && std::chrono::steady_clock::now() < deadline) {
    if (const auto sent = sender->send(token); !sent) co_return sent.error();
    tap->canary_seen.expires_after(kCanaryInterval);
    co_await tap->canary_seen.async_wait(no_throw);
  }
  if (!tap->awaited) co_return Result<>();
  tap->awaited.reset();
  const auto why = tap->facts.error.empty() ? "its own canary was not seen" : tap->facts.error;
  co_return Error{asio::error::timed_out, "prove the capture on " + interface + " (" + why + ")", {}};
}

net::Task<Result<>> prove_that_it_sees(std::shared_ptr<Tap> tap, std::chrono::milliseconds limit) {
  auto proven = co_await send_until_seen(tap, limit);
  auto& facts = tap->facts;
  (tap->was_asked_before ? facts.is_proven_after : facts.is_proven_before) = proven.has_value();
  tap->was_asked_before = true;
  co_return proven;
}

class PcapCapture final : public LiveCapture {
 public:
  explicit PcapCapture(std::shared_ptr<Tap> tap) : tap_(std::move(tap)) {}
  ~PcapCapture() override;
  net::Task<Result<>> prove(std::chrono::milliseconds limit) override {
    return prove_that_it_sees(tap_, limit);
  }
  void drain() override;
  CaptureFacts facts() const override;
  LinkType link() const override { return tap_->link; }

 private:
  std::shared_ptr<Tap> tap_;
};

PcapCapture::~PcapCapture() {
  tap_->is_closed = true;
  tap_->on_frame = [](const Frame&) {};
  boost::system::error_code ignored;
  tap_->ready.close(ignored);
  tap_->canary_seen.cancel();
}

void PcapCapture::drain() {
  // New packets may keep coming: what is newer than this moment need not be waited for.
  const auto until = system_clock().wall();
  while (tap_->facts.error.empty() && tap_->dispatch() > 0 && tap_->newest < until) {
  }
}

CaptureFacts PcapCapture::facts() const {
  auto facts = tap_->facts;
  pcap_stat counters{};
  if (pcap_stats(tap_->handle.get(), &counters) == 0) {
    facts.received = counters.ps_recv;
    facts.dropped = std::uint64_t{counters.ps_drop} + counters.ps_ifdrop;
  }
  return facts;
}

}  // namespace

Result<std::unique_ptr<LiveCapture>> LiveCapture::open(const net::Executor& executor, const std::string& host,
                                                       const std::string& interface,
                                                       const std::string& filter, OnFrame on_frame) {
  auto handle = open_interface(interface);
  if (!handle) return handle.error();
  const auto link = link_type_of(handle->get());
  if (!link) return refusal("capture on interface " + interface + ": its link type is not known to hairpin");
  if (const auto set = set_filter(handle->get(), filter); !set) return set.error();
  const int selectable = pcap_get_selectable_fd(handle->get());
  // dup, because both pcap and the descriptor close theirs.
  Descriptor ready(::fcntl(selectable, F_DUPFD_CLOEXEC, 0));
  if (!ready) return last_system_error("wait for packets on interface " + interface);
  auto tap = std::make_shared<Tap>(executor, std::move(*handle), *link, std::move(on_frame));
  tap->ready.assign(ready.release());
  tap->facts.host = host;
  tap->facts.interface = interface;
  tap->facts.filter = filter;
  net::spawn(executor, watch(tap));
  return std::unique_ptr<LiveCapture>(std::make_unique<PcapCapture>(std::move(tap)));
}

}  // namespace hairpin::capture
