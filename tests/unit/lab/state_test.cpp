// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/state.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/lab/sites.hpp"

namespace hairpin::lab {
namespace {

/// A shelf of its own for each test, and gone with it.
class LabState : public testing::Test {
 protected:
  ~LabState() override {
    std::error_code ignored;
    std::filesystem::remove_all(shelf.directory, ignored);
  }
  const LabShelf shelf{testing::TempDir() + "hairpin-lab-" + testing::UnitTest::GetInstance()->current_test_info()->name() +
                       std::to_string(::getpid())};
};

TEST_F(LabState, ThisProcessIsIdentifiedByItsStartTime) {
  const auto one = identify(getpid());
  const auto again = identify(getpid());
  ASSERT_TRUE(one && again);
  EXPECT_GT(one->start_ticks, 0U);
  EXPECT_EQ(one->start_ticks, again->start_ticks);
  EXPECT_FALSE(identify(0x3fffffff).has_value());
}

TEST_F(LabState, AFolderBelongsToOneStartOfOnePid) {
  const auto folder = make_folder(shelf, "one");
  ASSERT_TRUE(folder.has_value());
  EXPECT_FALSE(live_holder(*folder).has_value());
  auto self = *identify(getpid());
  ASSERT_TRUE(write_holder(*folder, self).has_value());
  EXPECT_TRUE(live_holder(*folder).has_value());
  EXPECT_TRUE(sweep(shelf).empty());
  EXPECT_FALSE(make_folder(shelf, "one").has_value());
  self.start_ticks += 1;
  ASSERT_TRUE(write_holder(*folder, self).has_value());
  EXPECT_FALSE(live_holder(*folder).has_value());
  EXPECT_EQ(sweep(shelf), std::vector<std::string>{"one"});
  EXPECT_TRUE(sweep(shelf).empty());
}

/// From inside a container or `unshare --pid` no process of the others is seen: that it does not live is nothing anybody knows.
TEST_F(LabState, AFolderOfAnotherPidNamespaceIsLeftAlone) {
  const auto folder = make_folder(shelf, "one");
  ASSERT_TRUE(folder.has_value());
  const auto self = *identify(getpid());
  std::ofstream(*folder + "/holder") << self.pid << ' ' << self.start_ticks << " pid:[1]\n";
  EXPECT_FALSE(live_holder(*folder).has_value());
  EXPECT_TRUE(sweep(shelf).empty());
  std::ofstream(*folder + "/holder") << self.pid << ' ' << self.start_ticks + 1 << '\n';  // as it was written before
  EXPECT_EQ(sweep(shelf), std::vector<std::string>{"one"});
}

TEST_F(LabState, AnUnclaimedFolderIsLeftToItsMakerForAWhile) {
  const auto folder = make_folder(shelf, "new");
  ASSERT_TRUE(folder.has_value());
  EXPECT_TRUE(sweep(shelf).empty());
  remove_folder(*folder);
}

TEST_F(LabState, RecordComesBack) {
  const auto folder = make_folder(shelf, "kept");
  ASSERT_TRUE(folder.has_value());
  LabRecord record;
  record.name = "kept";
  record.faults = {"vip-silent"};
  record.since = WallTime(std::chrono::seconds(1'800'000'000));
  ASSERT_TRUE(write_record(*folder, record).has_value());
  const auto read = read_record(*folder);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->name, "kept");
  EXPECT_EQ(read->faults, record.faults);
  EXPECT_EQ(read->since, record.since);
  remove_folder(*folder);
  EXPECT_FALSE(read_record(*folder).has_value());
}

}  // namespace
}  // namespace hairpin::lab
