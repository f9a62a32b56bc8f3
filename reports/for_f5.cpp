// SPDX-License-Identifier: Apache-2.0
#include "reports/for_f5.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/files.hpp"
#include "reports/finding_text.hpp"
#include "reports/quoted_text.hpp"

namespace hairpin::reports {
namespace {

constexpr std::size_t kMostPairs = 8;  // in full: nobody reads more of the same on the phone

bool is_theirs(const Diagnosis& diagnosis) {
  return diagnosis.owner == to_string(Owner::load_balancer) || diagnosis.owner == to_string(Owner::network);
}

void heading(Page& page, const std::string& title) {
  page.blank();
  page.title(2, title);
}

/// "oc01 (10.137.2.21)": the topology's name says nothing to a stranger, the address does.
std::string source_of(const QuotedPair& pair) {
  const auto end = pair.connection.rfind('.', pair.connection.find(" > "));  // the port is behind the last one
  return end == std::string::npos ? pair.source : fmt::format("{} ({})", pair.source, pair.connection.substr(0, end));
}

/// What differs, in its order: "oc01, oc02".
template <class Field>
std::string joined(const std::vector<QuotedPair>& pairs, Field field) {
  std::vector<std::string> values;
  for (const auto& pair : pairs)
    if (auto value = field(pair); std::ranges::find(values, value) == values.end()) values.push_back(std::move(value));
  return fmt::format("{}", fmt::join(values, ", "));
}

void write_greeting(Page& page, const Run& run) {
  page.prose(0, {}, "For the people who run the load balancer or the network.");
  page.prose(0, {},
             fmt::format("hairpin {} opened connections through a virtual server of yours, one at a time, from the hosts "
                         "that are named here, and captured their packets at both ends. Nothing below needs hairpin. \"#\" "
                         "is the number of a frame in that capture file, as Wireshark counts; the files lie beside this one.",
                         run.run.version));
  page.verbatim(0, {}, fmt::format("run {}, topology {}, started {}", run.run.id, run.topology.name,
                                   iso8601(run.run.started, 0)));
}

void write_what(Page& page, const Run& run, const Diagnosis& diagnosis) {
  heading(page, "What is broken, and for whom");
  const auto sources = joined(diagnosis.failing, source_of);
  const auto vips = joined(diagnosis.failing, [](const QuotedPair& pair) { return pair.vip; });
  const auto findings = findings_of(run, diagnosis);
  auto place = findings.empty() ? "" : findings.front()->subject.virtual_server;
  if (!place.empty()) place = fmt::format(" (virtual server {} of pool {})", place, findings.front()->subject.pool);
  if (sources.empty())
    page.prose(4, {}, diagnosis.summary);
  else
    page.prose(4, {}, fmt::format("Connections from {} to the VIP {}{}: {}.", sources, vips, place, diagnosis.summary));
  if (diagnosis.meaning) page.prose(4, {}, *diagnosis.meaning);
}

void write_when(Page& page, const Run& run, const Diagnosis& diagnosis) {
  std::optional<WallTime> first, last;
  for (const auto& pair : diagnosis.failing) {
    if (pair.first) first = std::min(first.value_or(*pair.first), *pair.first);
    if (pair.last) last = std::max(last.value_or(*pair.last), *pair.last);
  }
  const auto from = first.value_or(run.run.started), to = last.value_or(from);
  heading(page, "When");
  page.verbatim(4, {}, fmt::format("{} to {}, in UTC", iso8601(from, 0), iso8601(to, 0)));
  page.verbatim(4, {}, fmt::format("{} to {}, where this was written", local_time(from), local_time(to)));
  page.prose(4, {}, "That is when it was tested; since when it has been so, hairpin cannot tell.");
}

void write_failing(Page& page, const Diagnosis& diagnosis) {
  if (diagnosis.failing.empty()) return;
  heading(page, "Connections that fail");
  const auto shown = std::min(diagnosis.failing.size(), kMostPairs);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& pair = diagnosis.failing[i];
    page.verbatim(4, {who(pair) + "  ", {}}, failures(pair) + (i == 0 ? "; for example" : ""));
    if (!pair.connection.empty())
      page.verbatim(6, {}, pair.connection + (pair.time ? "  at " + iso8601(*pair.time, 3) : ""));
    if (!pair.came_back.empty()) page.verbatim(6, {"came back: ", {}}, pair.came_back);
    for (const auto& packet : pair.packets) page.verbatim(6, {}, evidence_line(packet, false));
  }
  if (shown < diagnosis.failing.size())
    page.verbatim(4, {}, fmt::format("... and {} more pairs, in run.json", diagnosis.failing.size() - shown));
}

void write_working(Page& page, const Diagnosis& diagnosis) {
  if (diagnosis.failing.empty()) return;
  heading(page, "Connections through the same VIP that work");
  if (diagnosis.working.empty()) {
    page.verbatim(4, {}, "none in this run");
    return;
  }
  page.prose(4, {}, "The VIP is alive:");
  const auto shown = std::min(diagnosis.working.size(), kMostPairs);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& pair = diagnosis.working[i];
    page.verbatim(4, {who(pair) + "  ", {}},
                  fmt::format("{} of {} answered, {}{}", pair.count, pair.attempts, pair.connection,
                              pair.time ? "  at " + iso8601(*pair.time, 3) : ""));
  }
  if (shown < diagnosis.working.size())
    page.verbatim(4, {}, fmt::format("... and {} more pairs, in run.json", diagnosis.working.size() - shown));
}

