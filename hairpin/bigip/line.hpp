// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "hairpin/bigip/question.hpp"
#include "net/task.hpp"
#include "topology/model.hpp"

/// The ways to a BIG-IP: tmsh through the user's own ssh, and iControl REST. One question at a time; an answer is bounded in size
/// and time.
namespace hairpin::bigip {

inline constexpr std::size_t kMostAnswer_bytes = 1 << 20;

/// Why a question has no answer.
struct Silence {
  std::string words;
  bool is_for_all = false;  ///< nobody is there, or nobody is let in: the next question would fare the same
};

struct Answer {
  std::string text;
  bool is_cut = false;  ///< it was longer than is read
};

class Line {
 public:
  virtual ~Line() = default;
  virtual Form form() const = 0;
  /// Ends within `limit`, and a moment in which ssh is ended.
  virtual net::Task<boost::system::result<Answer, Silence>> ask(Question question, milliseconds limit) = 0;
};

/// What proves to a BIG-IP who asks: fields of a request. Read once, kept in memory, and in no error, report or bundle.
/// The file that the topology names, else HAIRPIN_BIGIP_TOKEN, else HAIRPIN_BIGIP_USER and HAIRPIN_BIGIP_PASSWORD.
/// Reads the authority's file as well. Errors name the file or the variables, and the mend.
Result<std::unique_ptr<Line>> make_line(const BigipState& state);

}  // namespace hairpin::bigip
