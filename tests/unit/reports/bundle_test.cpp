// SPDX-License-Identifier: Apache-2.0
#include "reports/bundle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/json.hpp"
#include "reports/files.hpp"
#include "reports/report.hpp"
#include "tests/unit/reports/sample_runs.hpp"

namespace hairpin::reports {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr const char* kTopology = "hairpin: 1\nname: pool01\n";

Observations observed() {
  Observations all;
  ProbeObservation probe;
  probe.host = "oc01";
  probe.trip = TripId::random();
  probe.target = {"pool01", "mcu-factory", "", *parse_endpoint("10.137.2.11:444")};
  probe.local = *parse_endpoint("10.137.2.21:44276");
  probe.phases = {{Phase::connect, nanoseconds(0), nanoseconds(1'200'000)}};
  probe.end = End::decided;
  probe.error = "a SYN-ACK came from \xff\"10.137.2.22\"\n";  // as a hostile peer might have it
  probe.errno_value = 104;
  all.probes = {probe, probe};
  auto& details = all.probes.back().details.emplace();
  all.probes.back().question = TlsQuestion::cipher_rc4;
  details.protocol = "h2";
  details.renegotiation = Renegotiation::unanswered;
  details.ending = StreamEnd::bare;
  details.hello_bytes = 511;
  details.choice = ServerChoice{0xC030, 1, false};
  all.responders.emplace_back().host = "oc02";
  PacketObservation packet;
  packet.host = "oc01";
  packet.interface = "eth0";
  packet.frame = 2;
  packet.time = *parse_iso8601("2026-11-22T10:00:00.123456789Z");
  packet.tuple = {*parse_endpoint("[2001:db8::22]:444"), *parse_endpoint("[2001:db8::21]:44276")};
  packet.flags = kSyn | kAck;
  packet.vlan = 12;
  all.packets = {packet};
  all.captures.emplace_back().dropped = 3;
  all.hosts.emplace_back().counters = {{"TcpExtTCPSynRetrans", 4}};
  all.agents.emplace_back().clock_offset = nanoseconds(-1500);
  return all;
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  return names;
}

class BundleTest : public testing::Test {
 protected:
  Result<> write() { return write_bundle(bundle, samples::broken(), kTopology, observed()); }
  std::string file(const std::string& name) const { return bundle + "/" + name; }
  /// The error of reading the bundle after `name` got other bytes.
  std::string complaint_about(const std::string& name, const std::string& bytes) {
    if (!fs::exists(bundle) && !write()) return "could not be written";
    const auto original = samples::read_bytes(file(name));
    samples::write_bytes(file(name), bytes);
    const auto read = read_bundle(bundle);
    samples::write_bytes(file(name), original);
    return read ? "it was read" : describe(read.error());
  }

