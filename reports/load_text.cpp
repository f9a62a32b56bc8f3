// SPDX-License-Identifier: Apache-2.0
#include "reports/load_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <map>

#include "base/histogram.hpp"
#include "base/text.hpp"

namespace hairpin::reports {
namespace {

constexpr const char* kSchema = "hairpin.load/1";

template <class... Parts>
void line(std::string& text, fmt::format_string<Parts...> format, Parts&&... parts) {
  text += fmt::format(format, std::forward<Parts>(parts)...) + '\n';
}

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }
double ms(nanoseconds time) { return seconds(time) * 1000; }

/// What happened within the sustain phase, by its whole seconds: what was due in it and ended later says nothing of the rate. 0 where
/// there is none, as in a load that was stopped early.
double per_second(std::uint64_t LoadSecond::*count, const LoadObservation& load) {
  const auto all = sustained_seconds(load);
  double sum = 0;
  for (const auto& second : all) sum += static_cast<double>(second.*count);
  return all.empty() ? 0 : sum / static_cast<double>(all.size());
}

/// "min / mean / max" of the whole seconds.
std::string open_text(const LoadObservation& load) {
  const auto all = sustained_seconds(load);
  if (all.empty()) return {};
  const auto by_open = [](const LoadSecond& one, const LoadSecond& other) { return one.open < other.open; };
  const auto [least, most] = std::minmax_element(all.begin(), all.end(), by_open);
  return fmt::format("{} / {:.1f} / {}", least->open, per_second(&LoadSecond::open, load), most->open);
}

/// "n/a" where fewer than ten samples lie beyond it.
std::string percentile(const Histogram& histogram, double percent) {
  return histogram.is_settled(percent) ? fmt::format("{:>10.3f}", ms(histogram.percentile(percent))) : fmt::format("{:>10}", "n/a");
}

struct Row {
  const char* name;
  std::string LoadTimes::*times;
};
constexpr std::array kRows{Row{"response (from due)", &LoadTimes::response}, Row{"service (from begun)", &LoadTimes::service},
                           Row{"wait before begun", &LoadTimes::lag},        Row{"TCP connect", &LoadTimes::connect},
                           Row{"TLS handshake", &LoadTimes::handshake},      Row{"TTFB (from SYN)", &LoadTimes::first_byte},
                           Row{"TTLB (from SYN)", &LoadTimes::last_byte}};

void add_times(std::string& text, const LoadTimes& times) {
  line(text, "  {:<22}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>12}", "ms", "p50", "p90", "p99", "p99.9", "p99.99", "max", "samples");
  for (const auto& row : kRows) {
    const auto histogram = Histogram::decode(times.*row.times);
    if (!histogram || histogram->is_empty()) continue;
    line(text, "  {:<22}{}{}{}{}{}{:>10.3f}{:>12}", row.name, percentile(*histogram, 50), percentile(*histogram, 90),
         percentile(*histogram, 99), percentile(*histogram, 99.9), percentile(*histogram, 99.99), ms(histogram->most()),
         histogram->count());
  }
}

void add_counts(std::string& text, const LoadObservation& load) {
  const auto& counts = load.sustained;
  const double bits = per_second(&LoadSecond::body_bytes, load) * 8;
  line(text, "  {:<26}{:>14.1f} /s{}", "TCP connections", per_second(&LoadSecond::established, load),
       counts.repeated_syns > 0 ? fmt::format("  ({} SYNs repeated)", counts.repeated_syns) : "");
  if (load.tls)
    line(text, "  {:<26}{:>14.1f} /s  ({} full, {} resumed; {} {})", "TLS handshakes", per_second(&LoadSecond::handshakes, load),
         counts.handshakes, counts.resumed, load.tls->version, load.tls->cipher);
  line(text, "  {:<26}{:>14.1f} /s", "application transactions", per_second(&LoadSecond::completed, load));
  if (const auto open = open_text(load); !open.empty()) line(text, "  {:<26}{:>16}  (least / mean / most, at the ends of seconds)", "open connections", open);
  line(text, "  {:<26}{:>14.2f} Gbit/s ({:.0f} Kbit/s)", "throughput of objects", bits / 1e9, bits / 1e3);
  line(text, "  attempted {} = completed {} + failed {} + shed {}", counts.attempted, counts.completed, counts.failed.total(), counts.shed);
  line(text, "  generator: {} threads, {:.0f} % of their CPUs{}", load.health.threads,
       100 * seconds(load.health.cpu) / std::max(seconds(load.health.sustained) * load.health.threads, 1e-9),
       load.health.lateness_us < 0 ? std::string()
                                   : fmt::format(", late by {} µs at most (p{:.4g})", load.health.lateness_us, load.health.lateness_percent));
  if (counts.ended_idle + counts.resets > 0)
    line(text, "  of {} connections that lived then {} were reset, and {} closed in order by the other end while they rested", counts.alive,
         counts.resets, counts.ended_idle);
  if (counts.unasked > 0)
    line(text, "  on {} of {} connections that lived then something came that nobody had asked for", counts.unasked, counts.alive);
}

/// Where the sources' connections came from, and how many of those ports they had at once; nothing where kernels chose.
void add_places(std::string& text, const LoadReportData& data) {
  const auto& shape = data.load->shape;
  if (const auto places = places_text(shape); !places.empty()) line(text, "  the sources connect from {}", places);
  if (shape.first_port == 0) return;
  const auto addresses = shape.sources.empty() ? std::max<std::size_t>(data.sources.size(), 1) : shape.sources.size();
  const auto ports = addresses * (shape.last_port - shape.first_port + 1U);
  std::uint64_t most = 0;
  for (const auto& second : data.load->seconds) most = std::max(most, second.open);
  line(text, "  {:<26}{:>16}  ({:.1f} % of {}, at the ends of seconds)", "most of their ports in use", most,
       100 * static_cast<double>(most) / static_cast<double>(ports), ports);
}

double half_ms(const LoadObservation& load) {
  const auto histogram = Histogram::decode(load.times.service);
  return histogram ? ms(histogram->percentile(50)) : 0;
}

void add_direct(std::string& text, const LoadReportData& data) {
  if (!data.direct) return;
  const auto& direct = *data.direct;
  line(text, "\nDirectly to {}, past the balancer, from {}: {:.1f} transactions/s, {} of {} failed", direct.target.member, direct.host,
       per_second(&LoadSecond::completed, direct), direct.sustained.failed.total() + direct.sustained.shed, direct.sustained.attempted);
  line(text, "  service time p50 {:.3f} ms; through the balancer {:.3f} ms", half_ms(direct), half_ms(*data.load));
}

void add_members(std::string& text, const LoadObservation& load) {
  for (const auto& share : load.members)
    line(text, "  {:<26}{:>14} answers  {:>5.1f} %", share.member.empty() ? "(no name)" : share.member, share.completed,
         100 * static_cast<double>(share.completed) / std::max(1.0, static_cast<double>(load.sustained.completed)));
}

/// What the members say of the same load, and whose source ports it used.
void add_served(std::string& text, const LoadReportData& data) {
  constexpr double kPorts = 64'512;  // 1024 to 65535, of one address to one endpoint
  if (!data.served.empty())
    line(text, "  The whole load, ramps included: the sources had {} answers of {} attempts, over {} connections; the members say",
         data.load->counts.completed, data.load->counts.attempted, data.load->counts.established);
  for (const auto& member : data.served) {
    line(text, "  {:<26}{:>14} answered  {} connections, {} handshakes, {} bytes", member.member + " itself", member.answered,
         member.connections, member.handshakes + member.resumed, member.body_bytes);
    if (member.cpu_share >= 0) line(text, "    its thread used {:.0f} % of a CPU in the sustain phase", 100 * member.cpu_share);
    for (const auto& peer : member.peers)
      line(text, "    from {:<21}{:>14} connections: {:.1f} % of its 64,512 ports, if none had been used twice", to_string(peer.address),
           peer.connections, 100 * static_cast<double>(peer.connections) / kPorts);
  }
}

void add_sampled(std::string& text, const LoadReportData& data) {
  if (!data.sampled || data.sampled->attempted == 0) return;
  std::string by;
  for (const auto& share : data.sampled->members) by += fmt::format("{}{} {}", by.empty() ? " (" : ", ", share.member, share.completed);
  line(text, "  sampled meanwhile: {} trips, {} answered{}", data.sampled->attempted, data.sampled->answered, by.empty() ? "" : by + ")");
}

/// What a search found is a lower bound where something else than the network ended it.
std::string found_text(const LoadReportData& data) {
  const auto& search = data.search;
  if (!search.limit.empty()) return fmt::format("at least {:.4g} /s: above it nobody can tell ({})", search.highest_kept, search.limit);
  const auto is_higher = [&search](const LoadTrialRow& trial) { return trial.rate > search.highest_kept; };
  if (std::any_of(data.trials.begin(), data.trials.end(), is_higher)) return fmt::format("highest rate that kept the rules: {:.4g} /s", search.highest_kept);
  return fmt::format("at least {:.4g} /s: all that was asked for (--search)", search.highest_kept);
}

void add_search(std::string& text, const LoadReportData& data) {
  if (data.trials.empty()) return;
  line(text, "\nSearch");
  for (const auto& trial : data.trials)
    line(text, "  {:>10.4g} /s  p99 {:>9} ms  {}", trial.rate, trial.p99_ms ? fmt::format("{:.3f}", *trial.p99_ms) : "n/a", trial.outcome);
  const auto& search = data.search;
  if (search.highest_kept > 0) line(text, "  {}", found_text(data));
  if (search.knee) line(text, "  knee: from {:.4g} /s on p99 is more than twice that of a tenth of the load", *search.knee);
  else if (!search.knee_unknown.empty()) line(text, "  knee: not told, {}", search.knee_unknown);
  else line(text, "  knee: none, p99 was never more than twice that of a tenth of the load");
}

template <class Value>
std::string spread(const std::vector<LoadRepeatRow>& rows, Value value) {
  std::vector<double> all;
  for (const auto& row : rows) {
    const std::optional<double> one = value(row);
    if (!one) return "n/a";
    all.push_back(*one);
  }
  std::sort(all.begin(), all.end());
  const double median = all.size() % 2 == 1 ? all[all.size() / 2] : (all[all.size() / 2 - 1] + all[all.size() / 2]) / 2;
  return fmt::format("{:.3f} / {:.3f} / {:.3f} ({:.1f} % apart)", all.front(), median, all.back(),
                     median > 0 ? 100 * (all.back() - all.front()) / median : 0);
}

void add_repeats(std::string& text, const LoadReportData& data) {
  if (data.repeats.empty()) return;
  line(text, "\n{} equal loads (least / median / most); the worst is the one below", data.repeats.size());
  line(text, "  transactions/s  {}", spread(data.repeats, [](const LoadRepeatRow& row) { return row.rate; }));
  line(text, "  p50 ms          {}", spread(data.repeats, [](const LoadRepeatRow& row) { return row.p50_ms; }));
  line(text, "  p99 ms          {}", spread(data.repeats, [](const LoadRepeatRow& row) { return row.p99_ms; }));
  for (const auto& row : data.repeats) line(text, "  {:>10.1f} /s  {} failed  {}", row.rate, row.failed, row.verdict);
}

}  // namespace

