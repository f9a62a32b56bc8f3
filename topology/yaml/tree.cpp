// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <utility>

#include "topology/yaml/words.hpp"

namespace hairpin::yaml {
namespace {

/// Ends the parsing from inside an event; parse_tree catches it.
struct Refused {
  TopologyProblem problem;
};

/// Makes a tree of the parser's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::vector<TopologyProblem>& problems) : problems_(problems) {}

  std::optional<Value> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(has_document_, true))
      refuse(mark, "a second document", "one file describes one topology");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = make(Kind::empty, mark, anchor, "?");
    // The parser's mark of an empty value is the next token's; its key says more.
    if (const auto* key = pending_key()) node.line = key->line, node.column = key->column;
    attach(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "an alias (*)", "write the value out; quote it when it begins with *");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = make(Kind::scalar, mark, anchor, tag);
    node.text = value;
    node.is_quoted = tag == "!";
    attach(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(Kind::list, mark, anchor, tag), mark);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(Kind::map, mark, anchor, tag), mark);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Value node;
    std::map<std::string, std::size_t> lines;  ///< of the keys
    bool drops_value = false;                  ///< the next value belongs to a duplicate key
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string what, std::string mend) {
    throw Refused{{static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1,
                   std::move(what), std::move(mend)}};
  }

  Value make(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    if (anchor != 0) refuse(mark, "an anchor (&)", "write the value out; quote it when it begins with &");
    if (tag != "?" && tag != "!" && !tag.empty())
      refuse(mark, "a tag (!)", "remove it; quote a value that begins with !");
    if (++nodes_ > kMostNodes)
      refuse(mark, fmt::format("more than {} values", kMostNodes), "is this the topology file?");
    Value node;
    node.kind = kind;
    node.line = static_cast<std::size_t>(mark.line) + 1;
    node.column = static_cast<std::size_t>(mark.column) + 1;
    return node;
  }

  bool expects_key() const {
    return !frames_.empty() && frames_.back().node.kind == Kind::map && !frames_.back().drops_value &&
           frames_.back().node.keys.size() == frames_.back().node.items.size();
  }

  const Value* pending_key() const {
    const bool has_key = !frames_.empty() && frames_.back().node.kind == Kind::map && !expects_key();
    return has_key && !frames_.back().node.keys.empty() ? &frames_.back().node.keys.back() : nullptr;
  }

  void open(Value node, const YAML::Mark& mark) {
    if (expects_key()) refuse(mark, "a key that is no plain text", "a key is one word, such as \"hosts\"");
    if (frames_.size() == kMostLevels)
      refuse(mark, fmt::format("nested deeper than {} levels", kMostLevels), "the format needs 8");
    frames_.push_back({std::move(node), {}, false});
  }

  void close() {
    Value node = std::move(frames_.back().node);
    frames_.pop_back();
    attach(std::move(node));
  }

  void attach(Value node) {
    if (frames_.empty()) {
      root_ = std::move(node);
    } else if (expects_key()) {
      attach_key(std::move(node));
    } else if (!std::exchange(frames_.back().drops_value, false)) {
      frames_.back().node.items.push_back(std::move(node));
    }
  }

  void attach_key(Value key) {
    auto& frame = frames_.back();
    const auto [first, is_new] = frame.lines.emplace(key.text, key.line);
    if (is_new) {
      frame.node.keys.push_back(std::move(key));
      return;
    }
    if (problems_.size() == kMostDuplicates)
      throw Refused{{key.line, key.column, "there are more duplicate keys", "mend these first"}};
    frame.drops_value = true;
    problems_.push_back({key.line, key.column,
                         fmt::format("duplicate key {}, first on line {}", in_quotes(key.text), first->second),
                         "remove one of them"});
  }

  std::vector<TopologyProblem>& problems_;
  std::optional<Value> root_;
  std::vector<Frame> frames_;
  std::size_t nodes_ = 0;
  bool has_document_ = false;
};

/// What yaml-cpp's terse messages mostly mean.
struct Advice {
  std::string_view message, mend;
};
constexpr Advice kAdvice[] = {
    {"illegal map value", "quote a value that contains \": \", and check the indentation"},
    {"end of map not found", "check the indentation of this line"},
    {"end of sequence not found", "check the indentation of this line"},
    {"end of map flow not found", "a { is not closed with }"},
    {"end of sequence flow not found", "a [ is not closed with ]"},
    {"illegal EOF in scalar", "a quote is not closed"},
    {"the referenced anchor is not defined", "quote a value that begins with *"},
    {"unknown token", "quote a value that begins with @ or `"},
};

TopologyProblem problem_of(const YAML::Exception& exception) {
  TopologyProblem problem{1, 1, "not YAML: " + exception.msg, "check the lines before it"};
  if (!exception.mark.is_null()) {
    problem.line = static_cast<std::size_t>(exception.mark.line) + 1;
    problem.column = static_cast<std::size_t>(exception.mark.column) + 1;
  }
  for (const auto& [message, mend] : kAdvice)
    if (exception.msg == message) problem.mend = mend;
  return problem;
}

}  // namespace

Tree parse_tree(std::string_view text) {
  Tree tree;
  TreeBuilder builder(tree.problems);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    tree.root = builder.take();
    if (!tree.root || tree.root->kind == Kind::empty) {
      tree.root.reset();
      tree.problems.push_back({1, 1, "the file is empty", "docs/topology.md has an example to start from"});
    }
  } catch (const Refused& refused) {
    tree.problems.push_back(refused.problem);
  } catch (const YAML::Exception& exception) {
    tree.problems.push_back(problem_of(exception));
  } catch (const std::exception& exception) {
    tree.problems.push_back(
        {1, 1, std::string("could not be parsed: ") + exception.what(), "is this a YAML file?"});
  }
  return tree;
}

}  // namespace hairpin::yaml
