// SPDX-License-Identifier: Apache-2.0
#include "base/handle.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace hairpin {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }
int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

int freed = 0;
void free_number(int* number) {
  ++freed;
  delete number;
}

TEST(Handle, FreesWhatItOwnsOnce) {
  freed = 0;
  {
    Handle<int, free_number> first(new int(1));
    const auto second = std::move(first);
    EXPECT_EQ(*second, 1);
  }
  EXPECT_EQ(freed, 1);
}

TEST(Handle, IsAsBigAsAPointer) { EXPECT_EQ((sizeof(Handle<int, free_number>)), sizeof(int*)); }

TEST(Descriptor, ClosesAtTheEnd) {
  int fd = -1;
  {
    const Descriptor descriptor(open_null());
    fd = descriptor.get();
    EXPECT_TRUE(descriptor);
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(Descriptor, MovesAndReleases) {
  Descriptor first(open_null());
  const int fd = first.get();
  Descriptor second(std::move(first));
  EXPECT_EQ(second.release(), fd);
  EXPECT_FALSE(second);
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

TEST(Descriptor, AssignmentKeepsEachFileOwnedOnce) {
  int old_fd = -1, new_fd = -1;
  {
    Descriptor first(open_null());
    old_fd = first.get();
    Descriptor second(open_null());
    new_fd = second.get();
    first = std::move(second);
    EXPECT_EQ(first.get(), new_fd);
  }
  EXPECT_FALSE(is_open(old_fd));
  EXPECT_FALSE(is_open(new_fd));
}

}  // namespace
}  // namespace hairpin