/// What a capture is worth as a proof.
std::string worth(const CaptureFacts& capture) {
  if (!capture.error.empty()) return "not usable: " + capture.error;
  std::string text = capture.is_proven_before && capture.is_proven_after
                         ? "proven to see packets before and after the test"
                     : capture.is_proven_before ? "proven before the test, NOT after it"
                     : capture.is_proven_after  ? "proven after the test, NOT before it"
                                                : "NOT proven";
  text += fmt::format(", {} packets kept, ", capture.kept);
  return text + (capture.dropped == 0 ? "none lost" : fmt::format("{} LOST", capture.dropped));
}

/// Only the captures that are quoted: the others say nothing of this fault.
void write_captures(Page& page, const Diagnosis& diagnosis, const std::vector<CaptureFacts>& captures) {
  bool has_title = false;
  for (const auto& capture : captures) {
    const auto vantage = capture.host + "/" + capture.interface;
    const bool is_quoted = std::ranges::any_of(diagnosis.failing, [&](const QuotedPair& pair) {
      return std::ranges::find(pair.packets, vantage, &Evidence::vantage) != pair.packets.end();
    });
    if (!is_quoted) continue;
    if (!has_title) heading(page, "The captures");
    has_title = true;
    page.verbatim(4, {capture_file(capture.host, capture.interface) + "  ", {}}, worth(capture));
  }
}

void write_list(Page& page, const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  heading(page, title);
  for (const auto& line : lines) page.verbatim(4, {}, line);
}

void write_remedy(Page& page, const Remedy& remedy) {
  write_list(page, "What mends it", remedy.mend);
  write_list(page, "Then save it, and copy it to the other unit of the pair", remedy.keep);
  write_list(page, "Roll back", remedy.roll_back);
  if (!remedy.side_effects.empty()) heading(page, "Side effects");
  for (const auto& effect : remedy.side_effects) page.prose(4, {"- ", {}}, effect);
  if (!remedy.verify.empty()) write_list(page, "What proves it afterwards (whoever gave you this runs it)", {remedy.verify});
}

void write_section(Page& page, const Run& run, const Diagnosis& diagnosis, const std::vector<CaptureFacts>& captures) {
  write_what(page, run, diagnosis);
  write_when(page, run, diagnosis);
  write_failing(page, diagnosis);
  write_working(page, diagnosis);
  write_captures(page, diagnosis, captures);
  write_list(page, "Look on the BIG-IP (changes nothing; names in <angle brackets> are yours to fill in)", diagnosis.look);
  write_list(page, "Capture on the BIG-IP while it is repeated (ends by itself)", diagnosis.capture);
  if (has_repeat(diagnosis)) {
    heading(page, "Repeat it without hairpin");
    page.prose(4, {}, "The balancer chooses the member: repeat it until it is the one that fails.");
    write_repeat(page, 4, diagnosis, kMostPairs);
  }
  write_remedy(page, diagnosis.remedy);
}

}  // namespace

std::string for_f5(const Run& run, const std::vector<CaptureFacts>& captures) {
  const auto sections = std::ranges::count_if(run.diagnoses, is_theirs);
  if (sections == 0) return {};
  Page page({});
  write_greeting(page, run);
  std::size_t number = 0;
  for (const auto& diagnosis : run.diagnoses) {
    if (!is_theirs(diagnosis)) continue;
    page.heading(fmt::format("[{} of {}] {}, to be mended by: {}", ++number, sections, diagnosis.cause, diagnosis.owner));
    write_section(page, run, diagnosis, captures);
  }
  return page.take();
}

}  // namespace hairpin::reports
