// SPDX-License-Identifier: Apache-2.0
#include "evidence/ending.hpp"

#include <boost/system/errc.hpp>
#include <cerrno>

namespace hairpin {
namespace {

struct Meaning {
  int errno_value;
  End end;
};

/// After the first packet; what is not listed is about this host (no memory, no descriptors).
constexpr Meaning kMeanings[] = {
    {ECONNRESET, End::reset},   {EPIPE, End::reset},       {ECONNABORTED, End::reset},
    {ENOTCONN, End::reset},     {ETIMEDOUT, End::silent},  {EHOSTUNREACH, End::silent},
    {ENETUNREACH, End::silent}, {EHOSTDOWN, End::silent},  {ENOPROTOOPT, End::silent},
    {EACCES, End::silent},      {ECANCELED, End::decided}, {EPROTO, End::garbled},
};

bool is_of_the_system(const boost::system::error_code& code) {
  return code.category() == boost::system::system_category() ||
         code.category() == boost::system::generic_category();
}

}  // namespace

End classify(Phase phase, const Failure& failure) {
  // First, because OpenSSL answers an end that comes too early with an alert of its own.
  if (failure.is_end_of_stream) return End::closed;
  if (failure.has_alert) return End::alert;
  if (!is_of_the_system(failure.code)) return End::garbled;
  const auto number = failure.code.value();
  if (number == ECONNREFUSED) return phase == Phase::connect ? End::refused : End::reset;
  if (failure.is_before_first_packet && number != ECANCELED) return End::local;
  for (const auto& meaning : kMeanings)
    if (meaning.errno_value == number) return meaning.end;
  return End::local;
}

}  // namespace hairpin
