// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/samples.hpp"

#include <algorithm>

namespace hairpin {
namespace {

/// Two a second of all sources together: little beside any load, and hundreds in 300 s.
constexpr milliseconds kBetweenSamples{500};
/// A path's own trips before a question about certificates, where the topology names some.
constexpr std::uint32_t kTripsForAQuestion = 4;

}  // namespace

LoadSamples::LoadSamples(Mission& mission, const Target& target, const std::vector<std::string>& hosts)
    : mission_(mission), probing_(mission) {
  for (std::size_t i = 0; i < mission.plan.sources.size(); ++i) {
    const auto& planned = mission.plan.sources[i];
    const bool is_its = planned.pool == target.pool && planned.virtual_server == target.virtual_server && planned.vip == target.endpoint;
    if (is_its && std::find(hosts.begin(), hosts.end(), planned.source) != hosts.end()) sources_.push_back(i);
  }
}

net::Task<> LoadSamples::run() {
  for (std::uint32_t made = 0; !sources_.empty() && !is_over_ && !mission_.is_over(); ++made) {
    const auto turn = made / sources_.size();
    const bool is_question = turn % (kTripsForAQuestion + 1) == kTripsForAQuestion;
    auto sampling = probing_.sample(sources_[made % sources_.size()], is_question);
    co_await std::move(sampling);
    co_await net::sleep_for(kBetweenSamples);
  }
}

}  // namespace hairpin
