// SPDX-License-Identifier: Apache-2.0
// The loop of one thread: what is due, what is over, what is ready. What happens to one connection is in connections.cpp.
#include "probe/load/worker.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <span>

namespace hairpin::probe::load {
namespace {

using Clock = std::chrono::steady_clock;

/// Room for transactions that wait for a free connection; beyond it they are shed.
constexpr std::size_t kQueueRoom = 65'536;
constexpr std::size_t kTextBytes = 64 * 1024;
/// A thread looks that often whether it is to stop.
constexpr nanoseconds kLongestSleep = milliseconds(50);
/// Shorter than the kernel's way to sleep and back: looking again is as exact and answers sooner.
constexpr nanoseconds kShortestSleep = std::chrono::microseconds(20);
/// What is due is looked at that often at least, however many connections are ready: a handshake takes some 200 µs of a turn.
constexpr nanoseconds kLongestBatch = std::chrono::microseconds(200);

nanoseconds of(const timeval& time) { return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec); }

/// epoll_pwait2, and where there is none (seccomp of old containers, valgrind) epoll_wait, which knows milliseconds only.
int wait_for(int epoll, std::span<epoll_event> events, nanoseconds limit) {
  static std::atomic<bool> is_exact{true};
  if (is_exact.load(std::memory_order_relaxed)) {
    const timespec time{limit.count() / 1'000'000'000, limit.count() % 1'000'000'000};
    const int count = ::epoll_pwait2(epoll, events.data(), static_cast<int>(events.size()), &time, nullptr);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    is_exact.store(false, std::memory_order_relaxed);
  }
  const auto whole = std::chrono::duration_cast<milliseconds>(limit);  // rounded down: late is worse than awake
  return ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), static_cast<int>(whole.count()));
}

nanoseconds own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Arrivals at a rate are below the ceiling as a whole; what a pause made them miss must not come all at once. The tenth is what
/// is granted to every second.
Bounds bounds_of(const Order& order) {
  if (order.shape.arrivals == Arrivals::closed) return order.bounds;
  return {1.1 * order.bounds.connections_per_second, 0, 0};
}

}  // namespace

Worker::Worker(const Order& order, Pacer::Part part)
    : order_(order),
      part_(part),
      most_connections_(share_of(order.shape.connections, part.thread, part.threads)),
      pacer_(order.shape, part),
      account_(order.shape),
      request_(order.request),
      places_(order.shape, order.target.endpoint, part.thread, part.threads),
      connections_(most_connections_),
      queue_(kQueueRoom),
      text_(kTextBytes),
      gate_(bounds_of(order), part.threads) {}

Result<> Worker::set_up() {
  epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_) return last_system_error("make the loop of a load");
  if (order_.tls) {
    auto tls = net::LoadTls::make(*order_.tls);
    if (!tls) return tls.error();
    tls_ = std::move(*tls);
  }
  free_.reserve(connections_.size());
  idle_.reserve(connections_.size());
  for (auto connection = connections_.rbegin(); connection != connections_.rend(); ++connection) {
    if (tls_) connection->tls = net::LoadTlsEnd::make(*tls_, wire_);
    free_.push_back(&*connection);
  }
  return {};
}

void Worker::run(SteadyTime start) {
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // 50 µs by default: as much as some answers take
  start_ = start;
  begins_ = start + sustain_begins(order_.shape.phases);
  ends_ = start + sustain_ends(order_.shape.phases);
  last_end_ = ends_ + std::max(order_.shape.phases.ramp_down, order_.shape.limit);
  for (auto now = Clock::now(); !is_over(now); now = Clock::now()) {
    turn(now);
    wait(until_next(now));
  }
  const auto now = Clock::now();
  was_forgotten_ = is_forgotten(now);
  cross_phases(now);
  if (phase_ == LoadPhase::sustain) measure_sustain(now);  // stopped within it
  give_up();
  account_.roll(now - start_ + std::chrono::seconds(1), ready_);
  has_ended_.store(true, std::memory_order_release);
}