  samples::TemporaryDirectory directory;
  std::string bundle = directory.path() + "/runs/pool01";
};

TEST_F(BundleTest, ReadsBackWhatItWrote) {
  ASSERT_TRUE(write());
  const auto read = read_bundle(bundle);
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(json(read->run), json(samples::broken()));
  EXPECT_EQ(read->topology_text, kTopology);
  EXPECT_EQ(read->observations.packets, observed().packets);
  EXPECT_EQ(read->observations.probes.size(), 2U);
  EXPECT_EQ(read->observations.hosts[0].counters.at("TcpExtTCPSynRetrans"), 4U);
  EXPECT_EQ(read->observations.agents[0].clock_offset, nanoseconds(-1500));
  EXPECT_EQ(read->observations.probes[0].error, "a SYN-ACK came from \xef\xbf\xbd\"10.137.2.22\"\n");
}

TEST_F(BundleTest, KeepsWhatABalancerSaid) {
  Observations said;
  BalancerFacts facts;
  facts.host = "bigip";
  facts.before = UnitState::forced_offline;
  facts.services = {{"/Common/p", Endpoint{*parse_address("10.137.2.21"), 444}, "offline", "enabled", "\xff down"}};
  facts.persistence = {{*parse_address("10.137.1.10"), {}, {*parse_address("10.137.2.21"), 444}}};
  facts.resets = {{"No local listener", 3}};
  facts.missing = {"no answer in 5 s"};
  said.balancers = {facts};
  ConnectionObservation entry;
  entry.host = "bigip";
  entry.client = {*parse_address("10.137.1.10"), 40'001};
  entry.from_member = 0;
  said.connections = {entry};
  const auto read = observations_from_json_lines(to_json_lines(said));
  ASSERT_TRUE(read) << describe(read.error());
  ASSERT_EQ(read->balancers.size(), 1u);
  EXPECT_EQ(read->balancers[0].before, UnitState::forced_offline);
  EXPECT_EQ(read->balancers[0].services[0].member, facts.services[0].member);
  EXPECT_EQ(read->balancers[0].resets[0].count, 3u);
  ASSERT_EQ(read->connections.size(), 1u);
  EXPECT_EQ(read->connections[0].from_member, 0u);
  EXPECT_FALSE(read->connections[0].member);
}

TEST_F(BundleTest, HoldsTheFilesOfTheDesignAndNoTemporaryOnes) {
  ASSERT_TRUE(write());
  EXPECT_THAT(names_in(bundle), UnorderedElementsAre("run.json", "topology.yaml", "observations.jsonl",
                                                     "report.txt", "junit.xml", "versions.json", "for-f5.txt"));
  EXPECT_THAT(samples::read_bytes(file("versions.json")),
              AllOf(HasSubstr("\"kernel\": \"Linux "), HasSubstr("\"hairpin\": \"0.1.0\""),
                    HasSubstr("libboost_json.so"), HasSubstr("\"observation_lines\": 7")));
}

TEST_F(BundleTest, HoldsAHandOverOnlyWhereSomebodyElseHasToAct) {
  ASSERT_TRUE(write_bundle(bundle, samples::mended(), kTopology, observed()));
  EXPECT_FALSE(fs::exists(file("for-f5.txt")));
}

TEST_F(BundleTest, IsReadWithoutItsTexts) {
  ASSERT_TRUE(write());
  for (const char* name : {"for-f5.txt", "report.txt", "junit.xml"}) ASSERT_TRUE(fs::remove(file(name))) << name;
  EXPECT_TRUE(read_bundle(bundle));
}

TEST(CaptureFile, HasSafeCharactersOnly) {
  EXPECT_EQ(capture_file("oc01", "eth0.100"), "captures/oc01-eth0.100.pcap");
  EXPECT_EQ(capture_file("../x y", ".e/th"), "captures/_._x_y-_e_th.pcap");
}

TEST_F(BundleTest, MakesItsDirectoryReadableForAll) {
  const auto before = ::umask(022);
  ASSERT_TRUE(write());
  ::umask(before);
  EXPECT_EQ(fs::status(bundle).permissions(), fs::perms(0755));
  EXPECT_EQ(fs::status(file("run.json")).permissions(), fs::perms(0644));
}

TEST_F(BundleTest, RefusesADirectoryThatHoldsSomething) {
  fs::create_directories(bundle);
  samples::write_bytes(file("precious"), "data");
  const auto written = write();
  ASSERT_FALSE(written);
  EXPECT_THAT(describe(written.error()), HasSubstr("it is not empty"));
  EXPECT_THAT(names_in(bundle), UnorderedElementsAre("precious"));
}

TEST_F(BundleTest, TakesADirectoryWithNothingButItsCaptures) {
  fs::create_directories(bundle + "/captures");
  EXPECT_TRUE(write());
}

TEST_F(BundleTest, IsNoneUntilItsCapturesAreWritten) {
  const auto on_full_disk = [this](const std::string& into) -> Result<> {
    EXPECT_EQ(into, bundle);
    return refusal("write the captures");
  };
  EXPECT_THAT(describe(write_bundle(bundle, samples::broken(), kTopology, observed(), on_full_disk).error()),
              HasSubstr("write the captures"));
  EXPECT_THAT(names_in(bundle), Not(testing::Contains("run.json")));
  EXPECT_THAT(describe(read_bundle(bundle).error()), HasSubstr("run.json"));
}

TEST_F(BundleTest, RefusesAFileAndASymbolicLinkAsDirectory) {
  fs::create_directories(directory.path() + "/runs");
  samples::write_bytes(bundle, "");
  EXPECT_THAT(describe(write().error()), HasSubstr("is not a directory"));
  fs::remove(bundle);
  fs::create_directory_symlink("/tmp", bundle);
  EXPECT_THAT(describe(write().error()), HasSubstr("is not a directory"));
}

TEST_F(BundleTest, KnowsBeforehandWhatCannotBeWritten) {
  EXPECT_TRUE(check_bundle_directory(directory.path() + "/a/b/c"));
  EXPECT_FALSE(fs::exists(directory.path() + "/a")) << "asking makes nothing";
  fs::create_directories(directory.path());
  EXPECT_TRUE(check_bundle_directory(directory.path()));
  std::ofstream(directory.path() + "/file") << "x";
  EXPECT_THAT(describe(check_bundle_directory(directory.path()).error()), HasSubstr("not empty"));
  EXPECT_THAT(describe(check_bundle_directory(directory.path() + "/file").error()), HasSubstr("not a directory"));
  EXPECT_THAT(describe(check_bundle_directory(directory.path() + "/file/run").error()), HasSubstr("choose another --out"));
  EXPECT_TRUE(check_new_file(directory.path() + "/file", "--junit"));
  EXPECT_TRUE(check_new_file(directory.path() + "/new.xml", "--junit"));
  EXPECT_THAT(describe(check_new_file(directory.path() + "/no/new.xml", "--junit").error()), HasSubstr("there is no directory"));
  EXPECT_THAT(describe(check_new_file(directory.path(), "--junit").error()), HasSubstr("choose another --junit"));
}

TEST_F(BundleTest, LeavesNothingOfAFileThatDoesNotFit) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small{.rlim_cur = 4096, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_file(directory.path(), "observations.jsonl", std::string(100'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ASSERT_FALSE(written);
  EXPECT_THAT(describe(written.error()), AllOf(HasSubstr("observations.jsonl"), HasSubstr("File too large")));
  EXPECT_TRUE(names_in(directory.path()).empty());
}

TEST_F(BundleTest, ReportsADirectoryThatCannotBeMade) {
  samples::write_bytes(directory.path() + "/runs", "");
  EXPECT_THAT(describe(write().error()), HasSubstr("could not make the directory"));
}

TEST_F(BundleTest, SaysWhichFileIsMissingOrNoRegularFile) {
  ASSERT_TRUE(write());
  for (const char* name : {"run.json", "topology.yaml", "observations.jsonl", "versions.json"}) {
    fs::rename(file(name), file("away"));
    EXPECT_THAT(describe(read_bundle(bundle).error()), AllOf(HasSubstr(name), HasSubstr("No such file")));
    fs::create_symlink("away", file(name));
    EXPECT_FALSE(read_bundle(bundle));
    fs::remove(file(name));
    ASSERT_EQ(::mkfifo(file(name).c_str(), 0600), 0);
    EXPECT_THAT(describe(read_bundle(bundle).error()), HasSubstr("it is not a regular file"));
    fs::remove(file(name));
    fs::rename(file("away"), file(name));
  }
  EXPECT_TRUE(read_bundle(bundle));
}

TEST_F(BundleTest, NoticesEveryTruncation) {
  ASSERT_TRUE(write());
  for (const char* name : {"run.json", "observations.jsonl", "versions.json"}) {
    const auto whole = samples::read_bytes(file(name));
    for (std::size_t size = 0; size + 2 < whole.size(); size += 1 + size / 20)
      EXPECT_THAT(complaint_about(name, whole.substr(0, size)), HasSubstr(name)) << size;
  }
  const auto lines = samples::read_bytes(file("observations.jsonl"));
  const auto one_less = lines.substr(0, lines.rfind('\n', lines.size() - 2) + 1);
  EXPECT_THAT(complaint_about("observations.jsonl", one_less),
              HasSubstr("it has 6 lines, versions.json promises 7"));
}

TEST_F(BundleTest, NamesFileAndPlaceOfGarbage) {
  EXPECT_THAT(complaint_about("run.json", "\x01\x02garbage"), HasSubstr("run.json as JSON at byte 0"));
  EXPECT_THAT(complaint_about("run.json", "{}"),
              HasSubstr("run.json: the top level: the key \"schema\" is missing"));
  EXPECT_THAT(complaint_about("versions.json", "[]"),
              HasSubstr("versions.json: the top level: it must be an object"));
  EXPECT_THAT(complaint_about("versions.json", R"({"schema":"hairpin.bundle/9","new":1})"),
              AllOf(HasSubstr("versions.json"), HasSubstr("not of version \"hairpin.bundle/1\"")));
  EXPECT_THAT(complaint_about("observations.jsonl", "{}\n"),
              HasSubstr("observations.jsonl:1: : the key \"kind\""));
}

TEST(ObservationLines, NameTheLineAndThePathOfWhatIsWrong) {
  const auto complaint = [](std::string text) {
    const auto read = observations_from_json_lines(text);
    return read ? "it was read" : describe(read.error());
  };
  const auto good = to_json_lines(observed());
  auto spoilt = good;
  const std::string_view flags = "\"flags\":18";
  ASSERT_NE(spoilt.find(flags), std::string::npos);
  spoilt.replace(spoilt.find(flags), flags.size(), "\"flags\":999");
  EXPECT_THAT(complaint(spoilt),
              HasSubstr("observations.jsonl:7: value.flags: it must be a whole number in range"));
  EXPECT_THAT(
      complaint(good + "{\"kind\":\"opinion\",\"value\":{}}\n"),
      HasSubstr("observations.jsonl:8: kind: it must be one of agent host capture probe responder packet balancer connection"));
  EXPECT_THAT(complaint(good + "\n"), HasSubstr("observations.jsonl:8 as JSON"));
  EXPECT_THAT(complaint(good.substr(0, good.size() - 1)),
              HasSubstr("observations.jsonl:7: the line has no end"));
  EXPECT_THAT(complaint("{\"kind\":\"probe\",\"value\":{},\"more\":1}\n"),
              HasSubstr("\"more\" is not known"));
  EXPECT_THAT(complaint(std::string((1 << 20) + 1, ' ') + "\n"),
              HasSubstr("observations.jsonl:1: the line has"));
  EXPECT_TRUE(observations_from_json_lines(""));
}

TEST(ObservationLines, AreTheSameAfterReading) {
  const auto once = to_json_lines(observed());
  EXPECT_EQ(to_json_lines(*observations_from_json_lines(once)), once);
}

TEST(ObservationLines, KeepWhatAQuestionAboutTlsLearnt) {
  const auto read = observations_from_json_lines(to_json_lines(observed()));
  ASSERT_TRUE(read);
  const auto& probe = read->probes.back();
  EXPECT_EQ(probe.question, TlsQuestion::cipher_rc4);
  ASSERT_TRUE(probe.details);
  EXPECT_EQ(probe.details->protocol, "h2");
  EXPECT_EQ(probe.details->renegotiation, Renegotiation::unanswered);
  EXPECT_EQ(probe.details->ending, StreamEnd::bare);
  EXPECT_EQ(probe.details->hello_bytes, 511U);
  ASSERT_TRUE(probe.details->choice);
  EXPECT_EQ(probe.details->choice->cipher, 0xC030U);
  EXPECT_EQ(probe.details->choice->compression, 1U);
}

TEST(BundleName, SaysNameTimeAndVerdictInSafeCharacters) {
  EXPECT_EQ(bundle_name(samples::broken()), "pool01-20261122T100000Z-fail");
  EXPECT_THAT(bundle_name(samples::hostile()), Not(testing::ContainsRegex("[^A-Za-z0-9._-]")));
  auto run = samples::empty();
  run.topology.name = "../x";
  EXPECT_EQ(bundle_name(run), "_._x-20261122T100000Z-inconclusive");
  run.topology.name = "";
  EXPECT_EQ(bundle_name(run), "run-20261122T100000Z-inconclusive");
  run.topology.name = std::string(300, 'x');
  EXPECT_LT(bundle_name(run).size(), 120U);
}

TEST(BundleDirectory, OfTwoRunsWithOneNameIsNobodysTwice) {
  const samples::TemporaryDirectory directory;
  const auto wanted = directory.path() + "/runs/pool01-pass";
  EXPECT_EQ(make_new_bundle_directory(wanted).value(), wanted);
  EXPECT_EQ(make_new_bundle_directory(wanted).value(), wanted + "-2");
  EXPECT_EQ(make_new_bundle_directory(wanted).value(), wanted + "-3");
}

}  // namespace
}  // namespace hairpin::reports
