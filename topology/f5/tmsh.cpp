// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "topology/f5/modules.hpp"
#include "topology/f5/scanner.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

// Objects whose body is Tcl, or a language that nests braces the same way.
constexpr std::array<std::string_view, 8> kRaw = {
    "ltm rule", "gtm rule", "pem irule", "cli script", "sys icall script", "sys application template",
    "sys application apl-script", "rule"};

// `one-line` output has no line ends, so a key has to say how much belongs to it. Keys without a value:
constexpr std::array<std::string_view, 26> kFlags = {
    "enabled",  "disabled",    "vlans-enabled", "vlans-disabled", "ip-forward", "l2-forward", "internal",
    "reject",   "dhcp-relay",  "stateless",     "automap",        "blackhole",  "tagged",     "untagged",
    "forward",  "select",      "request",       "response",       "tcp",        "contains",   "starts-with",
    "ends-with", "equals",     "all",           "drop",           "reset"};
// … and lists of bare words, where a word is no key of the next one:
constexpr std::array<std::string_view, 22> kLists = {
    "rules",     "vlans",   "members",       "options",    "values",     "allow-service",  "interfaces", "origins",
    "addresses", "ports",   "address-lists", "port-lists", "devices",    "related-rules",  "profiles",   "persist",
    "policies",  "value",   "fqdns",         "geo",        "of",         "security-log-profiles"};

// Keys with a value that people write on one line with their block.
constexpr std::array<std::string_view, 9> kInlineKeys = {"context", "default", "type",  "address", "session",
                                                         "state",   "pool",    "data",  "persist"};

bool holds(std::span<const std::string_view> table, std::string_view word) {
  return std::ranges::find(table, word) != table.end();
}

/// How the statements of a block are told apart.
enum class Layout { lines, list, pairs };

class TmshReader {
 public:
  TmshReader(std::string file, std::string text, const TreeLimits& limits)
      : tree_(std::move(file), std::move(text), Grammar::tmsh, limits), scan_(tree_) {}

  Result<Tree> read() {
    if (tree_.text().size() > tree_.limits().bytes)
      return refusal(fmt::format("read {}: it is larger than {} MiB", tree_.file(), tree_.limits().bytes >> 20));
    while (!failed_ && !is_at_end()) stanza();
    if (failed_) return *failed_;
    return tree_.finish();
  }

 private:
  bool is_at_end() {
    scan_.skip_space();
    return scan_.peek() == Token::end;
  }

  void fail(std::uint32_t line, const std::string& what) {
    if (!failed_) failed_ = refusal(fmt::format("read {}:{}: {}", tree_.file(), line, what));
  }
  std::string opened() const {
    return fmt::format("in the stanza `{}` that opened in line {}", stanza_words_, stanza_line_);
  }

  void stanza() {
    if (scan_.here() == '!') return foreign();
    if (scan_.here() == '#') return comment();
    const auto token = scan_.peek();
    if (token == Token::close) return fail(scan_.line(), "a \"}\" closes nothing");
    if (token != Token::word) return fail(scan_.line(), "a block without a name");
    statement(0, Layout::lines);
  }

  /// imish (the routing daemons' own configuration) follows some collections: lines between "!".
  void foreign() {
    const auto rest = tree_.text().substr(scan_.offset());
    tree_.push_node({.words = {}, .block = {}, .text = rest, .line = scan_.line(),
                     .raw_bytes = static_cast<std::uint32_t>(rest.size()), .kind = NodeKind::foreign});
    tree_.note(scan_.line(), "from here on it is the configuration of routing daemons (imish), which is not read");
    scan_.jump(tree_.text().size());
  }

  void comment() {
    const auto line = scan_.line();
    const auto text = scan_.line_rest();
    push({.words = {}, .block = {}, .text = text, .line = line, .raw_offset = 1,
          .raw_bytes = static_cast<std::uint32_t>(text.size() - 1), .kind = NodeKind::comment});
  }