void Worker::turn(SteadyTime now) {
  cross_phases(now);
  account_.roll(now - start_, ready_);
  expire(now);
  if (is_closed_loop())
    drive_closed_loop(now);
  else
    dispatch(now);
}

/// The CPU time of the sustain phase, and what its end means.
void Worker::cross_phases(SteadyTime now) {
  const auto phase = phase_at(order_.shape.phases, now - start_);
  if (phase == phase_) return;
  const bool was_sustain = phase_ == LoadPhase::sustain;
  phase_ = phase;
  if (phase == LoadPhase::sustain) {
    begin_sustain(now);
  } else if (was_sustain) {
    measure_sustain(now);
    end_sustain(now);
  }
}

void Worker::begin_sustain(SteadyTime now) {
  cpu_began_ = cpu_ended_ = own_cpu();
  sustain_began_ = now;
  for (auto& connection : connections_)
    if (connection.state != State::free && connection.state != State::connecting) account_.alive(connection);
}

void Worker::measure_sustain(SteadyTime now) {
  cpu_ended_ = own_cpu();
  sustained_ = now - sustain_began_;
}

bool Worker::is_measured(SteadyTime due) const { return due >= begins_ && due < ends_; }

/// Open loop: what is due is due, whether anybody can take it or not.
void Worker::dispatch(SteadyTime now) {
  for (auto due = pacer_.due(); due != Pacer::kNever && start_ + due <= now; due = pacer_.due()) {
    if (is_stopped_.load(std::memory_order_relaxed)) return;
    const auto moment = start_ + due;
    account_.attempted(is_measured(moment), now - moment);
    give(moment, now);
    pacer_.advance();
  }
}

void Worker::give(SteadyTime due, SteadyTime now) {
  give_queued(now);
  if (queue_.is_empty() && !idle_.empty()) {
    auto& connection = *idle_.back();
    idle_.pop_back();
    begin(connection, due, now);
  } else if (queue_.is_empty() && can_open(now)) {
    open(due, now);
  } else if (!queue_.is_full()) {
    queue_.push(due);
  } else {
    account_.shed(is_measured(due));
  }
}

void Worker::give_queued(SteadyTime now) {
  while (!queue_.is_empty() && (!idle_.empty() || can_open(now))) {
    const auto due = queue_.front();
    queue_.pop();
    if (idle_.empty()) {
      open(due, now);
      continue;
    }
    auto& connection = *idle_.back();
    idle_.pop_back();
    begin(connection, due, now);
  }
}

void Worker::drive_closed_loop(SteadyTime now) {
  if (now < paused_until_ || is_stopped_.load(std::memory_order_relaxed)) return;
  while (!idle_.empty() && may_begin(now) && is_gate_open(now, false)) {
    auto& connection = *idle_.back();
    idle_.pop_back();
    account_.attempted(is_measured(now), {});
    begin(connection, now, now);
  }
  const auto wanted = connections_at(order_.shape.phases, most_connections_, now - start_);
  while (open_ < wanted && !free_.empty() && now >= paused_until_ && is_gate_open(now, true)) {
    account_.attempted(is_measured(now), {});
    open(now, now);
  }
}

/// A closed loop waits for the ceiling with everything, arrivals at a rate with new connections.
bool Worker::is_gate_open(SteadyTime now, bool is_new_connection) {
  if (gate_.is_open(now, is_new_connection)) return true;
  if (phase_ == LoadPhase::sustain) ++held_back_;
  return false;
}

/// Limits that have passed, pauses that are over.
void Worker::expire(SteadyTime now) {
  while (!asking_.is_empty() && asking_.front().wakes <= now) {
    auto& connection = asking_.front();
    account_.timed_out(connection.is_measured, order_.shape.limit);
    release(connection);
  }
  while (!queue_.is_empty() && queue_.front() + order_.shape.limit <= now) {
    account_.timed_out(is_measured(queue_.front()), order_.shape.limit);
    queue_.pop();
  }
  while (!ending_.is_empty() && ending_.front().wakes <= now) release(ending_.front());
  while (!thinking_.is_empty() && thinking_.front().wakes <= now) {
    auto& connection = thinking_.front();
    leave_list(connection);
    rest(connection, now);
  }
  if (!is_closed_loop()) give_queued(now);
}

