// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>

#include "topology/f5/build/reading.hpp"

namespace hairpin::f5 {
namespace {

// What an iRule may do to a connection's path (F5's iRules reference); looked for where Tcl takes a word as a command.
constexpr std::array<Text, 30> kCommands = {
    "snat",        "snatpool",    "pool",          "node",         "virtual",       "forward",      "drop",
    "discard",     "reject",      "persist",       "translate",    "lasthop",       "nexthop",      "clone",
    "TCP::close",  "HTTP::disable", "SSL::disable", "SSL::enable",  "HTTP::redirect", "HTTP::respond", "ACCESS::disable", "use",
    "rateclass",   "vlan",        "CONNECTOR::enable", "HTTP::proxy", "call",     "eval",          "uplevel",      "subst"};
// All that load balancing has, whichever F5 adds next.
constexpr Text kBalancing = "LB::";
constexpr std::array<Text, 4> kExpressionAfter = {"if", "elseif", "while", "expr"};
constexpr std::array<Text, 4> kScriptAfter = {"else", "then", "catch", "default"};
constexpr std::array<Text, 28> kOperators = {"eq", "ne", "equals", "contains", "starts_with", "ends_with", "matches", "matches_glob", "matches_regex", "and", "or", "in", "ni",
                                             "==", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%", "?", ")"};
constexpr std::size_t kMostArgument = 200;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool ends_word(char c) { return is_blank(c) || c == '\n' || c == ';' || c == '[' || c == ']' || c == '{' || c == '}'; }

class TclScan {
 public:
  TclScan(Reading& reading, Rule& rule) : reading_(reading), rule_(rule), text_(rule.body), line_(rule.node->line) {
    is_one_line_ = reading.is_json();
  }

  void run() {
    while (at_ < text_.size()) step();
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      is_command_ = true;
      is_line_start_ = true;
      ++at_;
      return;
    }
    if (c == '#' && is_line_start_) return skip_comment();
    is_line_start_ = is_line_start_ && is_blank(c);
    if (c == '"' && is_word_start()) quote();
    if (is_blank(c)) {
    } else if (c == ';' || c == '{' || c == '[') {
      is_command_ = true;
      is_operand_ = c == '{' && opens_expression();
    } else if (c == '\\') {
      if (at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++line_;
      ++at_;
    } else if (is_command_) {
      return command();
    }
    ++at_;
  }

  bool is_word_start() const { return at_ == 0 || ends_word(text_[at_ - 1]); }

