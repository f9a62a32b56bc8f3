// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/handle.hpp"

namespace hairpin::f5 {
namespace {

struct MemberFile {
  std::string path;
  std::string text;
  std::string link;  ///< symbolic, when it is not empty
};

std::string packed(const std::vector<MemberFile>& members) {
  std::string bytes(1u << 20, '\0');
  for (const auto& member : members) bytes.resize(bytes.size() + member.text.size());
  std::size_t used = 0;
  const Handle<archive, archive_write_free> writer(archive_write_new());
  archive_write_add_filter_gzip(writer.get());
  archive_write_set_format_ustar(writer.get());
  EXPECT_EQ(archive_write_open_memory(writer.get(), bytes.data(), bytes.size(), &used), ARCHIVE_OK);
  for (const auto& member : members) {
    const Handle<archive_entry, archive_entry_free> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), member.path.c_str());
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_filetype(entry.get(), member.link.empty() ? AE_IFREG : AE_IFLNK);
    if (!member.link.empty()) archive_entry_set_symlink(entry.get(), member.link.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.text.size()));
    EXPECT_EQ(archive_write_header(writer.get(), entry.get()), ARCHIVE_OK);
    if (!member.text.empty()) archive_write_data(writer.get(), member.text.data(), member.text.size());
  }
  archive_write_close(writer.get());
  bytes.resize(used);
  return bytes;
}

std::string error_of(const Result<std::vector<Tree>>& trees) { return trees ? "no error" : describe(trees.error()); }

TEST(F5Archive, ReadsTheConfigurationOfAUcsAndNothingElse) {
  const auto trees = read_archive(
      "box.ucs", packed({{"SPEC-Manifest", "x", ""},
                         {"config/bigip.conf", "ltm pool /Common/p { }\n", ""},
                         {"config/bigip_base.conf", "net vlan /Common/v { }\n", ""},
                         {"config/partitions/P/bigip.conf", "ltm pool /P/q { }\n", ""},
                         {"config/bigip_script.conf", "# nothing\n", ""},
                         {"config/.backup/bigip.conf.old", "ltm {", ""},
                         {"config/ssl/ssl.key/default.key", "-----BEGIN PRIVATE KEY-----", ""},
                         {"home/x/bigip.conf", "ltm {", ""}}));
  ASSERT_TRUE(trees) << describe(trees.error());
  std::vector<std::string> files;
  for (const auto& tree : *trees) files.push_back(tree.file);
  EXPECT_THAT(files, testing::ElementsAre("box.ucs:config/bigip.conf", "box.ucs:config/bigip_base.conf",
                                          "box.ucs:config/partitions/P/bigip.conf"));
}

TEST(F5Archive, NamesTheMemberAndLineOfWhatIsBroken) {
  EXPECT_EQ(error_of(read_archive("box.ucs", packed({{"config/bigip.conf", "ltm pool /Common/p {\n", ""}}))),
            "could not read box.ucs:config/bigip.conf:1: a block opens here and never ends, in the stanza `ltm pool "
            "/Common/p` that opened in line 1");
}

TEST(F5Archive, RefusesMembersThatLeaveTheArchive) {
  EXPECT_EQ(error_of(read_archive("a", packed({{"../config/bigip.conf", "ltm pool a { }\n", ""}}))),
            "could not read a: the member ../config/bigip.conf leaves the archive");
  EXPECT_EQ(error_of(read_archive("a", packed({{"config/bigip.conf", "", "/etc/passwd"}}))),
            "could not read a: the member config/bigip.conf is a link");
  EXPECT_TRUE(is_configuration_member("./config/bigip.conf"));
  EXPECT_FALSE(is_configuration_member("config/partitions/P/deep/bigip.conf"));
  EXPECT_FALSE(is_configuration_member("config/bigip.conf.bak"));
}

TEST(F5Archive, BoundsWhatItUnpacks) {
  ArchiveLimits limits;
  limits.member_bytes = 1000;
  const auto conf = packed({{"config/bigip.conf", "ltm pool a { }\n" + std::string(5000, '\n'), ""}});
  EXPECT_EQ(error_of(read_archive("a", conf, limits)), "could not read a: a:config/bigip.conf is larger than 0 MiB");
  limits = {};
  limits.members = 1;
  EXPECT_EQ(error_of(read_archive("a", packed({{"x", "", ""}, {"y", "", ""}}), limits)), "could not read a: more than 1 members");
}

TEST(F5Archive, StopsABombBeforeItHasBurst) {
  const auto bomb = packed({{"var/zeros", std::string(8u << 20, '\0'), ""}, {"config/bigip.conf", "ltm pool a { }\n", ""}});
  ASSERT_LT(bomb.size(), 1u << 15);
  ArchiveLimits limits;
  limits.harmless_bytes = 4u << 20;
  EXPECT_TRUE(read_archive("a", bomb)) << "small enough to be harmless";
  EXPECT_EQ(error_of(read_archive("a", bomb, limits)),
            "could not read a: it unpacks to more than 400 times its size: no configuration does");
}

TEST(F5Archive, SaysWhatIsDamagedOrEmpty) {
  auto cut = packed({{"config/bigip.conf", "ltm pool a { }\n" + std::string(100000, 'x') + "\n", ""}});
  cut.resize(cut.size() / 2);
  EXPECT_THAT(error_of(read_archive("a", cut)), testing::StartsWith("could not read a: the archive is damaged"));
  EXPECT_THAT(error_of(read_archive("a", packed({{"x", "y", ""}}))), testing::StartsWith("could not read a: no configuration in the archive"));
  EXPECT_THAT(error_of(read_archive("a", "\x1f\x8b garbage")), testing::StartsWith("could not read a: "));
}

}  // namespace
}  // namespace hairpin::f5
