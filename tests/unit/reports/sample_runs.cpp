// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/reports/sample_runs.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace hairpin::reports::samples {
namespace {

constexpr const char* kMacOfOc02 = "02:00:0a:89:02:16";

Subject pair(const std::string& source, const std::string& member) {
  return {"pool01", "mcu-factory", "10.137.2.11:444", source, member, "", "ipv4"};
}

Finding finding(const std::string& check, Verdict verdict, const Subject& subject,
                const std::string& summary) {
  Finding result;
  result.check = check;
  result.verdict = verdict;
  result.subject = subject;
  result.id = finding_id(check, subject);
  result.summary = summary;
  return result;
}

Finding passed(const std::string& check, const std::string& source, const std::string& member) {
  auto result = finding(check, Verdict::pass, pair(source, member), source + " and " + member + " agree");
  result.attempts = 3;
  if (check == "return-path") result.grade = Grade::proven;
  return result;
}

Evidence seen(const std::string& vantage, int microseconds, std::uint64_t frame, const std::string& text) {
  const auto time = *parse_iso8601("2026-11-22T10:00:01Z") + std::chrono::microseconds(microseconds);
  return {vantage, time, "isn", text, frame};
}

Finding bypass(const std::string& source, const std::string& from, const std::string& member,
               const std::string& to) {
  auto result = finding("return-path", Verdict::fail, pair(source, member),
                        member + " answered " + source + " directly");
  result.cause = "return-path.bypasses-load-balancer";
  result.grade = Grade::violated;
  result.attempts = result.failed = 4;
  result.confirmed = true;
  result.expected = "SYN-ACK from 10.137.2.11:444 through bigip";
  result.observed = fmt::format("SYN-ACK from {}:444 ({})", to, kMacOfOc02);
  result.evidence = {
      seen(
          source + "/eth0", 120, 1,
          fmt::format("{0}.44276 > 10.137.2.11.444: Flags [S], seq 1000, win 64240, ttl 64, length 0", from)),
      seen(member + "/eth0", 260, 1,
           fmt::format("{0}.44276 > {1}.444: Flags [S], seq 1000, win 64240, ttl 63, length 0", from, to)),
      seen(
          source + "/eth0", 410, 2,
          fmt::format(
              "{2} > 02:00:0a:89:02:15, {1}.444 > {0}.44276: Flags [S.], seq 7, ack 1001, win 65160, ttl 64, "
              "length 0",
              from, to, kMacOfOc02)),
  };
  return result;
}

Finding came_back(const std::string& host, const std::string& address) {
  auto result =
      finding("return-path", Verdict::fail, pair(host, host), "the connection came back to its sender");
  result.cause = "return-path.self-hairpin";
  result.grade = Grade::violated;
  result.attempts = result.failed = 4;
  result.confirmed = true;
  result.expected = "SYN-ACK from 10.137.2.11:444 through bigip";
  result.observed =
      fmt::format("the SYN came back with {}'s own address {} as source and was dropped", host, address);
  result.evidence = {
      seen(host + "/eth0", 900, 9,
           fmt::format("{0}.44300 > {0}.444: Flags [S], seq 2000, win 64240, ttl 63, length 0", address))};
  return result;
}

Finding reset(const std::string& source, const std::string& address, const Finding& cause) {
  auto result = finding("reset", Verdict::skip, cause.subject, "RST by the client");
  result.cause = "reset.by-client";
  result.observed = fmt::format("RST from {} ({})", source, address);
  result.reason = "explained by the return path";
  result.explained_by = cause.id;
  result.evidence = {
      seen(source + "/eth0", 430, 3,
           fmt::format("{}.44276 > 10.137.2.22.444: Flags [R], seq 1001, win 0, ttl 64, length 0", address))};
  return result;
}

Finding snat_absent(const std::string& source, const std::string& address, const std::string& member) {
  auto result = finding("snat", Verdict::fail, pair(source, member), "members see the source's own address");
  result.cause = "snat.absent";
  result.attempts = result.failed = 4;
  result.confirmed = true;
  result.expected = "a self IP of bigip: 10.137.2.4, 10.137.2.5";
  result.observed = address;
  return result;
}

Run finished(std::vector<Finding> findings, double seconds) {
  Run run;
  run.run = {"01JDA0000000000000000000AA", *parse_iso8601("2026-11-22T10:00:00Z"), seconds, "0.1.0", {}};
  run.topology = {"pool01", std::string(64, 'a')};
  run.findings = std::move(findings);
  run.verdict = overall(run.findings);
  run.counts = count(run.findings);
  return run;
}

/// The failing finding's pair as a check quotes it.
QuotedPair quoted(const Finding& finding, const std::string& connection, const std::string& came_back) {
  QuotedPair pair;
  pair.source = finding.subject.source;
  pair.member = finding.subject.member;
  pair.vip = finding.subject.vip;
  pair.attempts = finding.attempts;
  pair.count = finding.failed;
  pair.first = pair.time = *parse_iso8601("2026-11-22T10:00:01Z");
  pair.last = *parse_iso8601("2026-11-22T10:00:06.5Z");
  pair.connection = connection;
  pair.came_back = came_back;
  pair.packets = finding.evidence;
  pair.repeat = {
      fmt::format("timeout 10 tcpdump -ni eth0 -c 20 'tcp port 444 and (host 10.137.2.11 or host {})' & sleep 1",
                  pair.member == "oc01" ? "10.137.2.21" : "10.137.2.22"),
      fmt::format("curl -skv --noproxy '*' --interface {} --connect-timeout 5 --max-time 10 --resolve "
                  "pool01.example.com:444:10.137.2.11 https://pool01.example.com:444/LiveServer/MCUFactory/",
                  pair.source == "oc01" ? "10.137.2.21" : "10.137.2.22")};
  return pair;
}

QuotedPair answered(const std::string& member, int port) {
  QuotedPair pair;
  pair.source = "client1";
  pair.member = member;
  pair.vip = "10.137.2.11:444";
  pair.attempts = pair.count = 3;
  pair.first = pair.time = *parse_iso8601("2026-11-22T10:00:00.75Z");
  pair.last = *parse_iso8601("2026-11-22T10:00:05Z");
  pair.connection = fmt::format("10.137.1.10.{} > 10.137.2.11.444", port);
  return pair;
}

void add_hand_over(Diagnosis& diagnosis, const std::vector<Finding>& findings) {
  diagnosis.meaning = "The member sees the source's own address, a neighbour in its subnet, and answers it directly.";
  for (const auto& one : findings) {
    if (one.verdict != Verdict::fail || one.check != "return-path") continue;
    const bool is_self = one.subject.source == one.subject.member;
    const auto* address = one.subject.source == "oc01" ? "10.137.2.21" : "10.137.2.22";
    diagnosis.failing.push_back(quoted(
        one, fmt::format("{}.{} > 10.137.2.11.444", address, is_self ? 44300 : 44276),
        is_self ? fmt::format("its own SYN, {0}.44300 > {0}.444 (MAC 02:00:0a:89:02:05, bigip)", address)
                : fmt::format("SYN-ACK from {}.444 (MAC {})", address == std::string("10.137.2.21") ? "10.137.2.22" : "10.137.2.21",
                              kMacOfOc02)));
  }
  diagnosis.working = {answered("oc01", 40001), answered("oc02", 40002)};
  diagnosis.look = {"tmsh show sys connection cs-server-addr 10.137.2.11 cs-server-port 444",
                    "tmsh list ltm virtual /Common/pool01_444 all-properties",
                    "tmsh show ltm pool <the pool behind 10.137.2.11:444> members", "tmsh show net rst-cause"};
  diagnosis.capture = {"timeout 30 tcpdump -ni 0.0:nnn -s0 -c 2000 -w /var/tmp/hairpin-pool01-mcu-factory.pcap "
                       "'(host 10.137.2.21 or host 10.137.2.22) and port 444'"};
}

Diagnosis without_snat(const std::vector<Finding>& findings) {
  Diagnosis diagnosis;
  diagnosis.cause = "return-path.bypasses-load-balancer";
  diagnosis.owner = std::string(to_string(Owner::load_balancer));
  for (const auto& one : findings)
    if (one.verdict == Verdict::fail) diagnosis.findings.push_back(one.id);
  diagnosis.summary =
      "members answer members directly: the virtual server mcu-factory does no SNAT and its members are in "
      "the "
      "subnet of the sources";
  diagnosis.remedy.mend = {
      "tmsh modify ltm virtual /Common/pool01_444 source-address-translation { type automap }"};
  diagnosis.remedy.keep = {"tmsh save sys config", "tmsh run cm config-sync to-group <device group>"};
  diagnosis.remedy.roll_back = {
      "tmsh modify ltm virtual /Common/pool01_444 source-address-translation { type none }"};
  diagnosis.remedy.side_effects = {
      "members see a self IP of the load balancer instead of the client's address in their logs and access "
      "lists",
      "at most about 64 000 connections at a time to each member from each self IP"};
  diagnosis.remedy.verify = "hairpin run -t pool01.yaml --only return-path";
  diagnosis.references = {"https://my.f5.com/manage/s/article/K7820"};
  add_hand_over(diagnosis, findings);
  return diagnosis;
}

}  // namespace

