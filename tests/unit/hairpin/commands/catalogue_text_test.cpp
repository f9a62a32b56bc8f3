// SPDX-License-Identifier: Apache-2.0
#include "hairpin/commands/catalogue_text.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "checks/causes.hpp"
#include "checks/check.hpp"

namespace hairpin {
namespace {

TEST(Catalogue, ExplainsEveryCheckAndEveryCause) {
  for (const auto& check : checks::catalogue()) EXPECT_TRUE(explanation(check.id)) << check.id;
  for (const auto& cause : checks::causes()) {
    const auto text = explanation(cause.id);
    ASSERT_TRUE(text) << cause.id;
    EXPECT_NE(text->find(cause.mend), std::string::npos) << cause.id;
  }
}

TEST(Catalogue, SuggestsWhatWasMeant) {
  EXPECT_FALSE(explanation("retrun-path"));
  EXPECT_EQ(nearest_id("retrun-path"), "return-path");
  EXPECT_EQ(nearest_id("snat.absnt"), "snat.absent");
  EXPECT_TRUE(nearest_id("something else altogether").empty());
}

TEST(Catalogue, ListsTheSameIdsInTextAndJson) {
  const auto text = catalogue_text();
  const auto json = catalogue_json();
  for (const auto& cause : checks::causes()) {
    EXPECT_NE(text.find(cause.id), std::string::npos) << cause.id;
    if (checks::find_check(cause.check) == nullptr) continue;  // a check that is not written yet
    EXPECT_NE(json.find("\"" + std::string(cause.id) + "\""), std::string::npos) << cause.id;
  }
}

TEST(Catalogue, WritesThePagesOnceAndLeavesThemAlone) {
  const auto directory = testing::TempDir() + "hairpin-pages";
  std::filesystem::remove_all(directory);
  ASSERT_TRUE(write_pages(directory));
  const auto page = directory + "/return-path.md";
  const auto written = std::filesystem::last_write_time(page);
  ASSERT_TRUE(write_pages(directory));
  EXPECT_EQ(std::filesystem::last_write_time(page), written);
  std::size_t pages = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++pages;
  EXPECT_EQ(pages, checks::catalogue().size() + 1);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace hairpin
