// SPDX-License-Identifier: Apache-2.0
// A load under way: all sources begin at one instant, and go on only while everybody who takes part is there.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "hairpin/load/conduct.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kEndLimit{15'000};
constexpr milliseconds kUntilStart{400};
/// How long an interruption waits at most to be noticed.
constexpr milliseconds kBetweenLooks{50};
constexpr milliseconds kLeastBusyTime{1'000};

std::string phase_name(LoadPhase phase) { return boost::describe::enum_to_string(phase, "?"); }

}  // namespace

net::Task<bool> LoadConduct::start_all(LoadPhases phases) {
  mission_.has_load_under_way = true;
  const WallTime at = system_clock().wall() + kUntilStart;
  under_way_.begins = std::chrono::steady_clock::now() + kUntilStart;
  under_way_.sustain_begins = under_way_.begins + phases.init + phases.ramp_up;
  under_way_.sustain_ends = under_way_.sustain_begins + phases.sustain;
  std::vector<net::Task<>> starts;
  for (const auto& host : hosts_) starts.push_back(start_one(host, at));
  co_await net::together(std::move(starts));
  co_return under_way_.refused.empty();
}

net::Task<> LoadConduct::start_one(std::string host, WallTime at) {
  auto* const link = mission_.ready(host);
  if (!link) co_return;
  const LoadStart start{at + link->facts.clock_offset};
  auto asked = link->ask(control::Action::load_start, to_json(start), kLoadAnswerLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) refuse(host + ": " + printable(describe(answer.error())));
}

net::Task<> LoadConduct::report_one(std::string host) {
  auto* const link = mission_.ready(host);
  under_way_.is_over[host] = true;  // a lost one as well
  if (!link) co_return;
  auto asked = link->ask(control::Action::load_report, boost::json::object(), kLoadAnswerLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) co_return;
  const auto report = from_json<LoadReport>(*answer, "load_report");
  if (!report) co_return;
  under_way_.is_over[host] = report->is_over;
  auto& all = under_way_.seconds[host];
  all.insert(all.end(), report->seconds.begin(), report->seconds.end());
}

/// A member has agreed to be loaded as long as its agent answers; what it says tells how busy it is, and its share.
net::Task<> LoadConduct::ask_member(std::string member) {
  const auto asked_at = std::chrono::steady_clock::now();
  ServedAccounts account;
  auto asking = ask_served(mission_, {member}, server_->member_port, account);
  co_await std::move(asking);
  const auto answered_at = std::chrono::steady_clock::now();
  const auto found = account.find(member);
  if (found == account.end()) co_return;
  under_way_.members[member].put(asked_at + (answered_at - asked_at) / 2 - under_way_.begins, found->second);
  if (asked_at < under_way_.sustain_begins || answered_at > under_way_.sustain_ends) co_return;
  auto& busy = under_way_.busy[member];
  if (!busy.first) busy.first = found->second;
  busy.last = found->second;
}

net::Task<> LoadConduct::end_one(std::string host) {
  auto* const link = mission_.ready(host);
  if (!link) co_return;
  // First, because it stops what still runs; the seconds that nobody asked for come with it.
  auto asked = link->ask(control::Action::load_end, boost::json::object(), kEndLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) co_return;
  auto observation = from_json<LoadObservation>(*answer, "load_end");
  if (!observation) co_return;
  auto& all = under_way_.seconds[host];
  all.insert(all.end(), observation->seconds.begin(), observation->seconds.end());
  under_way_.ended[host] = std::move(*observation);
}

net::Task<> LoadConduct::end_all() {
  std::vector<net::Task<>> ends;
  for (const auto& host : hosts_) ends.push_back(end_one(host));
  co_await net::together(std::move(ends));
  show();
}

/// Sources go on only while they are asked; they are asked only while everybody is there, members too.
net::Task<> LoadConduct::watch(milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (std::chrono::steady_clock::now() < until) {
    std::vector<net::Task<>> questions;
    for (const auto& host : hosts_) questions.push_back(report_one(host));
    for (const auto& member : pool_->members) questions.push_back(ask_member(member));
    co_await net::together(std::move(questions));
    show();
    under_way_.cut = why_to_stop();
    if (!under_way_.cut.empty()) co_return;
    const auto is_over = [this](const std::string& host) { return under_way_.is_over[host]; };
    if (std::all_of(hosts_.begin(), hosts_.end(), is_over) || has_one_given_up()) co_return;
    for (auto slept = milliseconds(0); slept < kBetweenLoadReports && !mission_.is_over(); slept += kBetweenLooks) co_await net::sleep_for(kBetweenLooks);
  }
  under_way_.cut = "it did not end when it was due to";
}

/// Long before its time: the others end with it.
bool LoadConduct::has_one_given_up() const {
  constexpr std::chrono::seconds kUncertain{1};  // of clocks
  if (std::chrono::steady_clock::now() + kUncertain > under_way_.sustain_ends) return false;
  return std::any_of(hosts_.begin(), hosts_.end(), [this](const std::string& host) { return under_way_.is_over.at(host); });
}

/// Empty: it may go on. With the agent of a member goes its consent.
std::string LoadConduct::why_to_stop() const {
  if (mission_.is_stopped) return "it was interrupted";
  if (mission_.is_over()) return "the time was over (--limit)";
  const auto lost = [this](const std::string& host) {
    const auto link = mission_.links.find(host);
    return link != mission_.links.end() && !link->second->is_open();
  };
  for (const auto* const hosts : {&hosts_, &pool_->members})
    if (const auto gone = std::find_if(hosts->begin(), hosts->end(), lost); gone != hosts->end())
      return fmt::format("the agent of {} does not answer any more", *gone);
  return {};
}

/// By the members' own accounts.
std::vector<MemberShare> LoadConduct::shares_of(std::uint32_t second) const {
  std::vector<MemberShare> shares;
  for (const auto& [member, seconds] : under_way_.members) shares.push_back({member, seconds.second(second).answered});
  return shares;
}

/// A line for each second that every source has reported.
void LoadConduct::show() {
  for (;; ++under_way_.shown) {
    LoadSecond whole;
    for (const auto& host : hosts_) {
      const auto& seconds = under_way_.seconds[host];
      if (seconds.size() <= under_way_.shown) return;
      const auto& second = seconds[under_way_.shown];
      whole.phase = second.phase;
      add(whole, second);
    }
    const auto shares = whole.completed > 0 ? shares_text(shares_of(under_way_.shown)) : std::string();
    mission_.progress.say(fmt::format(
        "load {:>4} s {:<9} {:>7}/s  {:>6} new  {:>6} open  p50 {:>8.2f} ms  p99 {:>8.2f} ms  {} failed{}{}", under_way_.shown + 1,
        phase_name(whole.phase), whole.completed, whole.connections, whole.open, static_cast<double>(whole.half_us) / 1000,
        static_cast<double>(whole.p99_us) / 1000, whole.failed, whole.shed > 0 ? fmt::format(", {} shed", whole.shed) : "",
        shares.empty() ? "" : "  " + shares));
  }
}

std::vector<ServedLoad> with_cpu(std::vector<ServedLoad> served, const std::map<std::string, BusyTime>& busy) {
  for (auto& each : served) {
    const auto found = busy.find(each.member);
    if (found == busy.end() || !found->second.first) continue;
    const auto& [first, last] = found->second;
    const auto elapsed = last.elapsed - first->elapsed;
    if (elapsed < kLeastBusyTime) continue;
    each.cpu_share = static_cast<double>((last.cpu - first->cpu).count()) / static_cast<double>(elapsed.count());
  }
  return served;
}

}  // namespace hairpin