Run broken() {
  const auto to_oc02 = bypass("oc01", "10.137.2.21", "oc02", "10.137.2.22");
  const auto to_oc01 = bypass("oc02", "10.137.2.22", "oc01", "10.137.2.21");
  std::vector<Finding> findings = {passed("reachability", "client1", "oc01"),
                                   passed("reachability", "client1", "oc02"),
                                   passed("return-path", "client1", "oc01"),
                                   passed("return-path", "client1", "oc02"),
                                   came_back("oc01", "10.137.2.21"),
                                   to_oc02,
                                   to_oc01,
                                   came_back("oc02", "10.137.2.22"),
                                   snat_absent("oc01", "10.137.2.21", "oc02"),
                                   snat_absent("oc02", "10.137.2.22", "oc01"),
                                   reset("oc01", "10.137.2.21", to_oc02),
                                   reset("oc02", "10.137.2.22", to_oc01)};
  auto reported = finding("snat", Verdict::info, pair("client1", ""), "client1 is seen with its own address");
  findings.push_back(reported);
  auto run = finished(std::move(findings), 7.2);
  run.diagnoses = {without_snat(run.findings)};
  return run;
}

Run mended() {
  std::vector<Finding> findings;
  for (const char* check : {"reachability", "coverage", "return-path", "snat"})
    for (const char* source : {"client1", "oc01", "oc02"})
      for (const char* member : {"oc01", "oc02"}) findings.push_back(passed(check, source, member));
  return finished(std::move(findings), 6.8124);
}

