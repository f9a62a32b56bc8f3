// SPDX-License-Identifier: Apache-2.0
#include "evidence/ending.hpp"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

namespace hairpin {
namespace {

Failure failed_with(int number) { return {{number, boost::system::system_category()}}; }

struct Row {
  Phase phase;
  int number;
  End end;
};

TEST(Ending, SaysWhatEverySystemErrorMeansInItsPhase) {
  const Row rows[] = {
      {Phase::connect, ECONNREFUSED, End::refused}, {Phase::tls, ECONNREFUSED, End::reset},
      {Phase::connect, ECONNRESET, End::reset},     {Phase::tls, ECONNRESET, End::reset},
      {Phase::request, EPIPE, End::reset},          {Phase::response, ECONNRESET, End::reset},
      {Phase::connect, ETIMEDOUT, End::silent},     {Phase::response, ETIMEDOUT, End::silent},
      {Phase::connect, EHOSTUNREACH, End::silent},  {Phase::connect, ENETUNREACH, End::silent},
      {Phase::connect, EACCES, End::silent},        {Phase::connect, ENOPROTOOPT, End::silent},
      {Phase::connect, ECANCELED, End::decided},    {Phase::response, ECANCELED, End::decided},
      {Phase::tls, EPROTO, End::garbled},           {Phase::tls, ENOMEM, End::local},
      {Phase::connect, EMFILE, End::local},
  };
  for (const auto& row : rows)
    EXPECT_EQ(classify(row.phase, failed_with(row.number)), row.end)
        << std::strerror(row.number) << " in phase " << static_cast<int>(row.phase);
}

TEST(Ending, BlamesThisHostForWhatFailedBeforeThePacket) {
  for (const int number :
       {EADDRNOTAVAIL, EADDRINUSE, ENETUNREACH, EHOSTUNREACH, EACCES, EPERM, EMFILE, EINVAL}) {
    auto failure = failed_with(number);
    failure.is_before_first_packet = true;
    EXPECT_EQ(classify(Phase::connect, failure), End::local) << std::strerror(number);
  }
}

TEST(Ending, KeepsAnInterruptionBeforeTheFirstPacketApart) {
  auto failure = failed_with(ECANCELED);
  failure.is_before_first_packet = true;
  EXPECT_EQ(classify(Phase::connect, failure), End::decided);
}

TEST(Ending, BelievesAnAlertMoreThanTheErrorThatCameWithIt) {
  for (const int number : {ECONNRESET, EPIPE, EPROTO, ETIMEDOUT}) {
    auto failure = failed_with(number);
    failure.has_alert = true;
    EXPECT_EQ(classify(Phase::tls, failure), End::alert) << std::strerror(number);
  }
}

TEST(Ending, CallsAnOrderlyEndThatCameTooEarlyClosed) {
  EXPECT_EQ(classify(Phase::tls, {boost::asio::error::eof, true}), End::closed);
  EXPECT_EQ(classify(Phase::tls, {boost::asio::error::eof, true, true}), End::closed)
      << "the alert is our reply to it";
}

TEST(Ending, CallsWhatDoesNotParseGarbled) {
  EXPECT_EQ(classify(Phase::response,
                     {boost::beast::http::make_error_code(boost::beast::http::error::bad_version)}),
            End::garbled);
  EXPECT_EQ(classify(Phase::tls, {make_error_code(boost::system::errc::protocol_error)}), End::garbled);
}

}  // namespace
}  // namespace hairpin
