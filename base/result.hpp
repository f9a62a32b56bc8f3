// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <string>

namespace hairpin {

/// Why something could not be done. Errors are values: they are returned, compared by `code`, and worded once.
struct Error {
  boost::system::error_code code;
  std::string doing;  ///< completes "could not …", with the names and numbers of the case
  std::string mend;   ///< what the user can do about it; empty where nobody knows
};

template <class T = void>
using Result = boost::system::result<T, Error>;

/// "could not DOING: reason; MEND", one line, for a person.
std::string describe(const Error& error);

/// The error of the last failed system call (errno).
Error last_system_error(std::string doing, std::string mend = {});

/// An error of our own rules, where no system call failed (code: invalid_argument).
Error refusal(std::string doing, std::string mend = {});

/// What boost::system::result throws when `.value()` is asked of an error: a bug of the caller.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace hairpin
