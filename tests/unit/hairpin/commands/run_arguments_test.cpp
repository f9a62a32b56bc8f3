// SPDX-License-Identifier: Apache-2.0
#include "hairpin/commands/run_arguments.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace hairpin {
namespace {

/// The options of `run` from a command line; throws what the parser throws.
RunOptions parsed(const std::string& line) {
  CLI::App command;
  RunOptions options;
  add_run_options(command, options);
  command.parse(line);
  check_run_options(options);
  return options;
}

TEST(RunOptions, HaveTheDefaultsThatTheHelpNames) {
  const auto options = parsed("");
  EXPECT_EQ(options.format, "text");
  EXPECT_EQ(options.seed, 1U);
  EXPECT_EQ(options.limit, std::chrono::seconds(300));
  EXPECT_EQ(options.member_wait, milliseconds(6000));
  EXPECT_EQ(options.remote_hairpin, "hairpin");
  EXPECT_FALSE(options.only_family || options.is_dry_run || options.prepare_only || options.is_strict);
}

TEST(RunOptions, TakeWhatTheyAreGiven) {
  const auto options = parsed(
      "-6 -q --strict --seed 42 -o out --junit j.xml --limit 20 --member-wait 0 --pki keys "
      "--remote-hairpin /opt/bin/hairpin");
  EXPECT_EQ(options.only_family, Family::ipv6);
  EXPECT_TRUE(options.is_quiet && options.is_strict);
  EXPECT_EQ(options.seed, 42U);
  EXPECT_EQ(options.bundle_directory, "out");
  EXPECT_EQ(options.junit_file, "j.xml");
  EXPECT_EQ(options.limit, std::chrono::seconds(20));
  EXPECT_EQ(options.member_wait, milliseconds(0));
  EXPECT_EQ(options.pki_directory, "keys");
  EXPECT_EQ(options.remote_hairpin, "/opt/bin/hairpin");
}

TEST(RunOptions, TakeJsonAsAFormat) {
  EXPECT_EQ(parsed("--json").format, "json");
  EXPECT_EQ(parsed("-f nagios").format, "nagios");
}

TEST(RunOptions, RefuseContradictionsAndNonsense) {
  for (const auto* line : {"-4 -6", "-q -v", "--json -f junit", "-f xml", "--limit 0", "--seed x",
                           "--nonsense", "--remote-hairpin a;b"})
    EXPECT_THROW(parsed(line), CLI::ParseError) << line;
}

}  // namespace
}  // namespace hairpin