  /// Comments elsewhere than at the beginning of a line are read as commands: what looks like one may be data in braces or
  /// quotes, and a command must not hide behind it.
  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
        ++line_;
        ++at_;
      }
      ++at_;
    }
  }

  /// Quoted text is read like the rest: Tcl runs what stands in its brackets, and a quote in braces is no quote at all,
  /// which only a whole Tcl could tell. Words of a text may be taken for commands so, but no command for a text; and
  /// they name no object.
  void quote() {
    if (at_ < quoted_until_ || open_quotes_ > kMostOpenQuotes) return;
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    is_command_ = is_command_ || is_quoted_script();
    if (end < text_.size()) quoted_until_ = end;
    else ++open_quotes_;
  }

  /// The word in front of here, on the same line.
  Text word_before() const {
    auto end = at_;
    while (end > 0 && is_blank(text_[end - 1])) --end;
    auto begin = end;
    while (begin > 0 && !ends_word(text_[begin - 1])) --begin;
    return text_.substr(begin, end - begin);
  }

  bool opens_expression() const { return std::ranges::find(kExpressionAfter, word_before()) != kExpressionAfter.end(); }

  /// Quoted words that Tcl runs: `if {…} "pool p"`, `else "pool p"`.
  bool is_quoted_script() const {
    auto end = at_;
    while (end > 0 && is_blank(text_[end - 1])) --end;
    if (end == at_ || end == 0) return false;
    return text_[end - 1] == '}' || std::ranges::find(kScriptAfter, word_before()) != kScriptAfter.end();
  }

  /// `$x`, `${x}`; not the end of a regular expression. The word ends here.
  bool has_variable(Text word) const {
    const auto dollar = word.find('$');
    if (dollar == Text::npos) return false;
    const char next = dollar + 1 < word.size() ? word[dollar + 1] : at_ < text_.size() ? text_[at_] : ' ';
    return std::isalnum(static_cast<unsigned char>(next)) != 0 || next == '_' || next == ':' || next == '{';
  }

  /// An operator follows, or the end of the braces of `if`: a value that is compared, and no command.
  bool is_operand() const {
    if (is_operand_) return true;
    auto begin = at_;
    while (begin < text_.size() && is_blank(text_[begin])) ++begin;
    auto end = begin;
    while (end < text_.size() && !ends_word(text_[end])) ++end;
    return std::ranges::find(kOperators, text_.substr(begin, end - begin)) != kOperators.end();
  }

  void command() {
    const auto begin = at_;
    const bool is_quoted = text_[at_] == '"';
    if (is_quoted) ++at_;
    while (at_ < text_.size() && !ends_word(text_[at_]) && !(is_quoted && text_[at_] == '"')) ++at_;
    auto word = text_.substr(begin + is_quoted, at_ - begin - is_quoted);
    if (is_quoted && at_ < text_.size() && text_[at_] == '"') ++at_;
    if (word.starts_with("::")) word.remove_prefix(2);
    is_command_ = false;
    const bool is_compared = is_operand();
    is_operand_ = false;
    if ((word == "when" || word == "proc") && begin >= quoted_until_) {
      const auto name = argument();
      event_ = word == "when" ? name.substr(0, name.find_first_of(" \t\r\n{")) : Text();
    } else if (has_variable(word)) {
      if (!is_compared && word.find_first_of("<>=!+*/%&|()?,") == Text::npos) act(word);  // what a variable holds may be any command
    } else if (is_quoted && is_compared) {
    } else if (word.starts_with(kBalancing) || std::ranges::find(kCommands, word) != kCommands.end()) {
      act(word);
    }
  }

  /// The rest of the command, without moving on: commands nested in it are commands too.
  Text argument() const {
    auto end = at_;
    int depth = 0;
    for (; end < text_.size() && end - at_ < kMostArgument; ++end) {
      const char c = text_[end];
      if (depth == 0 && (c == '\n' || c == ';' || c == ']' || c == '}')) break;
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      if (c == '\\') ++end;
    }
    auto text = text_.substr(at_, std::min(end, text_.size()) - at_);
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
  }

  void act(Text word) {
    const auto words = argument();
    if (word == "virtual" && (words.empty() || words == "name")) return;  // asks, and does nothing
    const Origin origin{reading_.origin(*rule_.node).file, is_one_line_ ? rule_.node->line : line_};
    rule_.acts.push_back({event_, word, words, origin});
    if (at_ >= quoted_until_) refer(word, words, origin);
  }

  /// A literal name is a use of that object; what a variable holds nobody knows here.
  void refer(Text word, Text words, const Origin& origin) {
    const auto name = words.substr(0, words.find_first_of(" \t\r\n;"));
    const bool is_literal = !name.empty() && name.find_first_of("$[\"{") == name.npos &&
                            (name.front() == '/' || rule_.partition() == "Common");
    if (!is_literal) return;
    Node at;
    at.line = origin.line;
    if (word == "pool" && name != "member") reading_.reference("pool in a rule", kPoolKind, name, at);
    if (word == "snatpool") reading_.reference("snatpool in a rule", kSnatPoolKind, name, at);
    if (word == "virtual") reading_.reference("virtual in a rule", "ltm virtual", name, at);
  }

  static constexpr int kMostOpenQuotes = 16;  // each one has looked at the whole rule

  Reading& reading_;
  Rule& rule_;
  Text text_;
  std::size_t at_ = 0;
  std::uint32_t line_;
  Text event_;
  bool is_command_ = true;
  bool is_line_start_ = true;
  bool is_operand_ = false;       ///< the next word is the first of an expression
  std::size_t quoted_until_ = 0;  ///< where the last quote ends, if it is one
  bool is_one_line_ = false;  ///< JSON has the whole rule in one
  int open_quotes_ = 0;
};

}  // namespace

void read_object(Reading& reading, Rule& object) {
  object.is_elsewhere = object.node->is_block() && object.node->child(kTextElsewhere);
  object.body = object.node->raw();
  TclScan(reading, object).run();
}

}  // namespace hairpin::f5
