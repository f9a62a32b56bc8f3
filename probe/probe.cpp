// SPDX-License-Identifier: Apache-2.0
#include "probe/probe.hpp"

#include "net/stop.hpp"
#include "probe/attempt.hpp"

namespace hairpin::probe {

struct Interruption::State {
  net::Stop stop;
};

Interruption::Interruption() : state_(std::make_shared<State>()) {}
Interruption::~Interruption() = default;
void Interruption::signal() { state_->stop.signal(); }
bool Interruption::is_signalled() const { return state_->stop.is_signalled(); }

net::Task<ProbeObservation> run(Order order, net::TlsContext tls, std::string host,
                                Interruption& interruption, std::function<void(const Tuple&)> on_dialled) {
  Attempt attempt(std::move(order), std::move(tls), std::move(host), interruption.state_->stop);
  co_await attempt.run(on_dialled);
  co_return attempt.observation();
}

}  // namespace hairpin::probe
