// SPDX-License-Identifier: Apache-2.0
#include "hairpin/ssh/command.hpp"

#include <gmock/gmock.h>

#include "base/version.hpp"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const SshOrder kOrder{"ops@oc01", "oc01", "hairpin"};

TEST(SshArguments, LeaveEverythingButTheirOwnNeedsToTheUsersConfiguration) {
  const auto arguments = ssh_arguments("ssh", kOrder);
  ASSERT_TRUE(arguments);
  EXPECT_THAT(*arguments, ElementsAre("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o",
                                      "ControlMaster=no", "-o", "RemoteCommand=none", "--", "ops@oc01",
                                      StartsWith("exec sh -c '")));
}

TEST(SshArguments, AreOneFixedTextBetweenSingleQuotesAndTwoQuotedWords) {
  const auto remote = ssh_arguments("ssh", kOrder)->back();
  const std::string begin = "exec sh -c '", end = "' sh 'hairpin' 'oc01'";
  ASSERT_THAT(remote, testing::AllOf(StartsWith(begin), testing::EndsWith(end)));
  const auto script = remote.substr(begin.size(), remote.size() - begin.size() - end.size());
  EXPECT_EQ(script.find_first_of("'!\n\\"), script.npos) << script;  // csh and fish, too
  EXPECT_THAT(script, HasSubstr(R"("$h" agent --stdio --name "$2")"));
  EXPECT_THAT(script, HasSubstr("exec sudo -n -- "));
}

TEST(SshArguments, RefuseWordsThatAShellOrSshWouldReadAsMore) {
  const std::string hostile[] = {"",
                                 "-oProxyCommand=id",
                                 "oc01 id",
                                 "oc01;id",
                                 "oc01'id",
                                 "$(id)",
                                 "`id`",
                                 "oc01\nid",
                                 "oc01|id",
                                 "oc01&",
                                 "oc01>x",
                                 "~oc01",
                                 "oc01*",
                                 "oc01\"",
                                 "oc01\\",
                                 "\xc3\xa9",
                                 std::string(300, 'a')};
  for (const auto& word : hostile) {
    EXPECT_FALSE(ssh_arguments("ssh", {word, "oc01", "hairpin"})) << word;
    EXPECT_FALSE(ssh_arguments("ssh", {"oc01", word, "hairpin"})) << word;
    EXPECT_FALSE(ssh_arguments("ssh", {"oc01", "oc01", word})) << word;
    EXPECT_FALSE(is_remote_program(word)) << word;
  }
}

TEST(SshArguments, TakeTheProgramByPathOrByName) {
  for (const auto* program : {"hairpin", "/usr/local/bin/hairpin", "bin/hairpin-0.1.0+rc_1"}) {
    const auto arguments = ssh_arguments("ssh", {"oc01", "oc01", program});
    ASSERT_TRUE(arguments) << program;
    EXPECT_THAT(arguments->back(), HasSubstr(std::string(" sh '") + program + "' 'oc01'"));
  }
}

TEST(SshArguments, StartWhatTheUserHasInsteadOfSsh) {
  EXPECT_EQ(ssh_arguments("/opt/bin/my ssh", kOrder)->front(), "/opt/bin/my ssh");
}

void say(LastWords& words, const std::string& text) { words.put(std::span<const char>(text)); }

TEST(LastWords, AreTheLastLineThatIsNotEmpty) {
  LastWords words;
  EXPECT_EQ(words.line(), "");
  say(words, "***** authorized use only *****\r\n");
  say(words, "ops@oc01: Permission den");
  say(words, "ied (publickey).\r\n\r\n");
  EXPECT_EQ(words.line(), "ops@oc01: Permission denied (publickey).");
}

TEST(LastWords, CannotDriveATerminalAndStayBounded) {
  LastWords words;
  say(words, "one\n");
  say(words, std::string(1 << 20, 'x'));
  EXPECT_EQ(words.line(), std::string(2048, 'x'));
  say(words, "\n\x1b[2Jbye");
  EXPECT_EQ(words.line(), "\\x1b[2Jbye");
}

SshMeaning meaning(std::optional<int> status, const std::string& words) {
  return meaning_of(kOrder, {status, words}, "it ended the control connection");
}

TEST(SshMeaning, OfStatus255IsThatNobodyCouldLogIn) {
  const auto refused = meaning(255, "ops@oc01: Permission denied (publickey).");
  EXPECT_EQ(refused.state, AgentState::unreachable);
  EXPECT_THAT(refused.words,
              StartsWith("could not log in at ops@oc01 with ssh: ops@oc01: Permission denied"));
  EXPECT_THAT(refused.words, HasSubstr("`ssh -o BatchMode=yes ops@oc01 true`"));
}

TEST(SshMeaning, OfStatus127IsThatHairpinIsNotThere) {
  const auto missing = meaning(127, "there is no hairpin");
  EXPECT_EQ(missing.state, AgentState::unreachable);
  EXPECT_THAT(missing.words, HasSubstr("start hairpin on ops@oc01: there is no hairpin"));
  EXPECT_THAT(missing.words, HasSubstr("--remote-hairpin PATH"));
}

TEST(SshMeaning, OfSudosRefusalIsWantOfPrivilege) {
  const auto refused = meaning(1, "sudo: a password is required");
  EXPECT_EQ(refused.state, AgentState::no_privilege);
  EXPECT_THAT(refused.words, HasSubstr("sudo: a password is required"));
  EXPECT_THAT(refused.words, HasSubstr("NOPASSWD"));
  EXPECT_EQ(meaning(126, "the user is not root and there is no sudo").state, AgentState::no_privilege);
}

TEST(SshMeaning, OfAUsageErrorThereIsAnotherVersion) {
  const auto other = meaning(2, "The following argument was not expected: --stdio");
  EXPECT_EQ(other.state, AgentState::refused);
  EXPECT_THAT(other.words, HasSubstr(std::string("install hairpin ") + kVersion + " there"));
}

TEST(SshMeaning, OfAnythingElseIsWhatWasSeen) {
  for (const std::optional<int> status :
       {std::optional<int>(), std::optional<int>(0), std::optional<int>(143)}) {
    const auto unclear = meaning(status, "");
    EXPECT_EQ(unclear.state, AgentState::unreachable);
    EXPECT_THAT(unclear.words, HasSubstr("it ended the control connection"));
    EXPECT_THAT(unclear.words, HasSubstr("to print nothing"));
  }
  EXPECT_THAT(meaning({}, "Welcome!").words, HasSubstr("through ssh: Welcome!"));
}

}  // namespace
}  // namespace hairpin
