// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/tree.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/unit/f5/corpus.hpp"

namespace hairpin::f5 {
namespace {

Tree read(std::string text) {
  auto tree = read_tmsh("t.conf", std::move(text));
  EXPECT_TRUE(tree) << describe(tree.error());
  return std::move(*tree);
}
std::string error_of(std::string text) {
  auto tree = read_tmsh("t.conf", std::move(text));
  return tree ? "no error" : describe(tree.error());
}
std::string form(const Tree& tree) {
  std::string all;
  for (const auto& node : tree.nodes) all += tmsh_form(node);
  return all;
}

/// A node as the answer keys of F5's own parser tests have it.
boost::json::value keyed(const Node& node) {
  boost::json::object object{{"line", node.line}};
  boost::json::array words;
  if (node.kind == NodeKind::comment) words.push_back("#");
  for (const auto word : node.words) words.push_back(boost::json::string(word));
  object["args"] = std::move(words);
  if (node.kind == NodeKind::comment) object["comment"] = boost::json::string(node.raw());
  if (!node.is_block()) return object;
  boost::json::array block;
  for (const auto& child : node.block) block.push_back(keyed(child));
  object["block"] = std::move(block);
  return object;
}

TEST(F5Tree, EqualsTheAnswerKeysOfF5sParserTests) {
  HAIRPIN_NEEDS_CORPUS();
  std::size_t keys = 0;
  for (const auto& key : files_below(corpus() / "journeys" / "answer-key")) {
    const auto expected = boost::json::parse(text_of(key));
    const auto file = corpus() / "journeys" / std::string(expected.at("config").as_string());
    if (!std::filesystem::exists(file)) continue;
    const auto tree = read(text_of(file));
    boost::json::array parsed;
    for (const auto& node : tree.nodes) parsed.push_back(keyed(node));
    EXPECT_EQ(boost::json::serialize(parsed),
              boost::json::serialize(expected.at("expected").at("config").at(0).at("parsed")))
        << key;
    ++keys;
  }
  EXPECT_GE(keys, 8u);
}

TEST(F5Tree, WritesEveryFileOfTheCorpusAgainByteForByte) {
  HAIRPIN_NEEDS_CORPUS();
  std::size_t files = 0;
  for (const auto* folder : {"batfish", "batfish-dnat/configs", "defaults", "journeys/basic", "journeys/with_comments"})
    for (const auto& file : files_below(corpus() / folder)) {
      if (file.filename() == "LICENSE" || file.extension() == ".json") continue;
      const auto text = text_of(file);
      const auto tree = read(text);
      EXPECT_EQ(write(tree), text) << file;
      ++files;
    }
  EXPECT_GE(files, 40u);
}

TEST(F5Tree, SaysItInTheFormOfTmsh) {
  HAIRPIN_NEEDS_CORPUS();
  const auto text = text_of(corpus() / "journeys/basic/complex_obj.conf");
  EXPECT_EQ(form(read(text)), text + "\n");
}

TEST(F5Tree, QuotesWhereTheyAreNeeded) {
  const std::string text = "ltm monitor http /Common/m {\n    recv \"200 OK\"\n    recv-disable \"\"\n    send \"GET /\\\\r\\\\n\"\n}\n";
  EXPECT_EQ(form(read(text)), text);
}

TEST(F5Tree, TakesABraceForABraceOnlyWhereItStandsAlone) {
  const auto tree = read("ltm pool /Common/p {\n    description foo{bar}\n    x a{\n}\n");
  ASSERT_EQ(tree.nodes.size(), 1u);
  ASSERT_EQ(tree.nodes[0].block.size(), 2u);
  EXPECT_EQ(tree.nodes[0].block[0].word(1), "foo{bar}");
  EXPECT_EQ(tree.nodes[0].block[1].word(1), "a{");
}

TEST(F5Tree, KeepsBracesAndCommentMarksInsideQuotes) {
  const auto tree = read("ltm pool /Common/p {\n    description \"a } # {\n b \\\" c\"\n    next 1\n}\n");
  ASSERT_EQ(tree.nodes[0].block.size(), 2u);
  EXPECT_EQ(tree.nodes[0].block[0].word(1), "a } # {\n b \" c");
  EXPECT_EQ(tree.nodes[0].block[1].line, 4u);
}

TEST(F5Tree, KeepsTwoCharacterEscapesOfOtherLanguages) {
  const auto tree = read("a b {\n    recv \"\\d+\\r\\n\\?\"\n}\n");
  EXPECT_EQ(tree.nodes[0].block[0].word(1), "\\d+\\r\\n?");
}

TEST(F5Tree, SplitsOneLineOutput) {
  const auto tree = read(
      "ltm virtual vs { destination 10.0.0.1:https ip-protocol tcp vlans-enabled pool p profiles { tcp { } http { context "
      "all } } rules { a b } source-address-translation { pool sp type snat } translate-address disabled vs-index 5 }\n"
      "ltm pool p { members { 10.0.0.2:http { address 10.0.0.2 session monitor-enabled } } monitor http and tcp }\n"
      "ltm pool q { monitor min 1 of { http tcp } min-active-members 1 }\n");
  ASSERT_EQ(tree.nodes.size(), 3u);
  const auto& vs = tree.nodes[0];
  EXPECT_EQ(vs.block.size(), 9u);
  EXPECT_EQ(vs.child("destination")->word(1), "10.0.0.1:https");
  EXPECT_EQ(vs.child("vlans-enabled")->words.size(), 1u);
  EXPECT_EQ(vs.child("profiles")->child("http")->child("context")->word(1), "all");
  EXPECT_EQ(vs.child("rules")->block.size(), 2u);
  EXPECT_EQ(vs.child("source-address-translation")->child("type")->word(1), "snat");
  EXPECT_EQ(tree.nodes[1].child("monitor")->words.size(), 4u);
  EXPECT_EQ(tree.nodes[1].child("members")->child("10.0.0.2:http")->child("session")->word(1), "monitor-enabled");
  EXPECT_EQ(tree.nodes[2].child("monitor")->words.size(), 4u);
  EXPECT_EQ(tree.nodes[2].child("monitor")->block.size(), 2u);
  EXPECT_EQ(tree.nodes[2].child("min-active-members")->word(1), "1");
}

TEST(F5Tree, KeepsTclAsItIs) {
  const std::string rule =
      "ltm rule /Common/r {\nwhen CLIENT_ACCEPTED {\n  # if { broken\n  if { [IP::addr x] } { snat \"}{\" }\n  set a \\{\n}\n}\n";
  const auto tree = read(rule + "ltm pool /Common/p { }\n");
  ASSERT_EQ(tree.nodes.size(), 2u);
  EXPECT_EQ(tree.nodes[0].kind, NodeKind::raw);
  EXPECT_TRUE(tree.nodes[0].raw().ends_with("set a \\{\n}\n"));
  EXPECT_EQ(tree.nodes[1].line, 8u);
  EXPECT_EQ(write(tree), rule + "ltm pool /Common/p { }\n");
}

TEST(F5Tree, FindsTheNextStanzaWhereTclHasLostCount) {
  const auto tree = read("ltm rule /Common/r {\n  when X {\n}\nltm pool /Common/p { }\n");
  ASSERT_EQ(tree.nodes.size(), 2u);
  EXPECT_EQ(tree.nodes[1].words[1], "pool");
  ASSERT_EQ(tree.notices.size(), 1u);
  EXPECT_EQ(tree.notices[0].line, 1u);
}

TEST(F5Tree, StopsAtTheRoutingDaemonsOwnLanguage) {
  const auto tree = read("ltm pool /Common/p { }\n!\nrouter bgp 1\n neighbor { x\n!\n");
  ASSERT_EQ(tree.nodes.size(), 2u);
  EXPECT_EQ(tree.nodes[1].kind, NodeKind::foreign);
  EXPECT_EQ(tree.nodes[1].line, 2u);
  ASSERT_EQ(tree.notices.size(), 1u);
}

TEST(F5Tree, NamesTheLineAndTheStanzaOfWhatIsBroken) {
  EXPECT_EQ(error_of("ltm pool /Common/p {\n    members {\n        a { }\n"),
            "could not read t.conf:2: a block opens here and never ends, in the stanza `ltm pool /Common/p` that opened in "
            "line 1");
  EXPECT_EQ(error_of("ltm pool /Common/p { }\n}\n"), "could not read t.conf:2: a \"}\" closes nothing");
  EXPECT_EQ(error_of("ltm pool /Common/p {\n    description \"a\n}\n"),
            "could not read t.conf:2: a quote opens here and never ends, in the stanza `ltm pool /Common/p` that opened in "
            "line 1");
  EXPECT_EQ(error_of("ltm rule /Common/p {\n when X {\n"),
            "could not read t.conf:1: a block opens here and never ends, in the stanza `ltm rule /Common/p` that opened in "
            "line 1");
}

TEST(F5Tree, NamesNoSecretInAnError) {
  EXPECT_EQ(error_of("auth user $M$ab$cdef {\n").find("cdef"), std::string::npos);
  const auto tree = read("sys x { }\npassword plain text\n");
  ASSERT_EQ(tree.notices.size(), 1u);
  EXPECT_EQ(tree.notices[0].what, "a line outside every stanza");
  EXPECT_EQ(error_of("MIIEvQIBADANBg {\n").find("MIIE"), std::string::npos) << "a key that somebody pasted";
  EXPECT_NE(error_of("ltm pool /Common/p {\n").find("ltm pool /Common/p"), std::string::npos);
}

TEST(F5Tree, BoundsDepthAndNumber) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "a {\n";
  EXPECT_EQ(error_of(deep),
            "could not read t.conf:64: blocks in more than 64 levels, in the stanza `[…]` that opened in line 1");
  EXPECT_EQ(error_of("\n{ { { {"), "could not read t.conf:2: a block without a name");
  TreeLimits few;
  few.nodes = 3;
  const auto many = read_tmsh("t.conf", "a { }\nb { }\nc { }\nd { }\n", few);
  ASSERT_FALSE(many);
  EXPECT_EQ(describe(many.error()), "could not read t.conf:4: more than 3 statements");
  few.bytes = 0;
  EXPECT_FALSE(read_tmsh("t.conf", "a { }\n", few));
}

TEST(F5Tree, ReplacesOneStanzaAndNothingElse) {
  const auto tree = read("# head\nltm pool /Common/a { }\n\nltm pool /Common/b {\n  x y\n}\n");
  EXPECT_EQ(write_with(tree, tree.nodes[2], "NEW"), "# head\nltm pool /Common/a { }\n\nNEW\n");
  EXPECT_EQ(write_with(tree, tree.nodes[2].block[0], "z"),
            "# head\nltm pool /Common/a { }\n\nltm pool /Common/b {\n  z\n}\n");
}

TEST(F5Tree, ReadsWindowsLineEndsAndAnEditorsMark) {
  const auto tree = read("\xef\xbb\xbf#TMSH-VERSION: 15.1.8.2\r\nltm pool /Common/a {\r\n    monitor tcp\r\n}\r\n");
  ASSERT_EQ(tree.nodes.size(), 2u);
  EXPECT_EQ(tree.nodes[0].raw(), "TMSH-VERSION: 15.1.8.2");
  EXPECT_EQ(tree.nodes[1].child("monitor")->words.size(), 2u);
}

}  // namespace
}  // namespace hairpin::f5