  void push(const Node& node) {
    tree_.push_node(node);
    if (tree_.is_full())
      fail(node.line, fmt::format("more than {} statements", tree_.limits().nodes));
  }

  /// One statement with its block, if it has one. `level` 0: a stanza.
  void statement(std::uint32_t level, Layout layout) {
    const auto begin = scan_.offset();
    const auto line = scan_.line();
    const auto first_word = tree_.words_waiting();
    const auto token = head(level, layout, first_word);
    if (failed_) return;
    Node node{.words = tree_.take_words(first_word), .block = {}, .text = {}, .line = line};
    if (level == 0) open_stanza(node, token);
    if (token == Token::open && level == 0 && is_raw(node)) {
      raw(node, begin);
    } else if (token == Token::open) {
      scan_.skip(token);
      node.kind = NodeKind::block;
      node.block = block(level, node.words.empty() ? std::string_view() : node.words.back());
    } else if (token == Token::empty_block) {
      scan_.skip(token);
      node.kind = NodeKind::block;
    }
    if (failed_) return;
    node.text = tree_.text().substr(begin, end_of_statement(begin) - begin);
    push(node);
  }

  /// Without the blanks behind the last word.
  std::size_t end_of_statement(std::size_t begin) const {
    auto end = scan_.offset();
    while (end > begin && (tree_.text()[end - 1] == ' ' || tree_.text()[end - 1] == '\t' || tree_.text()[end - 1] == '\r' ||
                           tree_.text()[end - 1] == '\n'))
      --end;
    return end;
  }

  void open_stanza(const Node& node, Token token) {
    stanza_line_ = node.line;
    stanza_words_.clear();
    const bool is_known = is_module(node.words.front()) || is_bigpipe_stanza(node.words.front());
    if (!is_known) stanza_words_ = "[…]";  // a text in pieces, and one of them may be a key
    std::string_view before;
    for (const auto word : node.words.first(is_known ? std::min<std::size_t>(node.words.size(), 5) : 0)) {
      stanza_words_ += (stanza_words_.empty() ? "" : " ") + shown(before, word.substr(0, 100));
      if (!is_secret_key(before)) before = word;  // whatever stands behind "password" is one
    }
    if (token != Token::open && token != Token::empty_block)
      tree_.note(node.line, "a line outside every stanza" + (is_known ? ": " + shown(node.words.front()) + " […]" : std::string()));
  }

  static bool is_raw(const Node& node) {
    std::string kind;
    for (const auto word : node.words.first(std::min<std::size_t>(node.words.size(), 3))) {
      if (!kind.empty()) kind += ' ';
      kind += word;
      if (holds(kRaw, kind) && node.words.size() > 1) return true;
    }
    return false;
  }

  /// The words of a statement; what ended them.
  Token head(std::uint32_t level, Layout layout, std::size_t first_word) {
    for (;;) {
      auto token = scan_.peek();
      if (token == Token::newline && level == 0) token = name_on_the_next_line();
      if (token != Token::word) return token;
      const auto word = scan_.word();
      if (scan_.open_quote() > 0) {
        fail(scan_.open_quote(), "a quote opens here and never ends, " + opened());
        return Token::end;
      }
      tree_.push_word(word);
      const auto count = tree_.words_waiting() - first_word;
      if (layout != Layout::lines && is_complete(layout, word, count)) {
        const auto next = scan_.peek();
        return next == Token::open || next == Token::empty_block ? next : Token::newline;
      }
    }
  }

  /// Two objects of profile_base.conf have their brace on a line of its own.
  Token name_on_the_next_line() {
    auto rest = tree_.text().substr(scan_.offset());
    const auto next = rest.find_first_not_of(" \t\r\n");
    if (next == rest.npos || rest[next] != '{') return Token::newline;
    scan_.skip_space();
    return scan_.peek();
  }