std::string load_text(const LoadReportData& data) {
  std::string text;
  line(text, "Load: method of {}, with the deviations below{}", data.method, data.is_quick ? " (QUICK: not the RFC's duration)" : "");
  add_search(text, data);
  add_repeats(text, data);
  if (!data.not_repeated.empty()) line(text, "\nNot repeated as asked: {}", data.not_repeated);
  if (!data.load && !data.not_made.empty()) line(text, "\nNo load was made: {}", data.not_made);
  if (data.load && !data.load->stopped.empty()) line(text, "\nPartial: the load was stopped early: {}", data.load->stopped);
  if (data.load) {
    const auto& load = *data.load;
    line(text, "\n{} -> {}: {} s sustained, {} arrivals, at most {} connections, objects of {}", load.host,
         to_string(load.target.endpoint), std::llround(seconds(load.health.sustained)),
         boost::describe::enum_to_string(load.shape.arrivals, "?"), load.shape.connections, objects_text(load.shape));
    add_places(text, data);
    add_counts(text, load);
    add_members(text, load);
    add_served(text, data);
    add_sampled(text, data);
    add_times(text, load.times);
  }
  add_direct(text, data);
  if (!data.deviations.empty()) line(text, "\nDeviations from RFC 9411 (item: what it asks; what was done)");
  for (const auto& deviation : data.deviations) line(text, "  {}", deviation);
  return text;
}

