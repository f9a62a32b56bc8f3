// SPDX-License-Identifier: Apache-2.0
#include "topology/lint/mends.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace hairpin::f5 {
namespace {

struct Words {
  std::string_view tmsh;
  std::string_view as3;
  std::string_view old = {};  ///< of v9 to 11.2; empty: the same in tmsh, not known in bigpipe
};
constexpr std::array<Words, 9> kWords = {{{"source-address-translation { type automap }", "\"snat\": \"auto\"", "snat automap"},
                                          {"source-address-translation { type none }", "\"snat\": \"none\"", "snat none"},
                                          {"translate-address enabled", "\"translateServerAddress\": true", "translate address enable"},
                                          {"allow-snat yes", "\"allowSNATEnabled\": true", "snat enable"},
                                          {"source-port preserve", "\"translateClientPort\": false"},
                                          {"auto-lasthop enabled", "\"lastHop\": \"default\"", "auto lasthop enable"},
                                          {"service-down-action reset", "\"serviceDownAction\": \"reset\"", "action on svcdown reset"},
                                          {"min-active-members 1", "\"minimumMembersActive\": 1", "min active members 1"},
                                          {"arp enabled", "\"arpEnabled\": true", "arp enable"}}};
constexpr std::string_view kModify = "tmsh modify ", kPoolBegin = "source-address-translation { type snat pool ";

/// What changes something; `tmsh list` and `tmsh show` are right whatever the file is.
bool changes(std::string_view mend) {
  return mend.find("tmsh modify ") != mend.npos || mend.find("tmsh create ") != mend.npos || mend.find("tmsh delete ") != mend.npos;
}

const Words* words_in(std::string_view mend) {
  for (const auto& row : kWords)
    if (mend.ends_with(row.tmsh)) return &row;
  return nullptr;
}

/// "… or: " in front of a command, and the command.
std::pair<std::string_view, std::string_view> parted(std::string_view mend) {
  const auto begin = mend.find("tmsh ");
  return {mend.substr(0, begin), mend.substr(begin)};
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto place = text.find(what);
  return place == std::string::npos ? text : text.replace(place, what.size(), by);
}

std::string in_as3(std::string_view mend) {
  const auto [before, command] = parted(mend);
  const auto* words = words_in(command);
  if (!words || !command.starts_with(kModify)) return fmt::format("{}in the declaration, which undoes what tmsh changes; in tmsh it is: {}", before, command.substr(5));
  const auto object = command.substr(kModify.size(), command.size() - kModify.size() - words->tmsh.size() - 1);
  return fmt::format("{}{} in the declaration ({})", before, words->as3, object);
}

std::string in_bigpipe(std::string_view mend) {
  const auto [before, command] = parted(mend);
  const auto* words = words_in(command);
  constexpr std::string_view kLtm = "tmsh modify ltm ";
  if (!words || words->old.empty() || !command.starts_with(kLtm))
    return fmt::format("{}in the words of this version; in tmsh since 11.3 it is: {}", before, command.substr(5));
  const auto object = command.substr(kLtm.size(), command.size() - kLtm.size() - words->tmsh.size() - 1);
  return fmt::format("{}bigpipe {} {}", before, object, words->old);
}

/// tmsh of 11.0 to 11.2: `snat` has one word.
std::string in_old_tmsh(std::string mend) {
  for (const auto& row : {kWords[0], kWords[1]}) mend = replaced(std::move(mend), row.tmsh, row.old);
  if (mend.find(kPoolBegin) == std::string::npos) return mend;
  mend = replaced(std::move(mend), kPoolBegin, "snat ");
  return replaced(std::move(mend), " }", "");
}

/// "#TMSH-VERSION: 11.2.1" is the first line of a saved file.
bool is_before_11_3(const Tree& tree) {
  constexpr std::string_view kMark = "#TMSH-VERSION: ";
  const std::string_view text(*tree.text);
  if (!text.starts_with(kMark)) return false;
  unsigned major = 0, minor = 0;
  const auto* end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + kMark.size(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return false;
  std::from_chars(first.ptr + 1, end, minor);
  return major < 11 || (major == 11 && minor < 3);
}

}  // namespace

void fit_mends(const Config& config, LintFinding& finding) {
  if (!finding.object || finding.object->origin.file >= config.trees.size()) return;
  const auto& tree = config.trees[finding.object->origin.file];
  for (auto& mend : finding.mend) {
    if (!changes(mend)) continue;
    if (tree.grammar == Grammar::as3) mend = in_as3(mend);
    else if (tree.grammar == Grammar::bigpipe) mend = in_bigpipe(mend);
    else if (tree.grammar == Grammar::tmsh && is_before_11_3(tree)) mend = in_old_tmsh(std::move(mend));
  }
}

}  // namespace hairpin::f5
