// SPDX-License-Identifier: Apache-2.0
// `show sys connection … all-properties`: "CLIENT - VIRTUAL - SNAT - MEMBER", then a line for each property, then counts in two columns.
#include "base/text.hpp"
#include "topology/f5/view/lines.hpp"
#include "topology/f5/view/view.hpp"

namespace hairpin::f5 {
namespace {

/// Seven words: four endpoints with dashes between them.
bool is_headline(const std::vector<std::string_view>& words) {
  return words.size() == 7 && words[1] == "-" && words[3] == "-" && words[5] == "-";
}

bool starts_with(const std::vector<std::string_view>& words, std::string_view first, std::string_view second) {
  return words.size() > 2 && words[0] == first && words[1] == second;
}

void take_property(SeenConnection& row, const std::vector<std::string_view>& words) {
  if (words.size() == 2 && words[0] == "TMM") read_number(words[1], row.tmm);
  if (words.size() == 2 && words[0] == "Protocol") row.protocol = printable(words[1]);
  if (starts_with(words, "Idle", "Time")) read_number(words[2], row.idle_s);
  if (!starts_with(words, "Packets", "In")) return;
  row.from_client = parse_amount(words[2]);
  if (words.size() > 3) row.from_member = parse_amount(words[3]);
}

bool is_frame(std::string_view line) {
  return line.empty() || line.find_first_not_of('-') == line.npos || line.starts_with("Sys::") || line.starts_with("Total records returned");
}

}  // namespace

View<SeenConnection> parse_connection_paragraphs(std::string_view text) {
  View<SeenConnection> view;
  each_line(text, [&](std::string_view line) {
    if (is_frame(line)) return;
    const auto words = words_of(line);
    if (is_headline(words)) {
      auto& row = view.rows.emplace_back();
      row.client = parse_seen_endpoint(words[0]);
      row.virtual_server = parse_seen_endpoint(words[2]);
      row.snat = parse_seen_endpoint(words[4]);
      row.member = parse_seen_endpoint(words[6]);
    } else if (view.rows.empty()) {
      ++view.not_understood;
    } else {
      take_property(view.rows.back(), words);
    }
  });
  return view;
}

}  // namespace hairpin::f5