std::string load_json(const LoadReportData& data) {
  boost::json::object whole{{"schema", kSchema}};
  auto described = to_json(data);
  for (auto& [key, value] : described.as_object()) whole[key] = std::move(value);
  return valid_utf8(boost::json::serialize(whole)) + "\n";
}

Result<LoadReportData> read_load_json(std::string_view text) {
  auto value = parse_json(text, kLoadJson);
  if (!value) return value.error();
  auto* const whole = value->if_object();
  const auto* const schema = whole ? whole->if_contains("schema") : nullptr;
  if (!schema || !schema->is_string() || schema->get_string() != kSchema)
    return refusal(fmt::format("read {}: it is no {}", kLoadJson, kSchema), "the hairpin that wrote it can");
  whole->erase("schema");
  return from_json<LoadReportData>(*value, kLoadJson);
}

LoadRepeatRow repeat_row(const LoadObservation& load, std::string verdict) {
  LoadRepeatRow row;
  row.rate = per_second(&LoadSecond::completed, load);
  if (const auto times = Histogram::decode(load.times.response)) {
    if (times->is_settled(50)) row.p50_ms = ms(times->percentile(50));
    if (times->is_settled(99)) row.p99_ms = ms(times->percentile(99));
  }
  row.failed = load.sustained.failed.total() + load.sustained.shed;
  row.verdict = std::move(verdict);
  return row;
}

std::string load_seconds_csv(const LoadReportData& data) {
  std::string text = "source,second,phase,attempted,completed,failed,shed,connections,established,handshakes,open,body_bytes,p50_us,p99_us,max_us\n";
  for (const auto& source : data.sources)
    for (const auto& second : source.seconds)
      line(text, "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", source.host, second.second, boost::describe::enum_to_string(second.phase, "?"),
           second.attempted, second.completed, second.failed, second.shed, second.connections, second.established, second.handshakes, second.open, second.body_bytes,
           second.half_us, second.p99_us, second.most_us);
  return text;
}

std::string load_members_csv(const LoadReportData& data) {
  std::map<std::uint32_t, LoadPhase> phases;
  if (data.load)
    for (const auto& second : data.load->seconds) phases[second.second] = second.phase;
  std::string text = "member,second,phase,connections,answered,body_bytes,open\n";
  for (const auto& member : data.served)
    for (const auto& second : member.seconds)
      line(text, "{},{},{},{},{},{},{}", member.member, second.second, boost::describe::enum_to_string(phases[second.second], "?"), second.connections,
           second.answered, second.body_bytes, second.open);
  return text;
}

}  // namespace hairpin::reports
