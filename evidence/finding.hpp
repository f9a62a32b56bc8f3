// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/describe.hpp"
#include "base/result.hpp"

/// What was concluded. The JSON of these types is the contract `hairpin.run/1` (docs/schema/run.schema.json).
namespace hairpin {

/// In the order in which they win: a run takes the first of fail, inconclusive, warn, pass that occurs.
BOOST_DEFINE_ENUM_CLASS(Verdict, fail, inconclusive, warn, pass, info, skip)

/// How well the return path of a trip is established (method: two vantages, tuple + MAC + interface).
BOOST_DEFINE_ENUM_CLASS(Grade, proven, consistent, asserted, violated)

/// Who has to act on a cause.
enum class Owner { load_balancer, network, host, service, certificate, test };
std::string_view to_string(Owner owner);

/// Whom a finding is about; empty parts do not apply. Names are topology names.
struct Subject {
  std::string pool;
  std::string virtual_server;
  std::string vip;      ///< ADDRESS:PORT
  std::string source;
  std::string member;
  std::string host;     ///< for findings about one machine
  std::string family;   ///< "ipv4", "ipv6"
  std::string way{};    ///< "direct": of questions to the member itself, beside the VIP; empty: through the VIP
  auto operator<=>(const Subject&) const = default;
};
BOOST_DESCRIBE_STRUCT(Subject, (), (pool, virtual_server, vip, source, member, host, family, way))

/// One thing that was seen and supports a finding.
struct Evidence {
  std::string vantage;  ///< "oc01/eth0", "oc01/probe", "oc02/responder", "oc01/host"
  std::optional<WallTime> time;
  std::string match;    ///< the key by which it was matched to the trip, MatchKey's name; empty when it needs none
  std::string text;     ///< as tcpdump prints it, or one sentence
  std::optional<std::uint64_t> frame;  ///< of the vantage's capture file in the bundle
};
BOOST_DESCRIBE_STRUCT(Evidence, (), (vantage, time, match, text, frame))

struct Finding {
  std::string id;       ///< "return-path/pool01/mcu-factory/oc01/oc02/ipv4", unique in a run, stable between runs
  std::string check;
  Verdict verdict{};
  std::string cause;    ///< of the closed list in checks/causes.hpp; empty for pass and plain info
  Subject subject;
  std::optional<Grade> grade;
  std::uint32_t attempts = 0;   ///< trips that were judged for this subject
  std::uint32_t failed = 0;     ///< of those, the ones with this cause
  std::optional<bool> confirmed;///< failing: true when every attempt failed, also the later ones; false: intermittent
  std::string expected;
  std::string observed;
  std::string summary;          ///< one line
  std::string reason;           ///< why inconclusive or skip
  std::string next_step;        ///< what to do about an inconclusive or skip
  std::string explained_by;     ///< id of the finding whose cause explains this symptom
  std::vector<Evidence> evidence;
};

/// One pair in a diagnosis: how many of its connections failed, or worked, and one of them as the example. It is enough
/// to find that connection in somebody else's captures and logs.
struct QuotedPair {
  std::string source;              ///< names of the topology
  std::string member;              ///< empty when nobody knows where the connections went
  std::string vip;                 ///< ADDRESS:PORT
  std::uint32_t attempts = 0;      ///< connections that were judged
  std::uint32_t count = 0;         ///< of those, the ones that failed; of a working pair, the ones that were answered
  std::optional<WallTime> first;   ///< when the first of `count` began, by the source's clock
  std::optional<WallTime> last;    ///< … and the last
  std::optional<WallTime> time;    ///< when the example began
  std::string connection;          ///< the example as tcpdump prints it: "10.137.2.21.44276 > 10.137.2.11.444"
  std::string came_back;           ///< what the source got for it, from which address and which MAC
  std::vector<Evidence> packets;   ///< of the example, at both ends
  std::vector<std::string> repeat; ///< commands for the source that show the fault without hairpin
};
BOOST_DESCRIBE_STRUCT(QuotedPair, (), (source, member, vip, attempts, count, first, last, time, connection, came_back,
                                       packets, repeat))

struct Remedy {
  std::vector<std::string> mend;         ///< commands or steps, in order
  std::vector<std::string> keep;         ///< … and what makes them last: saving, copying to the other unit
  std::vector<std::string> roll_back;
  std::vector<std::string> side_effects;
  std::string verify;                    ///< the command that proves it afterwards
};
BOOST_DESCRIBE_STRUCT(Remedy, (), (mend, keep, roll_back, side_effects, verify))

/// One fault in the network that explains one or many findings.
struct Diagnosis {
  std::string cause;
  std::string owner;
  std::vector<std::string> findings;     ///< ids
  std::string summary;
  std::optional<std::string> meaning;    ///< of the cause: what happens in the network, and what users see of it
  std::vector<QuotedPair> failing;       ///< pairs that the fault breaks
  std::vector<QuotedPair> working;       ///< pairs that work through the same VIP: it is alive
  std::vector<std::string> look;         ///< commands on the load balancer that change nothing
  std::vector<std::string> capture;      ///< commands on the load balancer that capture, and end by themselves
  Remedy remedy;
  std::vector<std::string> references;
};
BOOST_DESCRIBE_STRUCT(Diagnosis, (), (cause, owner, findings, summary, meaning, failing, working, look, capture, remedy,
                                      references))

struct RunFacts {
  std::string id;
  WallTime started{};
  double duration_s = 0;
  std::string version;
  std::optional<Family> only_family;     ///< -4 or -6 was given: the plan has the VIPs of this family only
};
BOOST_DESCRIBE_STRUCT(RunFacts, (), (id, started, duration_s, version, only_family))

struct TopologyFacts {
  std::string name;
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(TopologyFacts, (), (name, sha256))

struct Counts {
  std::uint32_t pass = 0, fail = 0, warn = 0, info = 0, inconclusive = 0, skip = 0;
};
BOOST_DESCRIBE_STRUCT(Counts, (), (pass, fail, warn, info, inconclusive, skip))

/// One execution, judged.
struct Run {
  RunFacts run;
  TopologyFacts topology;
  Verdict verdict = Verdict::inconclusive;
  Counts counts;
  std::vector<Diagnosis> diagnoses;
  std::vector<Finding> findings;
};

/// Whether a finding judged anything about the network. That hairpin's own vantages work proves nothing about it.
bool is_judgement(const Finding& finding);

/// fail > inconclusive > warn > pass; a run in which nothing passed, warned or failed is inconclusive.
Verdict overall(const std::vector<Finding>& findings);
Counts count(const std::vector<Finding>& findings);

boost::json::value to_json_document(const Run& run);               ///< schema "hairpin.run/1"
Result<Run> run_from_json(const boost::json::value& document);

/// "return-path/pool01/mcu-factory/oc01/oc02/ipv4": the check and the parts of the subject that apply.
std::string finding_id(const std::string& check, const Subject& subject);

}  // namespace hairpin
