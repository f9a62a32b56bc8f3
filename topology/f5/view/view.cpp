// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/view/view.hpp"

#include <cmath>
#include <span>

#include "base/text.hpp"
#include "topology/f5/value.hpp"
#include "topology/f5/view/lines.hpp"

namespace hairpin::f5 {
namespace {

using Words = std::span<const std::string_view>;

/// "(tmm: 3)", two words: its number.
bool tmm_of(Words words, std::size_t at, std::uint32_t& tmm) {
  if (at + 1 >= words.size() || words[at] != "(tmm:" || !words[at + 1].ends_with(')')) return false;
  return read_number(words[at + 1].substr(0, words[at + 1].size() - 1), tmm);
}

bool is_frame(std::string_view line) {
  return line.empty() || line.find_first_not_of('-') == line.npos || line.starts_with("Sys::") ||
         line.starts_with("Total records returned") || line.find(")# ") != line.npos || line.find("] ~ #") != line.npos;
}

}  // namespace

SeenEndpoint parse_seen_endpoint(std::string_view word) {
  const auto written = parse_written_endpoint(word);
  SeenEndpoint seen{.address = written.address, .route_domain = written.route_domain.value_or(0), .port = written.port, .text = printable(word)};
  const bool is_any = written.host.starts_with("any") || written.host == "*";
  if (is_any) seen.address.reset();
  if (seen.port == 0) seen.port.reset();
  return seen;
}

std::optional<std::uint64_t> parse_amount(std::string_view word) {
  std::uint64_t factor = 1;
  if (word.ends_with('K')) factor = 1'000;
  if (word.ends_with('M')) factor = 1'000'000;
  if (word.ends_with('G')) factor = 1'000'000'000;
  if (factor > 1) word.remove_suffix(1);
  double number = 0;
  if (!read_number(word, number) || number < 0 || number > 1e9) return {};
  return static_cast<std::uint64_t>(std::llround(number * static_cast<double>(factor)));
}

View<SeenConnection> parse_connections(std::string_view text) {
  View<SeenConnection> view;
  each_line(text, [&](std::string_view line) {
    if (is_frame(line)) return;
    const auto words = words_of(line);
    SeenConnection row;
    const bool is_row = words.size() >= 8 && read_number(words[5], row.idle_s) && tmm_of(words, 6, row.tmm);
    if (!is_row) {
      ++view.not_understood;
      return;
    }
    row.client = parse_seen_endpoint(words[0]);
    row.virtual_server = parse_seen_endpoint(words[1]);
    row.snat = parse_seen_endpoint(words[2]);
    row.member = parse_seen_endpoint(words[3]);
    row.protocol = printable(words[4]);
    view.rows.push_back(std::move(row));
  });
  return view;
}

View<SeenPersistence> parse_persistence(std::string_view text) {
  View<SeenPersistence> view;
  each_line(text, [&](std::string_view line) {
    if (is_frame(line)) return;
    const auto words = words_of(line);
    SeenPersistence row;
    if (words.size() < 6 || !tmm_of(words, 4, row.tmm)) {
      ++view.not_understood;
      return;
    }
    row.mode = printable(words[0]);
    row.key = printable(words[1]);
    row.virtual_server = parse_seen_endpoint(words[2]);
    row.member = parse_seen_endpoint(words[3]);
    view.rows.push_back(std::move(row));
  });
  return view;
}

View<SeenResetCause> parse_reset_causes(std::string_view text) {
  View<SeenResetCause> view;
  each_line(text, [&](std::string_view line) {
    if (is_frame(line) || line.starts_with("TCP/IP Reset Cause") || line.starts_with("RST Cause:")) return;
    const auto space = line.find_last_of(kBlanks);
    SeenResetCause row;
    if (space == line.npos || !read_number(line.substr(space + 1), row.count)) {
      ++view.not_understood;
      return;
    }
    row.cause = printable(trimmed(line.substr(0, space)));
    view.rows.push_back(std::move(row));
  });
  return view;
}

std::vector<SeenResetCause> grown(const std::vector<SeenResetCause>& before, const std::vector<SeenResetCause>& after) {
  std::vector<SeenResetCause> news;
  for (const auto& now : after) {
    const auto then = std::ranges::find(before, now.cause, &SeenResetCause::cause);
    const auto known = then != before.end() && then->count <= now.count ? then->count : 0;
    if (now.count > known) news.push_back({now.cause, now.count - known});
  }
  return news;
}

namespace {

constexpr std::pair<std::string_view, FailoverState> kStates[] = {{"active", FailoverState::active},
                                                                  {"standby", FailoverState::standby},
                                                                  {"offline", FailoverState::offline},
                                                                  {"forced", FailoverState::forced_offline},
                                                                  {"forced-offline", FailoverState::forced_offline},
                                                                  {"forced_offline", FailoverState::forced_offline}};

}  // namespace

FailoverState parse_failover(std::string_view text) {
  auto state = FailoverState::unknown;
  each_line(text, [&](std::string_view line) {
    const auto words = words_of(line);
    if (words.size() < 2 || (words[0] != "Failover" && words[0] != "Status")) return;
    std::string word(words[1]);
    std::transform(word.begin(), word.end(), word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    for (const auto& [name, meaning] : kStates)
      if (word == name) state = meaning;
  });
  return state;
}

// --- status

namespace {

class StatusReader {
 public:
  explicit StatusReader(std::string_view headline) : headline_(headline) {}

  View<SeenStatus> read(std::string_view text) {
    each_line(text, [&](std::string_view line) {
      while (line.starts_with('|')) line = trimmed(line.substr(1));
      if (!line.empty() && line.find_first_not_of('-') != line.npos) take(line);
    });
    return std::move(view_);
  }

 private:
  void take(std::string_view line) {
    constexpr std::string_view kMember = "Ltm::Pool Member:";
    if (line.starts_with(kMember)) return member(trimmed(line.substr(kMember.size())));
    if (line.starts_with(headline_)) {
      name_ = printable(trimmed(line.substr(headline_.size())));
      view_.rows.emplace_back().name = name_;
      is_ours_ = true;
      return;
    }
    if (line.starts_with("Ltm::")) is_ours_ = false;  // profiles and rules of a virtual server have statistics of their own
    if (!view_.rows.empty() && is_ours_) field(view_.rows.back(), line);
  }

  /// "POOL  ADDRESS:PORT", or the member alone.
  void member(std::string_view said) {
    const auto words = words_of(said);
    if (words.empty()) {
      ++view_.not_understood;
      return;
    }
    is_ours_ = true;
    auto& row = view_.rows.emplace_back();
    row.name = words.size() > 1 ? printable(words[0]) : name_;
    row.member = parse_seen_endpoint(words.back());
  }

  static void field(SeenStatus& row, std::string_view line) {
    const auto colon = line.find(" : ");
    if (colon != line.npos) {
      const auto key = trimmed(line.substr(0, colon));
      const auto value = trimmed(line.substr(colon + 3));
      if (key == "Availability") row.availability = printable(words_of(value).empty() ? value : words_of(value)[0]);
      if (key == "State") row.state = printable(value);
      if (key == "Reason") row.reason = printable(value);
      if (key == "Destination") row.destination = parse_seen_endpoint(value);
      return;
    }
    constexpr std::string_view kCurrent = "Current Connections";
    constexpr std::string_view kTotal = "Total Connections";
    if (line.starts_with(kCurrent)) count(row.current_connections, line.substr(kCurrent.size()));
    if (line.starts_with(kTotal)) count(row.total_connections, line.substr(kTotal.size()));
  }

  static void count(std::optional<std::uint64_t>& number, std::string_view columns) {
    const auto words = words_of(columns);
    if (!words.empty() && !number) number = parse_amount(words[0]);
  }

  std::string_view headline_;
  View<SeenStatus> view_;
  std::string name_;
  bool is_ours_ = true;
};

}  // namespace

View<SeenStatus> parse_virtuals(std::string_view text) { return StatusReader("Ltm::Virtual Server:").read(text); }
View<SeenStatus> parse_pools(std::string_view text) { return StatusReader("Ltm::Pool:").read(text); }

}  // namespace hairpin::f5
