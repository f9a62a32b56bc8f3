// SPDX-License-Identifier: Apache-2.0
#include "topology/host/counters.hpp"

#include <gmock/gmock.h>

namespace hairpin::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(PairedLines, AreNamedAsNstatNamesThem) {
  const auto counters = parse_paired_lines(
      "Ip: Forwarding InReceives\n"
      "Ip: 1 896\n"
      "TcpExt: EmbryonicRsts TCPSynRetrans\n"
      "TcpExt: 4 18446744073709551615\n");
  EXPECT_THAT(counters,
              ElementsAre(Pair("IpForwarding", 1), Pair("IpInReceives", 896), Pair("TcpExtEmbryonicRsts", 4),
                          Pair("TcpExtTCPSynRetrans", 18446744073709551615u)));
}

TEST(PairedLines, LeaveOutWhatIsNoCounter) {
  EXPECT_THAT(parse_paired_lines("Tcp: MaxConn OutRsts\nTcp: -1 7\n"), ElementsAre(Pair("TcpOutRsts", 7)));
}

TEST(PairedLines, LeaveOutAGroupThatDoesNotFitItsNames) {
  EXPECT_THAT(parse_paired_lines("Ip: A B\nIp: 1\nUdp: X\nUdp: 3\nTcp: Y\nUdp: 4\n"),
              ElementsAre(Pair("UdpX", 3)));
}

TEST(PairedLines, OfNothingAreNothing) {
  EXPECT_THAT(parse_paired_lines(""), IsEmpty());
  EXPECT_THAT(parse_paired_lines("Ip: InReceives"), IsEmpty());
  EXPECT_THAT(parse_paired_lines("no colon\nno colon\n"), IsEmpty());
}

TEST(NamedLines, AreNameAndValue) {
  EXPECT_THAT(parse_named_lines("Ip6InReceives                   \t3\nIp6OutNoRoutes \t0\nbroken\n"),
              ElementsAre(Pair("Ip6InReceives", 3), Pair("Ip6OutNoRoutes", 0)));
}

TEST(RouteCache, SumsTheMartianSourcesOfEveryProcessorInHexadecimal) {
  const auto counters = parse_route_cache(
      "entries  in_hit   in_martian_dst in_martian_src out_hit\n"
      "00000005 00000000 00000001       0000000a       00000000\n"
      "00000005 00000000 00000000       00000010       00000000\n");
  EXPECT_THAT(counters, ElementsAre(Pair("martian_source", 26)));
}

TEST(RouteCache, WithoutTheColumnCountsNothing) {
  EXPECT_THAT(parse_route_cache("entries in_hit\n00000005 00000000\n"), IsEmpty());
  EXPECT_THAT(parse_route_cache(""), IsEmpty());
}

TEST(RouteCache, WithAShortLineCountsTheOthers) {
  EXPECT_THAT(parse_route_cache("entries in_martian_src\n00000005\n00000005 00000002\n"),
              ElementsAre(Pair("martian_source", 2)));
}

}  // namespace
}  // namespace hairpin::host