  /// In one-line output: does the statement end behind this word?
  bool is_complete(Layout layout, std::string_view word, std::size_t count) {
    if (layout == Layout::list || (count == 1 && holds(kFlags, word))) return true;
    const auto next = scan_.peek();
    if (next != Token::word) return true;
    if (count == 1) return next_opens_a_block();
    const auto rest = tree_.text().substr(scan_.offset());
    // monitor /Common/a and /Common/b; monitor min 2 of { … }
    return word != "and" && word != "min" && !rest.starts_with("and ") && !rest.starts_with("of {");
  }

  /// "starts-with values { /x }": the first word is a flag, the block is the second's.
  bool next_opens_a_block() {
    const auto rest = tree_.text().substr(scan_.offset());
    const auto end = rest.find_first_of(" \t\r\n");
    if (end == rest.npos || rest.front() == '"') return false;
    const auto brace = rest.find_first_not_of(" \t", end);
    return brace != rest.npos && rest[brace] == '{';
  }

  std::span<const Node> block(std::uint32_t level, std::string_view key) {
    const auto line = scan_.line();
    if (level + 1 >= tree_.limits().levels) {
      fail(line, fmt::format("blocks in more than {} levels, {}", tree_.limits().levels, opened()));
      return {};
    }
    const auto layout = layout_of(level, key);
    const auto first = tree_.nodes_waiting();
    for (;;) {
      scan_.skip_space();
      const auto token = scan_.peek();
      if (token == Token::close) break;
      if (token == Token::end) fail(line, "a block opens here and never ends, " + opened());
      if (failed_) return {};
      if (token == Token::word && scan_.here() == '#' && (layout == Layout::lines || scan_.is_at_line_start()))
        comment();
      else
        statement(level + 1, layout);
      if (failed_) return {};
    }
    scan_.skip(Token::close);
    return tree_.take_nodes(first);
  }

  /// A stanza whose body begins behind its brace is one-line output.
  Layout layout_of(std::uint32_t level, std::string_view key) {
    const bool is_inline = scan_.peek() != Token::newline;
    if (level == 0) is_one_line_ = is_inline;
    if (!is_inline) return Layout::lines;
    if (holds(kLists, key)) return Layout::list;
    return is_one_line_ || next_is_a_key() ? Layout::pairs : Layout::list;
  }

  /// "{ context clientside }" of a person's hand; saved files have lists of bare words on one line, and nothing else.
  bool next_is_a_key() const {
    const auto rest = tree_.text().substr(scan_.offset());
    return holds(kInlineKeys, rest.substr(0, rest.find_first_of(" \t\r\n")));
  }

  void raw(Node& node, std::size_t begin) {
    scan_.skip(Token::open);
    const auto body = scan_.offset();
    bool was_cut = false;
    const auto end = scan_.tcl_end(&was_cut);
    if (was_cut && ++cuts_ > kMostCuts) return fail(node.line, "the braces of more than 16 rules are not balanced");
    if (end == std::string_view::npos) return fail(node.line, "a block opens here and never ends, " + opened());
    if (was_cut)
      tree_.note(node.line, fmt::format("the braces of `{}` are not balanced: it was taken to end where the next stanza begins",
                                        stanza_words_));
    node.kind = NodeKind::raw;
    node.raw_offset = static_cast<std::uint32_t>(body - begin);
    node.raw_bytes = static_cast<std::uint32_t>(end - body);
    scan_.jump(end);
    scan_.skip(Token::close);
  }

  static constexpr int kMostCuts = 16;  // each one has looked at the whole file

  Growing tree_;
  Scanner scan_;
  std::optional<Error> failed_;
  std::string stanza_words_;
  std::uint32_t stanza_line_ = 0;
  bool is_one_line_ = false;
  int cuts_ = 0;
};

}  // namespace

Result<Tree> read_tmsh(std::string file, std::string text, const TreeLimits& limits) {
  return TmshReader(std::move(file), std::move(text), limits).read();
}

}  // namespace hairpin::f5