Run inconclusive() {
  std::vector<Finding> findings = {passed("return-path", "client1", "oc01")};
  for (const char* source : {"client1", "oc01"}) {
    auto unseen = finding("coverage", Verdict::inconclusive, pair(source, "oc02"), "oc02 was never reached");
    unseen.cause = "coverage.not-seen";
    unseen.attempts = 11;
    unseen.reason = "11 connections, none of them reached oc02; a live member would be missed with p < 0.1 %";
    unseen.next_step = "tmsh show ltm pool /Common/pool01_444_pool members";
    findings.push_back(std::move(unseen));
  }
  auto drops = finding("vantage", Verdict::inconclusive, {}, "");
  drops.subject.host = "oc02";
  drops.id = finding_id("vantage", drops.subject);
  drops.cause = "vantage.drops";
  drops.reason = "the capture at oc02/eth0 lost 17 of 4211 packets";
  findings.push_back(std::move(drops));
  return finished(std::move(findings), 12);
}

Run warned() {
  auto warning = finding("snat", Verdict::warn, pair("oc01", ""), "a non-floating self IP is used");
  warning.cause = "snat.non-floating-address";
  warning.attempts = 6;
  warning.failed = 6;
  warning.expected = "10.137.2.4";
  warning.observed = "10.137.2.5";
  return finished({passed("return-path", "oc01", "oc02"), warning}, 5.5);
}

Run empty() { return finished({}, 0); }

Run hostile() {
  auto run = broken();
  const std::string attack =
      "\x1b[2J\x1b]0;owned\x07<script>&\"'|=\r\nPASS\xc2\x9b"
      "31m\xe2\x80\xae\xff\xfe ]]>";
  run.topology.name = "../../pool" + attack;
  run.run.version = attack;
  run.diagnoses[0].summary = attack;
  run.diagnoses[0].remedy.mend = {attack};
  for (auto* list : {&run.diagnoses[0].failing, &run.diagnoses[0].working})
    for (auto& pair : *list)
      for (auto* text : {&pair.source, &pair.member, &pair.vip, &pair.connection, &pair.came_back}) *text += attack;
  for (auto* list : {&run.diagnoses[0].look, &run.diagnoses[0].capture, &run.diagnoses[0].failing[0].repeat})
    list->push_back(attack);
  for (auto& one : run.findings) {
    if (one.subject.source == "oc01") one.subject.source += attack;
    if (one.subject.member == "oc02") one.subject.member = "oc02/" + attack;
    one.id = finding_id(one.check, one.subject);
    one.summary += attack;
    one.observed += attack;
    for (auto& evidence : one.evidence) evidence.text += attack;
  }
  run.diagnoses[0].findings = {run.findings[5].id};
  run.findings[10].explained_by = run.findings[5].id;
  run.findings[11].explained_by = run.findings[6].id;
  return run;
}

std::vector<CaptureFacts> captures() {
  CaptureFacts proven;
  proven.host = "oc01";
  proven.interface = "eth0";
  proven.is_proven_before = proven.is_proven_after = true;
  proven.received = proven.kept = 58;
  auto lossy = proven;
  lossy.host = "oc02";
  lossy.is_proven_after = false;
  lossy.dropped = 17;
  auto elsewhere = proven;
  elsewhere.host = "client1";
  return {proven, lossy, elsewhere};
}

std::vector<std::pair<std::string, Run>> all() {
  return {{"broken", broken()}, {"mended", mended()}, {"inconclusive", inconclusive()},
          {"warned", warned()}, {"empty", empty()},   {"hostile", hostile()}};
}

void expect_golden(const std::string& name, const std::string& produced) {
  const auto path = std::string(HAIRPIN_SOURCE_DIR "/tests/golden/") + name;
  if (::getenv("HAIRPIN_UPDATE_GOLDEN") != nullptr) return write_bytes(path, produced);
  ASSERT_TRUE(std::filesystem::exists(path))
      << path << " is missing: run with HAIRPIN_UPDATE_GOLDEN=1 and look at it";
  EXPECT_EQ(produced, read_bytes(path))
      << "if the change is meant: HAIRPIN_UPDATE_GOLDEN=1, then look at git diff";
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "hairpin-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) throw std::runtime_error("could not write " + path);
}

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace hairpin::reports::samples
