// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

#include <cerrno>
#include <stdexcept>

namespace hairpin {

std::string describe(const Error& error) {
  std::string text = "could not " + error.doing;
  const bool is_our_rule = error.code == boost::system::errc::invalid_argument;
  if (error.code && !is_our_rule) text += ": " + error.code.message();
  if (!error.mend.empty()) text += "; " + error.mend;
  return text;
}

Error last_system_error(std::string doing, std::string mend) {
  return Error{boost::system::error_code(errno, boost::system::system_category()), std::move(doing),
               std::move(mend)};
}

Error refusal(std::string doing, std::string mend) {
  return Error{make_error_code(boost::system::errc::invalid_argument), std::move(doing), std::move(mend)};
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(where.to_string() + ": " + describe(error));
}

}  // namespace hairpin
