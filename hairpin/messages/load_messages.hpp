// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "evidence/load.hpp"

/// What coordinator and agents say of a load: four actions (docs/protocol.md, docs/load.md).
namespace hairpin {

/// `load_prepare` is answered with LoadPrepared, or refused: beyond this host's own ceiling, not of the plan, no consent.
struct LoadWanted {
  Target target;
  std::string purpose;
  LoadShape shape;
  std::string server_name;    ///< SNI and Host
  std::string path = "/";
  bool is_plaintext = false;
  bool shows_site = false;    ///< as in ProbeWanted
  std::string run;
};
BOOST_DESCRIBE_STRUCT(LoadWanted, (), (target, purpose, shape, server_name, path, is_plaintext, shows_site, run))

struct LoadPrepared {
  std::string consented;  ///< the responder that answered through the target and so agreed; empty: none was asked
  std::string beyond;     ///< why this host does not lend so much: nobody was asked, and it is of no use to ask again
};
BOOST_DESCRIBE_STRUCT(LoadPrepared, (), (consented, beyond))

/// `load_start` is answered with {}.
struct LoadStart {
  WallTime at{};  ///< by the agent's clock; at most kLongestWait ahead
};
BOOST_DESCRIBE_STRUCT(LoadStart, (), (at))
inline constexpr std::chrono::seconds kLongestLoadWait{30};

/// A load ends by itself when nobody asked for its progress for so long: the coordinator is gone, or has lost the consent
/// of those who answer.
inline constexpr milliseconds kLoadSilence{1'800};  // so that it has stopped after 2 s
/// How long a source or a member has to answer while a load goes on, and between two questions to each of them: if one hangs, the
/// others are told before their silence is over, and it is less than 2 s until they have stopped.
inline constexpr milliseconds kLoadAnswerLimit{1'400}, kBetweenLoadReports{250};
static_assert(kLoadAnswerLimit + kBetweenLoadReports + milliseconds(100) <= kLoadSilence);

/// `load_report` is answered with it.
struct LoadReport {
  std::vector<LoadSecond> seconds;  ///< that were not reported before
  bool is_over = false;
};
BOOST_DESCRIBE_STRUCT(LoadReport, (), (seconds, is_over))

/// `load_end` is answered with LoadObservation, whose seconds are those that were not reported.

}  // namespace hairpin