/// What has nothing to do is closed; the others end their transaction.
void Worker::end_sustain(SteadyTime now) {
  if (!queue_.is_empty()) return;  // they are needed; `rest` closes them
  while (!thinking_.is_empty()) {
    auto& connection = thinking_.front();
    leave_list(connection);
    end_in_order(connection, false, now);
  }
  const auto idle = std::move(idle_);
  idle_.clear();
  for (auto* const connection : idle) end_in_order(*connection, false, now);
}

void Worker::give_up() {
  for (; !queue_.is_empty(); queue_.pop())
    account_.failed(is_measured(queue_.front()), &LoadFailures::stopped, "the load was stopped");
  for (auto& connection : connections_) {
    if (connection.state == State::free) continue;
    const bool is_under_way = connection.state == State::connecting || connection.state == State::shaking || connection.state == State::asking;
    if (is_under_way) account_.failed(connection.is_measured, &LoadFailures::stopped, "the load was stopped");
    if (connection.state != State::idle) leave_list(connection);
    connection.before = connection.after = nullptr;
    connection.state = State::idle;  // in no list any more
    release(connection);
  }
}

bool Worker::is_over(SteadyTime now) const {
  if (!error_.empty() || now >= last_end_ || is_forgotten(now)) return true;
  if (is_stopped_.load(std::memory_order_relaxed)) return true;
  const bool is_all_given = pacer_.due() == Pacer::kNever;  // also where the thread began after the end
  return now >= ends_ && is_all_given && open_ == 0 && queue_.is_empty() && phase_ != LoadPhase::sustain;
}

nanoseconds Worker::until_next(SteadyTime now) const {
  auto next = now + kLongestSleep;
  const auto consider = [&next](SteadyTime time) { next = std::min(next, time); };
  if (pacer_.due() != Pacer::kNever) consider(start_ + pacer_.due());
  for (const auto* const list : {&asking_, &thinking_, &ending_})
    if (!list->is_empty()) consider(list->front().wakes);
  if (!queue_.is_empty()) consider(queue_.front() + order_.shape.limit);
  for (const auto moment : {start_, begins_, ends_})
    if (now < moment) consider(moment);
  const bool may_open = is_closed_loop() && may_begin(now) && now >= start_;
  if (may_open && (phase_ == LoadPhase::ramp_up || !idle_.empty() || open_ < most_connections_)) consider(now + milliseconds(1));
  if (!is_closed_loop() && !queue_.is_empty() && !free_.empty()) consider(now + milliseconds(1));  // the gate is closed
  if (may_open && open_ < most_connections_ && paused_until_ > now) consider(paused_until_);
  return std::max(next - now, nanoseconds(0));
}

/// As many connections as may be served before what is due is looked at again. Closed loops have nothing that is due.
std::span<epoll_event> Worker::batch() {
  if (is_closed_loop()) return events_;
  const auto most = static_cast<std::size_t>(kLongestBatch / std::max(event_cost_, nanoseconds(1)));
  return std::span(events_).first(std::clamp<std::size_t>(most, 1, events_.size()));
}

void Worker::learn_cost(nanoseconds spent, int events) {
  event_cost_ = (7 * event_cost_ + spent / events) / 8;
}

void Worker::wait(nanoseconds limit) {
  if (limit < kShortestSleep) limit = nanoseconds(0);
  const int count = wait_for(epoll_.get(), batch(), limit);
  if (count < 0 && errno != EINTR) error_ = describe(last_system_error("wait for the connections of a load"));
  if (count <= 0) return;
  const auto began = Clock::now();
  for (int i = 0; i < count; ++i) {
    const auto& event = events_[static_cast<std::size_t>(i)];
    ready(*static_cast<Connection*>(event.data.ptr), event.events);
  }
  if (!is_closed_loop()) learn_cost(Clock::now() - began, count);
}

}  // namespace hairpin::probe::load
