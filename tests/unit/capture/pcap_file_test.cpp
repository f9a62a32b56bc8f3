// SPDX-License-Identifier: Apache-2.0
#include "capture/pcap_file.hpp"

#include <gmock/gmock.h>
#include <pcap/pcap.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "packets.hpp"

namespace hairpin::capture {
namespace {

using namespace testing_packets;

struct Kept {
  WallTime time;
  std::uint32_t original_bytes;
  Bytes bytes;
  LinkType link;
};

class PcapFiles : public testing::Test {
 protected:
  std::string path() const {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    return testing::TempDir() + "hairpin-" + info->name() + ".pcap";
  }
  void TearDown() override { std::filesystem::remove(path()); }
  void put(const Bytes& bytes) const {
    std::ofstream(path(), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  Bytes content() const {
    std::ifstream file(path(), std::ios::binary);
    return Bytes{std::istreambuf_iterator<char>(file), {}};
  }
  Result<> read(const std::string& from) {
    return read_pcap(from, [this](const Frame& frame, LinkType link) {
      kept.push_back(
          {frame.time, frame.original_length_bytes, Bytes(frame.bytes.begin(), frame.bytes.end()), link});
    });
  }
  std::vector<Kept> kept;
};

TEST_F(PcapFiles, GiveBackWhatWasWritten) {
  for (const auto link : {LinkType::ethernet, LinkType::linux_sll2, LinkType::raw_ip}) {
    kept.clear();
    const auto writer = PcapWriter::create(path(), link).value();
    const Bytes bytes = from_hex("00010203040506");
    const WallTime time(std::chrono::seconds(1700000000) + nanoseconds(123456789));
    ASSERT_TRUE(writer->write(Frame{time, 1514, bytes}));
    ASSERT_TRUE(writer->write(Frame{time + nanoseconds(1), 0, bytes}));
    ASSERT_TRUE(writer->close());
    ASSERT_TRUE(read(path()));
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].time, time);
    EXPECT_EQ(kept[0].original_bytes, 1514u);
    EXPECT_EQ(kept[0].bytes, bytes);
    EXPECT_EQ(kept[0].link, link);
    EXPECT_EQ(kept[1].time, time + nanoseconds(1));
    EXPECT_EQ(kept[1].original_bytes, 7u) << "never shorter than what is there";
  }
}

TEST_F(PcapFiles, AreWrittenWithNanosecondMagicAndTheLinkTypesNumber) {
  const auto writer = PcapWriter::create(path(), LinkType::raw_ip).value();
  ASSERT_TRUE(writer->close());
  const auto bytes = content();
  ASSERT_EQ(bytes.size(), 24u);
  std::uint32_t magic = 0, link = 0;
  std::memcpy(&magic, bytes.data(), 4);
  std::memcpy(&link, bytes.data() + 20, 4);
  EXPECT_EQ(magic, 0xa1b23c4du);
  EXPECT_EQ(link, 101u);
}

TEST_F(PcapFiles, AreReadInEitherByteOrderAndPrecision) {
  put(
      from_hex("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001"
               "00000002 00000003 00000002 0000003c aabb"));
  ASSERT_TRUE(read(path()));
  put(
      from_hex("4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000"
               "02000000 03000000 02000000 3c000000 aabb"));
  ASSERT_TRUE(read(path()));
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].time.time_since_epoch(), std::chrono::seconds(2) + std::chrono::microseconds(3));
  EXPECT_EQ(kept[1].time.time_since_epoch(), std::chrono::seconds(2) + nanoseconds(3));
  for (const auto& frame : kept) {
    EXPECT_EQ(frame.bytes, from_hex("aabb"));
    EXPECT_EQ(frame.original_bytes, 60u);
  }
}

TEST_F(PcapFiles, ThatEndEarlyGiveWhatTheyHaveAndAnError) {
  put(
      from_hex("4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000"
               "02000000 03000000 02000000 3c000000 aabb"
               "02000000 03000000 04000000 3c000000 aabb"));
  const auto result = read(path());
  ASSERT_FALSE(result);
  EXPECT_THAT(describe(result.error()), testing::HasSubstr("truncated"));
  EXPECT_EQ(kept.size(), 1u);
}

TEST_F(PcapFiles, ThatAreNoneAreRefusedByName) {
  const auto missing = read(path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, boost::system::errc::no_such_file_or_directory);
  put(from_hex("00000000"));
  const auto garbage = read(path());
  ASSERT_FALSE(garbage);
  EXPECT_THAT(describe(garbage.error()), testing::HasSubstr(path()));
  put(from_hex("4d3cb2a1 0200 0400 00000000 00000000 00000400 69000000"));  // IEEE 802.11
  EXPECT_FALSE(read(path()));
}

TEST_F(PcapFiles, ThatCannotBeCreatedSayWhy) {
  const auto writer = PcapWriter::create("/nonexistent/x.pcap", LinkType::ethernet);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, boost::system::errc::no_such_file_or_directory);
}

TEST_F(PcapFiles, OnAFullDiskSaySoAtTheLatestWhenClosed) {
  const auto writer = PcapWriter::create("/dev/full", LinkType::ethernet).value();
  const Bytes bytes(256);
  ASSERT_TRUE(writer->write(frame(bytes))) << "still buffered";
  const auto closed = writer->close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, boost::system::errc::no_space_on_device);
}

TEST_F(PcapFiles, OnAFullDiskSaySoWhileWriting) {
  const auto writer = PcapWriter::create("/dev/full", LinkType::ethernet).value();
  const Bytes bytes(60000);
  Result<> written;
  for (int i = 0; i < 10 && written; ++i) written = writer->write(frame(bytes));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, boost::system::errc::no_space_on_device);
}

TEST_F(PcapFiles, RefuseFramesThatNoReaderAccepts) {
  const auto writer = PcapWriter::create(path(), LinkType::ethernet).value();
  EXPECT_TRUE(writer->write(frame(Bytes(262144))));
  EXPECT_FALSE(writer->write(frame(Bytes(262145))));
  ASSERT_TRUE(writer->close());
  EXPECT_FALSE(writer->write(frame(Bytes(1)))) << "closed";
  EXPECT_TRUE(writer->close()) << "closing twice is no error";
}

}  // namespace
}  // namespace hairpin::capture
