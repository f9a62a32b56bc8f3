// SPDX-License-Identifier: Apache-2.0
// Captures that others made: the decoder against libpcap's own opinion of what is TCP.
#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <filesystem>

#include "capture/decode.hpp"
#include "capture/pcap_file.hpp"
#include "capture/pcap_handle.hpp"

namespace hairpin::capture {
namespace {

/// `ip6 proto 6` sees no TCP behind extension headers, and the corpus has none there. Two tags at most are
/// there.
constexpr const char* kTcp =
    "((ip and tcp and ip[6:2] & 0x1fff = 0) or (ip6 and tcp)) or (vlan and (tcp or (vlan and tcp)))";

std::string corpus() { return HAIRPIN_SOURCE_DIR "/../shared/corpus/captures/"; }

class Corpus : public testing::TestWithParam<const char*> {};

std::size_t tcp_frames_by_libpcap(const std::string& path) {
  char text[PCAP_ERRBUF_SIZE] = {};
  const Pcap handle(pcap_open_offline(path.c_str(), text));
  bpf_program program{};
  EXPECT_EQ(pcap_compile(handle.get(), &program, kTcp, 1, PCAP_NETMASK_UNKNOWN), 0)
      << pcap_geterr(handle.get());
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  std::size_t count = 0;
  while (pcap_next_ex(handle.get(), &header, &bytes) == 1)
    count += pcap_offline_filter(&program, header, bytes) != 0;
  pcap_freecode(&program);
  return count;
}

TEST_P(Corpus, EveryTcpFrameIsDecodedAndNoOther) {
  const auto path = corpus() + GetParam();
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  std::size_t decoded = 0;
  ASSERT_TRUE(read_pcap(
      path, [&](const Frame& frame, LinkType link) { decoded += decode(frame, link).has_value(); }));
  EXPECT_GT(decoded, 0u);
  EXPECT_EQ(decoded, tcp_frames_by_libpcap(path));
}

INSTANTIATE_TEST_SUITE_P(Captures, Corpus,
                         testing::Values("zeek/tcp/missing-syn.pcap", "zeek/wikipedia.pcap",
                                         "zeek/http/get.pcap", "zeek/tls/client-certificate.pcap",
                                         "zeek/tcp-http-with-padding.pcap", "f5/hackazon2-first600.pcap"));

TEST(CorpusOfTls, HasOneClientHelloPerHandshake) {
  const auto path = corpus() + "zeek/tls/client-certificate.pcap";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  std::size_t syns = 0, hellos = 0;
  ASSERT_TRUE(read_pcap(path, [&](const Frame& frame, LinkType link) {
    const auto packet = decode(frame, link);
    if (!packet) return;
    syns += packet->is_syn();
    hellos += packet->client_random.has_value();
  }));
  EXPECT_GT(hellos, 0u);
  EXPECT_EQ(hellos, syns);
}

}  // namespace
}  // namespace hairpin::capture
