// SPDX-License-Identifier: Apache-2.0
#include "reports/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "reports/finding_text.hpp"

namespace hairpin::reports {
namespace {

constexpr std::size_t kMostRows = 10;  // beyond that, sources without a fault share one line
constexpr std::size_t kGap = 2;        // columns between cells

using Cell = std::optional<Verdict>;

struct Matrix {
  std::string place;
  std::vector<std::string> sources, members;  ///< as the findings name them, in their order
  std::map<std::pair<std::string, std::string>, Verdict> cells;

  Cell cell(const std::string& source, const std::string& member) const {
    const auto found = cells.find({source, member});
    return found == cells.end() ? Cell{} : found->second;
  }
  bool is_sound(const std::string& source) const {
    return std::ranges::all_of(members,
                               [&](const auto& member) { return cell(source, member) == Verdict::pass; });
  }
};

void add_name(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

/// A skip or an info never hides what another check says of the pair.
int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return 0;
    case Verdict::inconclusive:
      return 1;
    case Verdict::warn:
      return 2;
    case Verdict::pass:
      return 3;
    case Verdict::info:
      return 4;
    case Verdict::skip:
      return 5;
  }
  return 5;
}

std::vector<Matrix> matrices_of(const std::vector<const Finding*>& findings) {
  std::vector<Matrix> matrices;
  for (const auto* finding : findings) {
    const auto& subject = finding->subject;
    if (subject.source.empty() || subject.member.empty()) continue;
    const auto place = where(subject);
    auto matrix = std::ranges::find(matrices, place, &Matrix::place);
    if (matrix == matrices.end()) matrix = matrices.insert(matrix, Matrix{place, {}, {}, {}});
    add_name(matrix->sources, subject.source);
    add_name(matrix->members, subject.member);
    const auto [cell, is_new] = matrix->cells.try_emplace({subject.source, subject.member}, finding->verdict);
    if (!is_new && rank(finding->verdict) < rank(cell->second)) cell->second = finding->verdict;
  }
  return matrices;
}

std::string shown(const std::string& name) { return printable(name); }

std::size_t widest(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const auto& name : names) width = std::max(width, columns(shown(name)));
  return width;
}

std::string_view symbol(Cell cell) {
  if (!cell || *cell == Verdict::skip || *cell == Verdict::info) return "-";
  return tag(*cell);
}

void write_row(Page& page, std::size_t indent, const Matrix& matrix, const std::string& source,
               std::size_t name_width) {
  std::string cells;
  for (const auto& member : matrix.members)
    cells +=
        padded(symbol(matrix.cell(source, member)), std::max<std::size_t>(columns(shown(member)), 4) + kGap);
  cells.erase(cells.find_last_not_of(' ') + 1);
  const bool has_failed = cells.find("FAIL") != std::string::npos;
  const Label label{padded(shown(source), name_width + kGap),
                    has_failed ? std::optional(Verdict::fail) : std::nullopt};
  page.verbatim(indent, label, cells);
}

void write_table(Page& page, std::size_t indent, const Matrix& matrix, std::size_t name_width) {
  std::string members;
  for (const auto& member : matrix.members)
    members += padded(shown(member), std::max<std::size_t>(columns(shown(member)), 4) + kGap);
  members.erase(members.find_last_not_of(' ') + 1);
  page.verbatim(indent, {}, std::string(name_width + kGap, ' ') + members);
  std::size_t left_out = 0;
  for (const auto& source : matrix.sources) {
    if (matrix.sources.size() > kMostRows && !page.is_verbose() && matrix.is_sound(source))
      ++left_out;
    else
      write_row(page, indent, matrix, source, name_width);
  }
  if (left_out > 0) page.verbatim(indent, {}, fmt::format("{} more sources: ok on every member", left_out));
}

void write_list(Page& page, std::size_t indent, const Matrix& matrix) {
  std::map<std::string_view, std::string> pairs;
  std::size_t sound = 0;
  for (const auto& [pair, verdict] : matrix.cells) {
    if (verdict == Verdict::pass) {
      ++sound;
      continue;
    }
    auto& list = pairs[symbol(verdict)];
    list += (list.empty() ? "" : ", ") + pair.first + "→" + pair.second;
  }
  for (const auto& [name, list] : pairs) page.prose(indent, {padded(name, 6), {}}, list);
  page.verbatim(indent, {"ok    ", {}}, fmt::format("{} of {} pairs", sound, matrix.cells.size()));
}

}  // namespace

void write_matrices(Page& page, std::size_t indent, const std::vector<const Finding*>& findings) {
  const auto matrices = matrices_of(findings);
  if (matrices.empty()) return;
  for (const auto& matrix : matrices) {
    page.blank();
    page.prose(indent, {}, "source (row) to member (column), " + matrix.place);
    const auto name_width = widest(matrix.sources);
    std::size_t width = indent + 2 + name_width + kGap;
    for (const auto& member : matrix.members)
      width += std::max<std::size_t>(columns(shown(member)), 4) + kGap;
    if (width - kGap <= page.width())
      write_table(page, indent + 2, matrix, name_width);
    else
      write_list(page, indent + 2, matrix);
  }
  page.verbatim(indent, {}, "ok passed, FAIL failed, ? inconclusive, - not judged");
}

}  // namespace hairpin::reports
